'use client';
/** Opens the rail: how many notes there are, and whether some are new, or speak to this person. */
import { MessageSquare } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import pill from '../_controls/pill.module.css';
import { useNotes, useSession } from '../_session/react.tsx';
import { useDesk, useDeskState, visit } from './desk.tsx';
import { unreadFor } from './unread.ts';
import styles from './side-rail.module.css';

export function RailButton(): ReactNode {
  const desk = useDesk();
  const open = useDeskState((state) => state.tab === 'notes' || state.tab === 'minutes');
  const threads = useNotes((state) => state.threads);
  const seenAt = useNotes((state) => state.seenAt);
  const me = useSession((state) => state.me?.id ?? null);
  const { news, mentions } = useMemo(() => unreadFor(me, threads, seenAt), [me, threads, seenAt]);
  const [mention] = mentions;
  const count = threads.filter(({ resolved }) => !resolved).length;
  const words = wordsFor(news, mentions.length);
  return (
    <div className={styles['opener']}>
      {mention === undefined || open ? null : (
        <button
          type="button"
          className={`${pill['pill'] ?? ''} ${styles['mentioned'] ?? ''}`}
          data-testid="mentioned"
          onClick={() => {
            visit(desk, mention.id, mention.anchor);
          }}
        >
          <span role="status">Note {mention.number} mentions you</span>
        </button>
      )}
      <button
        type="button"
        className={`${pill['pill'] ?? ''} ${styles['open'] ?? ''}`}
        data-testid="notes-button"
        aria-expanded={open}
        data-new={news > 0 && !open ? '' : undefined}
        title={words}
        aria-label={`Notes, ${count} open${words === '' ? '' : `, ${words}`}`}
        onClick={() => {
          desk.setState({ tab: open ? null : 'notes', draft: null });
        }}
      >
        <MessageSquare size={15} /> <span className={styles['openWords']}>Notes</span>{' '}
        {count > 0 ? <span className={styles['count']}>{count}</span> : null}
      </button>
    </div>
  );
}

function wordsFor(news: number, mentions: number): string {
  if (news === 0) return '';
  const mentioned = mentions === 0 ? '' : `, ${mentions} mention${mentions === 1 ? 's' : ''} you`;
  return `${news} new${mentioned}`;
}
