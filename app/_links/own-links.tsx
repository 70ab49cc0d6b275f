'use client';
/** The links that this browser has made: to look at them, replace them, delete them; and the import of one from a file. */
import { FileUp } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import { forgetLink, ownLinks, rememberLink, type OwnLink } from '../_session/memory.ts';
import { ThemeButton } from '../_room/theme-button.tsx';
import styles from './viewer.module.css';

export function OwnLinks(): ReactNode {
  const [links, setLinks] = useState<readonly OwnLink[] | null>(null);
  const [problem, setProblem] = useState('');
  const look = useCallback(() => {
    setLinks(ownLinks());
  }, []);
  useEffect(() => {
    const timer = setTimeout(look);
    return () => {
      clearTimeout(timer);
    };
  }, [look]);
  const remove = async ({ link, key }: OwnLink): Promise<void> => {
    const answer = await fetch(`/api/links/${link}`, { method: 'DELETE', headers: { authorization: `Bearer ${key}` } });
    // What is gone already is no longer in the list either.
    if (answer.ok || answer.status === 404) forgetLink(link);
    else setProblem('It could not be deleted. Try again in a moment.');
    look();
  };
  return (
    <div className={styles['page']}>
      <nav className={styles['bar']}>
        <Link href="/">Polytope</Link>
        <ThemeButton />
      </nav>
      <main className={styles['main']}>
        <header className={styles['words']}>
          <h1>Your links</h1>
          <p className={styles['question']}>
            Results and recaps that you have kept from this browser. Its keys are here and nowhere else: with them a
            link is replaced or deleted.
          </p>
        </header>
        {problem === '' ? null : (
          <p className={styles['failed']} role="alert">
            {problem}
          </p>
        )}
        {links?.length === 0 ? (
          <p>
            None yet. In a room, or alone, Share keeps a finished run as a link; a room’s recap is kept on its own page.
          </p>
        ) : null}
        <ul className={styles['own']} data-testid="own-links">
          {(links ?? []).map((own) => (
            <Own key={own.link} own={own} onDelete={remove} />
          ))}
        </ul>
        <Import onProblem={setProblem} />
      </main>
    </div>
  );
}

function Own({
  own,
  onDelete,
}: {
  readonly own: OwnLink;
  readonly onDelete: (own: OwnLink) => Promise<void>;
}): ReactNode {
  const [sure, setSure] = useState(false);
  return (
    <li>
      <a href={`/links/${own.link}`}>{own.title}</a>
      <time dateTime={new Date(own.madeAt).toISOString()}>
        {new Date(own.madeAt).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })}
      </time>
      <button
        type="button"
        className={styles['plain']}
        onClick={() => {
          if (sure) void onDelete(own);
          else setSure(true);
        }}
      >
        {sure ? 'Delete it for everyone' : 'Delete'}
      </button>
    </li>
  );
}

function Import({ onProblem }: { readonly onProblem: (problem: string) => void }): ReactNode {
  const router = useRouter();
  const load = async (file: File): Promise<void> => {
    const text = await file.text();
    const answer = await fetch('/api/links', { method: 'POST', body: text });
    const said = (await answer.json()) as Partial<OwnLink> & { readonly error?: { readonly message: string } };
    if (said.link === undefined) {
      onProblem(said.error?.message ?? 'The server did not take it.');
      return;
    }
    if (typeof said.key === 'string')
      rememberLink({ link: said.link, key: said.key, title: titleIn(text), madeAt: Date.now() });
    router.push(`/links/${said.link}`);
  };
  return (
    <div className={styles['import']}>
      <label className={styles['secondary']}>
        <FileUp size={15} aria-hidden /> Open a saved link
        <input
          type="file"
          accept="application/json,.json"
          data-testid="import"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            // Chosen again, it is sent again.
            currentTarget.value = '';
            if (file !== undefined)
              load(file).catch(() => {
                onProblem('The file could not be sent. Try again in a moment.');
              });
          }}
        />
      </label>
      <span>The JSON of a link or of a recap, from this server or from another.</span>
    </div>
  );
}

/** The server has read it: it has one. */
const titleIn = (text: string): string => (JSON.parse(text) as { readonly title: string }).title;
