'use client';
/** A small sheet over a room that is already visible: a name and a colour are filled in, one press is enough. */
import { useState, type CSSProperties, type ReactNode } from 'react';
import { cleanName, NAME_LENGTH, PERSON_COLOURS } from '#lib/room/person';
import { Avatar } from './avatar.tsx';
import styles from './people.module.css';

interface JoinSheetProps {
  /** What to offer. */
  readonly name: string;
  readonly colour: number;
  /** No seat is left: watching is what there is. */
  readonly full: boolean;
  readonly onJoin: (name: string, colour: number, seat: boolean) => Promise<void>;
}

export function JoinSheet({ name: offered, colour: offeredColour, full, onJoin }: JoinSheetProps): ReactNode {
  const [name, setName] = useState(offered);
  const [colour, setColour] = useState(offeredColour);
  const [busy, setBusy] = useState(false);
  const clean = cleanName(name);
  const enter = (seat: boolean): void => {
    setBusy(true);
    void onJoin(clean ?? offered, colour, seat).finally(() => {
      setBusy(false);
    });
  };
  return (
    <dialog open className={styles['sheet']} aria-label="Join this room">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          enter(!full);
        }}
      >
        <div className={styles['introduce']}>
          <Avatar person={{ name: clean ?? '?', colour, seated: true }} />
          <label className={styles['naming']}>
            <span>Your name here</span>
            <input
              data-testid="name"
              value={name}
              maxLength={NAME_LENGTH}
              autoComplete="nickname"
              onChange={(event) => {
                setName(event.currentTarget.value);
              }}
            />
          </label>
        </div>
        <Colours chosen={colour} onChoose={setColour} />
        {full ? <p className={styles['full']}>Every seat is taken. You can watch, and see all that happens.</p> : null}
        <div className={styles['choices']}>
          {full ? null : (
            <button
              type="submit"
              className={styles['join']}
              data-testid="join-button"
              disabled={busy || clean === undefined}
            >
              Join
            </button>
          )}
          <button
            type="button"
            className={styles['watch']}
            data-testid="watch-button"
            disabled={busy}
            onClick={() => {
              enter(false);
            }}
          >
            Just watch
          </button>
        </div>
      </form>
    </dialog>
  );
}

function Colours({ chosen, onChoose }: { readonly chosen: number; readonly onChoose: (colour: number) => void }) {
  return (
    <div className={styles['colours']} role="radiogroup" aria-label="Your colour">
      {PERSON_COLOURS.map((hex, colour) => (
        <label key={hex} className={styles['colour']} style={{ '--person': hex } as CSSProperties}>
          <input
            type="radio"
            name="colour"
            checked={colour === chosen}
            aria-label={`Colour ${colour + 1}`}
            onChange={() => {
              onChoose(colour);
            }}
          />
        </label>
      ))}
    </div>
  );
}
