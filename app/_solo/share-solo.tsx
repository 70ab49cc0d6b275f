'use client';
/** From alone to together: the address as it stands, a room that begins here, a link of what came out. */
import { Link2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useId, useState, type ReactNode } from 'react';
import type { Solo } from '#lib/experiments/solo';
import { forkLink, openRoom } from '../_home/open-room.ts';
import { AddressField } from '../_room/address-field.tsx';
import { MakeLink } from '../_room/make-link.tsx';
import styles from '../_room/share-sheet.module.css';
import bar from '../_room/top-bar.module.css';
import { useNow } from '../_session/react.tsx';

export function ShareSolo({ solo }: { readonly solo: Solo }): ReactNode {
  const sheet = useId();
  const [address, setAddress] = useState('');
  return (
    <>
      <button type="button" className={bar['share']} aria-label="Share" popoverTarget={sheet}>
        <Link2 size={16} /> <span>Share</span>
      </button>
      <div
        id={sheet}
        popover="auto"
        className={styles['sheet']}
        aria-label="Share this experiment"
        onToggle={({ newState }) => {
          if (newState === 'open') setAddress(location.href);
        }}
      >
        <h2>Share this experiment</h2>
        <AddressField label="Address of this experiment" address={address} />
        <p className={styles['explained']}>
          It carries the parameters: whoever opens it is alone with them, and nothing is kept anywhere.
        </p>
        <MakeRoom solo={solo} />
        <MakeLink />
      </div>
    </>
  );
}

function MakeRoom({ solo }: { readonly solo: Solo }): ReactNode {
  const router = useRouter();
  const now = useNow();
  const [state, setState] = useState<'ready' | 'opening' | { readonly problem: string }>('ready');
  const open = async (): Promise<void> => {
    setState('opening');
    const { parameters, run } = now().state;
    // What a link holds comes along while nothing else was trained.
    const opened = await (solo.link !== null && run?.mine !== true
      ? forkLink(solo.link)
      : openRoom({ experiment: solo.experiment, parameters }));
    // The same seed gives the same bits there: what was seen here forms again before everyone.
    if ('room' in opened) router.push(`/rooms/${opened.room}${run?.mine === true ? '?run' : ''}`);
    else setState(opened);
  };
  return (
    <section className={styles['part']} aria-label="Make it a room">
      <h3>Make it a room</h3>
      <p className={styles['explained']}>
        {typeof state === 'object' ? (
          <span role="alert">{state.problem} </span>
        ) : (
          'Everyone with its address turns the same knobs and sees the same models form. It begins as this stands. '
        )}
        <button type="button" data-testid="make-room" disabled={state === 'opening'} onClick={() => void open()}>
          {state === 'opening' ? 'Opening…' : 'Open a room'}
        </button>
      </p>
    </section>
  );
}
