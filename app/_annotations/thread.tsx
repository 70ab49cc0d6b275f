'use client';
/** One note with its answers. */
import { Check, CornerDownRight, History, Link2, MapPin, Pencil, Trash2, Undo2 } from 'lucide-react';
import { useEffect, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import { PERSON_COLOURS } from '#lib/room/person';
import type { Placement } from '#lib/room/place';
import { can } from '#lib/room/roles';
import type { Entry, Thread as ThreadData } from '#lib/room/threads';
import { IconButton } from '../_controls/icon-button.tsx';
import { Avatar } from '../_people/avatar.tsx';
import { useNoteActions, useNotes, useRoom } from '../_session/react.tsx';
import { AnchorLine } from './anchor-line.tsx';
import { targetWords } from './anchor-words.ts';
import { addressOf, isElsewhere, leave, useDesk, useDeskState, visit, visitItsRun } from './desk.tsx';
import { NoteField } from './note-field.tsx';
import { NoteText } from './note-text.tsx';
import styles from './notes.module.css';
import { authorOf } from './person-name.ts';

interface ThreadProps {
  readonly thread: ThreadData;
  /** null: it is about the room. */
  readonly placement: Placement | null;
}

export function Thread({ thread, placement }: ThreadProps): ReactNode {
  const desk = useDesk();
  const selected = useDeskState((state) => state.selected === thread.id);
  const article = useRef<HTMLElement>(null);
  const author = useAuthor(thread);
  useEffect(() => {
    if (selected) article.current?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  const toggle = (): void => {
    if (selected) leave(desk);
    else visit(desk, thread.id, thread.anchor);
  };
  return (
    <article
      ref={article}
      className={styles['thread']}
      data-selected={selected ? '' : undefined}
      data-resolved={thread.resolved ? '' : undefined}
      data-testid="thread"
      aria-label={`Note ${thread.number} by ${author.name}`}
      style={{ '--person': PERSON_COLOURS[author.colour] } as CSSProperties}
    >
      <button type="button" className={styles['threadHead']} aria-expanded={selected} onClick={toggle}>
        <span className={styles['number']}>{thread.number}</span>
        <span className={styles['about']}>
          {thread.anchor === null ? (
            <strong>The room</strong>
          ) : (
            <AnchorLine anchor={thread.anchor} now={nowWords(placement, thread)} />
          )}
        </span>
      </button>
      <Said entry={thread} />
      {thread.replies.length > 0 ? (
        <div className={styles['replies']}>
          {thread.replies.map((reply) => (
            <Said key={reply.id} entry={reply} />
          ))}
        </div>
      ) : null}
      {selected ? <ThreadTools thread={thread} /> : null}
    </article>
  );
}

/** Where it is now, where that is another number, or not quite what it was. */
function nowWords(placement: Placement | null, { anchor }: ThreadData): string | null {
  if (placement?.state === 'waiting') return 'forming…';
  if (placement?.state === 'unanchored') return placement.why;
  if (placement?.state !== 'placed' || !placement.carried || anchor === null) return null;
  const here = targetWords(placement.target, anchor);
  const moved = here === targetWords(anchor.target, anchor) ? 'found again in this run' : `now ${here.toLowerCase()}`;
  return placement.change === null ? moved : `${moved}. ${placement.change}`;
}

function useAuthor({ author }: Entry): ReturnType<typeof authorOf> {
  const people = useRoom((state) => state.people);
  const authors = useNotes((state) => state.authors);
  return authorOf(author, people, authors);
}

/** May it be changed, and does it still say something? */
function useMine({ author, text }: Entry): boolean {
  return useRoom(
    ({ me }) =>
      me !== null && text !== '' && can(me.role, 'edit-notes') && (me.id === author || can(me.role, 'moderate-notes')),
  );
}

function Said({ entry }: { readonly entry: Entry }): ReactNode {
  const author = useAuthor(entry);
  const mine = useMine(entry);
  const [doing, setDoing] = useState<'edit' | 'delete' | null>(null);
  const { rewrite, remove } = useNoteActions();
  const end = (): void => {
    setDoing(null);
  };
  if (entry.text === '') return <p className={styles['removed']}>This note was removed by its author.</p>;
  return (
    <div className={styles['said']}>
      <Avatar person={{ ...author, seated: true }} />
      <div className={styles['words']}>
        <div className={styles['byline']}>
          <strong>{author.name}</strong>
          <time dateTime={new Date(entry.at).toISOString()} suppressHydrationWarning>
            {timeWords(entry.at)}
          </time>
          {entry.edited === null ? null : <span>edited</span>}
          {mine && doing === null ? (
            <span className={styles['ownTools']}>
              <IconButton
                size="small"
                label="Edit"
                onClick={() => {
                  setDoing('edit');
                }}
              >
                <Pencil size={13} />
              </IconButton>
              <IconButton
                size="small"
                label="Delete"
                onClick={() => {
                  setDoing('delete');
                }}
              >
                <Trash2 size={13} />
              </IconButton>
            </span>
          ) : null}
        </div>
        {doing === 'edit' ? (
          <NoteField
            label="Edit the note"
            text={entry.text}
            send="Save"
            autoFocus
            onSend={(text) => {
              const done = rewrite(entry.id, text);
              if (done) end();
              return done;
            }}
            onCancel={end}
          />
        ) : (
          <NoteText text={entry.text} />
        )}
        {doing === 'delete' ? (
          <DeleteQuestion
            onEnd={end}
            onDelete={() => {
              remove(entry.id);
            }}
          />
        ) : null}
      </div>
    </div>
  );
}

interface DeleteQuestionProps {
  readonly onDelete: () => void;
  readonly onEnd: () => void;
}

/** Nothing brings it back. */
function DeleteQuestion({ onDelete, onEnd }: DeleteQuestionProps): ReactNode {
  return (
    <div
      className={styles['deleting']}
      role="group"
      aria-label="Delete this?"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onEnd();
      }}
    >
      <span>Delete it for everyone?</span>
      <button type="button" data-tone="error" autoFocus onClick={onDelete}>
        Delete
      </button>
      <button type="button" onClick={onEnd}>
        Keep
      </button>
    </div>
  );
}

function ThreadTools({ thread }: { readonly thread: ThreadData }): ReactNode {
  const desk = useDesk();
  const mine = useMine(thread);
  const mayReply = useRoom((state) => state.me !== null && can(state.me.role, 'edit-notes'));
  const { reply, resolve } = useNoteActions();
  const [replying, setReplying] = useState(false);
  const [copied, setCopied] = useState(false);
  if (replying)
    return (
      <NoteField
        label="Reply"
        send="Reply"
        autoFocus
        onSend={(text) => {
          const done = reply(thread.id, text);
          if (done) setReplying(false);
          return done;
        }}
        onCancel={() => {
          setReplying(false);
        }}
      />
    );
  return (
    <div className={styles['tools']}>
      {mayReply ? (
        <button
          type="button"
          onClick={() => {
            setReplying(true);
          }}
        >
          <CornerDownRight size={14} /> Reply
        </button>
      ) : null}
      {mine ? (
        <>
          <button
            type="button"
            onClick={() => {
              resolve(thread.id, !thread.resolved);
            }}
          >
            {thread.resolved ? <Undo2 size={14} /> : <Check size={14} />} {thread.resolved ? 'Reopen' : 'Resolve'}
          </button>
          <button
            type="button"
            onClick={() => {
              desk.setState({ draft: { anchor: thread.anchor, moves: thread.id } });
            }}
          >
            <MapPin size={14} /> Move pin
          </button>
        </>
      ) : null}
      <ItsRunButton thread={thread} />
      <button
        type="button"
        onClick={() => {
          void copy(addressOf(thread.id)).then(setCopied);
        }}
      >
        <Link2 size={14} /> <span aria-live="polite">{copied ? 'Copied' : 'Copy link'}</span>
      </button>
    </div>
  );
}

/** Found again in this run, it can be seen in its own, too. */
function ItsRunButton({ thread: { anchor } }: { readonly thread: ThreadData }): ReactNode {
  const desk = useDesk();
  const elsewhere = useDeskState(({ scene }) => anchor !== null && scene !== null && isElsewhere(anchor, scene));
  if (anchor === null || !elsewhere) return null;
  return (
    <button
      type="button"
      onClick={() => {
        visitItsRun(desk, anchor);
      }}
    >
      <History size={14} /> In its own run
    </button>
  );
}

/** Over plain http a browser has no clipboard: the address bar holds the same link. */
async function copy(address: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(address);
    return true;
  } catch {
    return false;
  }
}

const DAY_MS = 86_400_000;

function timeWords(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  return Date.now() - at < DAY_MS
    ? date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
    : date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
}
