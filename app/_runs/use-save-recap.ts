'use client';
import { targetWords } from '../_annotations/anchor-words.ts';
import { authorOf } from '../_annotations/person-name.ts';
import { saveFile } from '../_figures/save.ts';
import { roomAddress } from '../_session/address.ts';
import { useNotes, usePastRuns, useSession } from '../_session/react.tsx';
import { whenWords } from './run-words.ts';

/** What saves the room's recap as a Markdown file. */
export function useSaveRecap(): () => Promise<void> {
  const title = useSession((state) => state.title);
  const people = useSession((state) => state.people);
  const runs = usePastRuns((state) => state.runs);
  const pictures = usePastRuns((state) => state.pictures);
  const { threads, authors, minutes } = useNotes((state) => state);
  return async () => {
    const { recapMarkdown } = await import('#lib/link/recap');
    const recap = recapMarkdown({
      title,
      address: roomAddress(),
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
}
