import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Claim } from '#lib/experiments/claim';
import type { Subject } from '#lib/experiments/experiment';
import { experimentOf, SUBJECTS } from '#lib/experiments/index';
import type { Ledger, LedgerClaim } from '#lib/experiments/ledger';
import { OpenRoomButton } from '../_home/open-room-button.tsx';
import { ThemeButton } from '../_room/theme-button.tsx';
import { ClaimEntry } from './claim-entry.tsx';
import styles from './claims.module.css';

export const metadata = { title: 'Claims' };

/** Every claim about the models, and what was measured: the ledger that `npm run claims` writes. */
export default async function ClaimsPage(): Promise<ReactNode> {
  const ledger = await readLedger();
  return (
    <div className={styles['page']}>
      <header className={styles['top']}>
        <Link href="/" className={styles['name'] ?? ''}>
          Polytope
        </Link>
        <ThemeButton />
      </header>
      <main className={styles['main']}>
        <h1>What holds</h1>
        <p className={styles['lead']}>
          The paper’s findings as sentences that can turn out wrong, each held against models: trained from three seeds,
          or computed without sampling. Where we find something else than its words say, the reason stands beside it.
        </p>
        {ledger === null ? <NoLedger /> : <Entries ledger={ledger} />}
      </main>
    </div>
  );
}

/** null where none has been written yet. */
async function readLedger(): Promise<Ledger | null> {
  const text = await readFile(join(process.cwd(), 'lib/experiments/ledger.json'), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as Ledger);
}

function NoLedger(): ReactNode {
  return (
    <>
      <p className={styles['none']} role="status">
        Nothing has been measured here yet: <code>npm run claims</code> measures every claim and writes the ledger.
        These are the sentences it holds.
      </p>
      {SUBJECTS.map((subject) => (
        <section key={subject.key} className={styles['subject']}>
          <SubjectTitle title={subject.title} section={subject.section} />
          <ol>
            {subject.claims.map((claim) => (
              <Unmeasured key={claim.id} subject={subject.key} claim={claim} />
            ))}
          </ol>
        </section>
      ))}
    </>
  );
}

function SubjectTitle({ title, section }: Pick<Subject, 'title' | 'section'>): ReactNode {
  return (
    <h2>
      {title} <small>§ {section}</small>
    </h2>
  );
}

/** A claim of which the ledger knows nothing: it is newer. */
function Unmeasured({ subject, claim }: { readonly subject: string; readonly claim: Claim }): ReactNode {
  return (
    <li id={`${subject}/${claim.id}`} className={styles['claim']} data-testid="claim">
      <span className={styles['status']}>not measured</span>
      <p className={styles['sentence']}>{claim.sentence}</p>
      {'parameters' in claim && experimentOf(subject) !== undefined ? (
        <OpenRoomButton label="See it happen" wish={{ experiment: subject, parameters: claim.parameters }} runs />
      ) : null}
    </li>
  );
}

function Entries({ ledger }: { readonly ledger: Ledger }): ReactNode {
  const { claims, machine } = ledger;
  const seconds = claims.reduce((sum, claim) => sum + claim.seconds, 0);
  return (
    <>
      <dl className={styles['counts']}>
        <Count words="hold" claims={claims} status="holds" />
        <Count words="differ, with a reason" claims={claims} status="differs" />
        <Count words="fail" claims={claims} status="fails" />
      </dl>
      <p className={styles['machine']}>
        Measured in {Math.max(1, Math.round(seconds))} s of computation on {machine}.
      </p>
      {SUBJECTS.map((subject) => (
        <section key={subject.key} className={styles['subject']}>
          <SubjectTitle title={subject.title} section={subject.section} />
          <ol>
            {subject.claims.map((claim) => {
              const held = claims.find(({ id, experiment }) => id === claim.id && experiment === subject.key);
              return held === undefined ? (
                <Unmeasured key={claim.id} subject={subject.key} claim={claim} />
              ) : (
                <ClaimEntry key={claim.id} claim={held} isShown={experimentOf(subject.key) !== undefined} />
              );
            })}
          </ol>
        </section>
      ))}
    </>
  );
}

interface CountProps {
  readonly words: string;
  readonly claims: readonly LedgerClaim[];
  readonly status: LedgerClaim['status'];
}

function Count({ words, claims, status }: CountProps): ReactNode {
  return (
    <div>
      <dt>{words}</dt>
      <dd>{claims.filter((claim) => claim.status === status).length}</dd>
    </div>
  );
}
