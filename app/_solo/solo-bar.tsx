'use client';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { experimentOf } from '#lib/experiments/index';
import type { Solo } from '#lib/experiments/solo';
import { HomeMark } from '../_room/home-mark.tsx';
import { ProgressEdge, RunCluster } from '../_room/run-cluster.tsx';
import { ThemeButton } from '../_room/theme-button.tsx';
import styles from '../_room/top-bar.module.css';
import { useSession } from '../_session/react.tsx';
import { ShareSolo } from './share-solo.tsx';

interface SoloBarProps {
  readonly solo: Solo;
  readonly onParameters: () => void;
}

export function SoloBar({ solo, onParameters }: SoloBarProps): ReactNode {
  const title = useSession((state) => state.title);
  const experiment = experimentOf(solo.experiment);
  return (
    <header className={styles['bar']}>
      <div className={styles['title']}>
        <HomeMark />
        <h1>{solo.link === null ? title : <Link href={`/links/${solo.link}`}>{title}</Link>}</h1>
        {experiment === undefined ? null : <span className={styles['section']}>§ {experiment.section}</span>}
      </div>
      <RunCluster place="browser" onParameters={onParameters} />
      <div className={styles['company']}>
        <span className={styles['status']} data-testid="status">
          Solo
        </span>
        <ShareSolo solo={solo} />
        <ThemeButton />
      </div>
      <ProgressEdge />
    </header>
  );
}
