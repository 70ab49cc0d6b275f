import { headers } from 'next/headers';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { COMMIT_HEADER } from '#lib/wire/protocol';
import packageJson from '../package.json' with { type: 'json' };
import { Hero } from './_home/hero.tsx';
import styles from './_home/home.module.css';
import { OpenRoomButton } from './_home/open-room-button.tsx';
import { RecentRooms } from './_home/recent-rooms.tsx';
import { Spine } from './_home/spine.tsx';
import { PAPER } from './claims/paper-link.ts';
import { ThemeButton } from './_room/theme-button.tsx';

export default async function HomePage(): Promise<ReactNode> {
  const commit = (await headers()).get(COMMIT_HEADER) ?? 'unknown';
  return (
    <div className={styles['home']}>
      <header className={styles['top']}>
        <span className={styles['name']}>Polytope</span>
        <ThemeButton />
      </header>
      <main className={styles['main']}>
        <div className={styles['words']}>
          <h1>How does a network keep five features in two dimensions?</h1>
          <p>
            When features are rare enough, it stores more of them than it has room for. Sixteen small models have just
            been trained in your browser; the figure shows the best. Drag the sparsity and they train again.
          </p>
          <p>
            In a room, everyone with the link turns the same knobs and sees the same models form, on their own screens,
            at the same moment.
          </p>
          <OpenRoomButton label="Open a room" />
          <p>
            <Link href="/claims">What holds</Link>: every claim of the paper that was measured here, and where the
            numbers say something else.
          </p>
          <RecentRooms />
        </div>
        <Hero />
      </main>
      <Spine />
      <footer className={styles['foot']}>
        <p>
          A live laboratory for <a href={PAPER}>Toy Models of Superposition</a> (Elhage et al., 2022). No account,
          nothing to install.
        </p>
        <p>
          Polytope {packageJson.version} · {commit}
        </p>
      </footer>
    </div>
  );
}
