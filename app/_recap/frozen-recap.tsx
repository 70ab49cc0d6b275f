'use client';
/** A recap that was kept as a link: it needs neither the room nor a session. */
import { Download, FileText, Printer } from 'lucide-react';
import Link from 'next/link';
import { useMemo, type ReactNode } from 'react';
import { bibtex } from '#lib/link/cite';
import { recapSources } from '#lib/link/freeze-recap';
import type { LinkId } from '#lib/link/link';
import { nameOfAuthor } from '#lib/link/notes';
import { recapMarkdown, recapOf } from '#lib/link/recap';
import type { RecapLink } from '#lib/link/recap-link';
import { targetWords } from '../_annotations/anchor-words.ts';
import { saveFile } from '../_figures/save.ts';
import { authorWords, colourOf } from '../_links/author.ts';
import { BylineWords, SupersededWords } from '../_links/link-words.tsx';
import { Snippet, useOrigin } from '../_links/snippet.tsx';
import links from '../_links/viewer.module.css';
import { ThemeButton } from '../_room/theme-button.tsx';
import { whenWords } from '../_runs/run-words.ts';
import { RecapArticle } from './recap-article.tsx';
import type { AuthorOf } from './recap-thread.tsx';
import styles from './recap.module.css';

interface FrozenRecapProps {
  readonly id: LinkId;
  readonly recap: RecapLink;
  readonly supersededBy: LinkId | null;
}

export function FrozenRecap({ id, recap, supersededBy }: FrozenRecapProps): ReactNode {
  const sources = useMemo(() => recapSources(recap), [recap]);
  const told = useMemo(() => recapOf(sources), [sources]);
  const origin = useOrigin();
  const address = `${origin}/links/${id}`;
  const save = (): void => {
    const text = recapMarkdown({
      ...sources,
      title: recap.title,
      address,
      minutes: recap.minutes,
      nameOf: (author) => authorWords(nameOfAuthor(author)),
      timeWords: (at) => whenWords(at, Infinity),
      anchorWords: (anchor) => targetWords(anchor.target, anchor),
    });
    saveFile('recap.md', new Blob([text], { type: 'text/markdown' }));
  };
  return (
    <div className={styles['frozen']}>
      <nav className={links['bar']}>
        <Link href="/">Polytope</Link>
        <ThemeButton />
      </nav>
      <main className={styles['page']}>
        <SupersededWords by={supersededBy} />
        <RecapArticle
          over="Recap"
          title={recap.title}
          by={<BylineWords {...recap} />}
          recap={told}
          pictures={sources.pictures}
          minutes={recap.minutes}
          authorOf={authorOfNote}
        >
          <p className={styles['tools']}>
            <button type="button" data-testid="recap-markdown" onClick={save}>
              <FileText size={14} aria-hidden /> Markdown
            </button>
            <a href={`/api/links/${id}/link.json`} download="recap.json">
              <Download size={14} aria-hidden /> JSON
            </a>
            <button
              type="button"
              onClick={() => {
                print();
              }}
            >
              <Printer size={14} aria-hidden /> Print
            </button>
          </p>
        </RecapArticle>
        <section className={styles['part']} aria-label="Cite">
          <Snippet label="Cite" text={bibtex(recap, id, address)} lines={9} />
        </section>
      </main>
    </div>
  );
}

const authorOfNote: AuthorOf = (id) => {
  const name = nameOfAuthor(id);
  return { name: authorWords(name), colour: colourOf(name) };
};
