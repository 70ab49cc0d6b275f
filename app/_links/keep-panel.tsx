'use client';
/** What one takes away from a link: a citation, files, an embed, a room of one's own. */
import { Download, GitFork } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useMemo, useState, type ReactNode } from 'react';
import { experimentParameters } from '#lib/experiments/index';
import { soloAddress } from '#lib/experiments/solo';
import { bibtex } from '#lib/link/cite';
import type { Link, LinkId } from '#lib/link/link';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { parametersOfRun } from '#lib/spec/parameters-of';
import { isSweep } from '#lib/spec/tiles';
import { forkLink } from '../_home/open-room.ts';
import { Snippet, useOrigin } from './snippet.tsx';
import styles from './viewer.module.css';

interface KeepPanelProps {
  readonly id: LinkId;
  readonly link: Link;
}

/** It trains all models that are shown: of a sweep there is none. */
const NOTEBOOK = 'notebook.ipynb';

/** By the last part of its address under /api/links/<id>. */
const FILES = [
  ['link.json', 'JSON', 'everything, as documented'],
  ['weights.safetensors', 'safetensors', 'the final weights'],
  [NOTEBOOK, 'PyTorch notebook', 'the same data, the same losses, the same figure'],
  ['page.html', 'One HTML file', 'figure, notes and verifier, without a server'],
] as const;

export function KeepPanel({ id, link }: KeepPanelProps): ReactNode {
  const origin = useOrigin();
  const address = `${origin}/links/${id}`;
  const frame = `<iframe src="${origin}/embed/${id}?figure=directions" width="100%" height="560" style="border:0" title="${link.title.replace(/[&"<>]/g, '')}"></iframe>`;
  return (
    <section className={styles['keep']} aria-label="Take it with you">
      <div>
        <h2>Take it with you</h2>
        <ul className={styles['files']}>
          {FILES.filter(([file]) => file !== NOTEBOOK || !isSweep(link.spec)).map(([file, name, words]) => (
            <li key={file}>
              <a href={`/api/links/${id}/${file}`} download={`${fileName(link)}.${file.split('.').at(-1) ?? ''}`}>
                <Download size={14} aria-hidden /> {name}
              </a>
              <span>{words}</span>
            </li>
          ))}
        </ul>
        <Fork id={id} link={link} />
      </div>
      <div>
        <Snippet label="Cite" text={bibtex(link, id, address)} lines={7} />
        <Snippet label="Embed" text={frame} lines={3} />
      </div>
    </section>
  );
}

const fileName = ({ title }: Link): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '') || 'link';

/** null: the run has settings that the controls cannot show. */
function soloAddressOf(id: LinkId, link: Link): string | null {
  const parameters = parametersOfRun(link, experimentParameters(link.experiment) ?? DEFAULT_PARAMETERS);
  if (parameters === undefined || experimentParameters(link.experiment) === undefined) return null;
  return soloAddress({ experiment: link.experiment, parameters, link: id });
}

function Fork({ id, link }: KeepPanelProps): ReactNode {
  const router = useRouter();
  const alone = useMemo(() => soloAddressOf(id, link), [id, link]);
  const [state, setState] = useState<'ready' | 'opening' | { readonly problem: string }>('ready');
  // A page drawn by the server is seen before it listens: a press then would be lost.
  const alive = useOrigin() !== '';
  const fork = async (): Promise<void> => {
    setState('opening');
    const opened = await forkLink(id);
    if ('room' in opened) router.push(`/rooms/${opened.room}`);
    else setState(opened);
  };
  return (
    <p className={styles['fork']}>
      <button
        type="button"
        className={styles['secondary']}
        data-testid="fork"
        disabled={!alive || state === 'opening'}
        onClick={() => void fork()}
      >
        <GitFork size={15} /> Fork into a room
      </button>
      <span role={typeof state === 'object' ? 'alert' : undefined}>
        {typeof state === 'object' ? (
          state.problem
        ) : (
          <>
            A room of your own that begins here
            {alone === null ? (
              '.'
            ) : (
              <>
                , or <a href={alone}>open it alone</a>.
              </>
            )}
          </>
        )}
      </span>
    </p>
  );
}
