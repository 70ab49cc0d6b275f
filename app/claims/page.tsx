import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Claim } from '#lib/experiments/claim';
import type { Subject } from '#lib/experiments/experiment';
import { experimentOf } from '#lib/experiments/index';
import { SUBJECTS } from '#lib/experiments/subjects';
import type { Ledger, LedgerClaim } from '#lib/experiments/ledger';
import { SeeIt } from '../_home/see-it.tsx';
import { ThemeButton } from '../_room/theme-button.tsx';
import { ClaimEntry } from './claim-entry.tsx';
import styles from './claims.module.css';
import { readLedger } from './read-ledger.ts';
import { durationWords } from './duration.ts';

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
        <SeeIt label="See it happen" wish={{ experiment: subject, parameters: claim.parameters }} />
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
        Measured in {durationWords(seconds)} of computation on {machine}.
      </p>
      <Contents ledger={ledger} />
      {SUBJECTS.map((subject) => (
        <section key={subject.key} id={subject.key} className={styles['subject']}>
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

/** Every claim as a dot, subject by subject: where it is on the page. */
function Contents({ ledger: { claims } }: { readonly ledger: Ledger }): ReactNode {
  return (
    <nav className={styles['contents']} aria-label="Subjects">
      <ul>
        {SUBJECTS.map(({ key, title }) => (
          <li key={key}>
            <a href={`#${key}`}>{title}</a>
            <span className={styles['dots']}>
              {claims
                .filter(({ experiment }) => experiment === key)
                .map(({ id, status, sentence }) => (
                  <a
                    key={id}
                    href={`#${key}/${id}`}
                    data-status={status}
                    title={sentence}
                    aria-label={`${status}: ${sentence}`}
                  />
                ))}
            </span>
          </li>
        ))}
      </ul>
    </nav>
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
