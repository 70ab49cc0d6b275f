/** The forms in which a link leaves the server, by the last part of its address. What takes work is made once, of a few links. */
import { refuse, type Result } from '#lib/base/result';
import type { Link } from '#lib/link/link';
import { notebookOf } from '#lib/link/notebook';
import { safetensorsOf } from '#lib/link/safetensors';
import { parseLink } from '#lib/link/schema';
import { refused, type Answer, type FileAnswer } from '../answer.ts';
import type { StoredLink } from '../storage/storage.ts';

export interface Forms {
  /** undefined: there is no such form. `origin` is how the reader reached us. */
  show(stored: StoredLink, form: string, origin: string): Promise<Answer> | undefined;
}

type Make = (link: Link, stored: StoredLink, origin: string) => Promise<Result<Uint8Array>>;

interface Form {
  readonly type: string;
  readonly make: Make;
}

/** Bytes of made forms that are kept. */
const KEPT_BYTES = 30_000_000;
/** Made at one moment: each may take a tenth of a second of everyone's time. */
const MAKING = 4;

/** `page` makes the one HTML file. */
export function createForms(page: Make): Forms {
  const kept = new Map<string, FileAnswer>();
  let making = 0;

  const FORMS: Readonly<Record<string, Form>> = {
    'weights.safetensors': { type: 'application/octet-stream', make: safetensors },
    'notebook.ipynb': { type: 'application/x-ipynb+json', make: notebook },
    'page.html': { type: 'text/html; charset=utf-8', make: page },
  };

  function keep(key: string, answer: FileAnswer): void {
    kept.set(key, answer);
    let bytes = [...kept.values()].reduce((sum, held) => sum + held.bytes.length, 0);
    for (const [oldest, held] of kept) {
      if (bytes <= KEPT_BYTES) return;
      kept.delete(oldest);
      bytes -= held.bytes.length;
    }
  }

  async function make(stored: StoredLink, name: string, form: Form, origin: string): Promise<Answer> {
    const key = `${stored.id}/${name}/${origin}`;
    const held = kept.get(key);
    if (held !== undefined) return held;
    if (making >= MAKING) return refused(BUSY);
    making += 1;
    try {
      const link = parseLink(new TextDecoder().decode(stored.bytes));
      const made = link.ok ? await form.make(link.value, stored, origin) : link;
      if (!made.ok) return refused(made);
      const answer = { status: 200, bytes: made.value, headers: headersOf(stored, name, form) };
      keep(key, answer);
      return answer;
    } finally {
      making -= 1;
    }
  }

  return {
    show(stored, name, origin) {
      if (name === 'link.json') return Promise.resolve(linkFile(stored));
      const form = Object.hasOwn(FORMS, name) ? FORMS[name] : undefined;
      return form && make(stored, name, form, origin);
    },
  };
}

const BUSY = refuse('limit', 'Too many files are being made at the moment. Try again in a few seconds.');

const safetensors: Make = (link, { id }) => Promise.resolve({ ok: true, value: safetensorsOf(link, id) });

const notebook: Make = async (link, { id }, origin) => {
  const made = await notebookOf(link, id, `${origin}/links/${id}`, turn);
  return made.ok ? { ok: true, value: new TextEncoder().encode(made.value) } : made;
};

/** Others have their turn between two steps. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const headersOf = ({ id }: StoredLink, name: string, { type }: Pick<Form, 'type'>): Record<string, string> => ({
  'Access-Control-Allow-Origin': '*',
  'Content-Type': type,
  'Cache-Control': 'no-cache',
  ETag: `"${id}/${name}"`,
  'X-Content-Type-Options': 'nosniff',
  'Content-Disposition': `attachment; filename="${id}.${name.split('.').at(-1) ?? ''}"`,
});

const linkFile = (stored: StoredLink): FileAnswer => ({
  status: 200,
  bytes: stored.bytes,
  headers: headersOf(stored, 'link.json', { type: 'application/json' }),
});
