'use client';
/** What the room has done, to take home: runs in order, results, notes and minutes, as Markdown. */
import { FileText } from 'lucide-react';
import type { ReactNode } from 'react';
import { targetWords } from '../_annotations/anchor-words.ts';
import { authorOf } from '../_annotations/person-name.ts';
import { saveFile } from '../_figures/save.ts';
import { plainAddress } from '../_session/address.ts';
import { useNotes, usePastRuns, useSession } from '../_session/react.tsx';
import { whenWords } from './run-words.ts';
import styles from './runs.module.css';

export function RecapButton(): ReactNode {
  const title = useSession((state) => state.title);
  const people = useSession((state) => state.people);
  const runs = usePastRuns((state) => state.runs);
  const pictures = usePastRuns((state) => state.pictures);
  const { threads, authors, minutes } = useNotes((state) => state);
  const save = async (): Promise<void> => {
    const { recapMarkdown } = await import('#lib/link/recap');
    const recap = recapMarkdown({
      title,
      address: plainAddress(),
      runs: runs ?? [],
      pictures,
      threads,
      nameOf: (author) => authorOf(author, people, authors).name,
      minutes,
      // Of another day every time is told with its date.
      timeWords: (at) => whenWords(at, Infinity),
      anchorWords: (anchor) => targetWords(anchor.target, anchor),
    });
    saveFile('recap.md', new Blob([recap], { type: 'text/markdown' }));
  };
  return (
    <p className={styles['recap']}>
      <button type="button" data-testid="recap" onClick={() => void save()}>
        <FileText size={14} aria-hidden /> Recap
      </button>
      <span>Runs, results, notes and minutes as Markdown.</span>
    </p>
  );
}
