/** The paper, section by section: the question, a picture of what came out here, what holds, and where to see it. */
import Link from 'next/link';
import type { ReactNode } from 'react';
import { isExperiment, type Subject } from '#lib/experiments/experiment';
import { SUBJECTS } from '#lib/experiments/subjects';
import type { LedgerClaim } from '#lib/experiments/ledger';
import { durationWords } from '../claims/duration.ts';
import { paperLink } from '../claims/paper-link.ts';
import { readLedger } from '../claims/read-ledger.ts';
import { SeeIt } from './see-it.tsx';
import { SpinePicture } from './spine-picture.tsx';
import styles from './spine.module.css';

export async function Spine(): Promise<ReactNode> {
  const claims = (await readLedger())?.claims ?? [];
  return (
    <section className={styles['spine']} aria-labelledby="spine">
      <h2 id="spine">The paper, section by section</h2>
      <ol>
        {SUBJECTS.map((subject) => (
          <Section
            key={subject.key}
            subject={subject}
            claims={claims.filter(({ experiment }) => experiment === subject.key)}
          />
        ))}
      </ol>
    </section>
  );
}

interface SectionProps {
  readonly subject: Subject;
  readonly claims: readonly LedgerClaim[];
}

function Section({ subject, claims }: SectionProps): ReactNode {
  const { key, title, section, question } = subject;
  return (
    <li className={styles['section']}>
      <SpinePicture subject={key} claims={claims} />
      <div className={styles['words']}>
        <h3>{title}</h3>
        <p className={styles['question']}>{question}</p>
        <p className={styles['small']}>
          <a href={paperLink(section)}>§ {section}</a>
          {claims.length === 0 ? null : (
            <>
              {' · '}
              <Link href={`/claims#${key}`}>{countWords(claims)}</Link>
              {` · measured here in ${durationWords(claims.reduce((sum, { seconds }) => sum + seconds, 0))}`}
            </>
          )}
        </p>
      </div>
      {isExperiment(subject) ? <SeeIt label="See it form" wish={{ experiment: key, parameters: {} }} /> : null}
    </li>
  );
}

/** "7 claims hold, 1 differs" */
function countWords(claims: readonly LedgerClaim[]): string {
  const count = (status: LedgerClaim['status']): number => claims.filter((claim) => claim.status === status).length;
  const [holds, differs, fails] = [count('holds'), count('differs'), count('fails')];
  return [
    `${holds} ${holds === 1 ? 'claim holds' : 'claims hold'}`,
    ...(differs === 0 ? [] : [`${differs} ${differs === 1 ? 'differs' : 'differ'}`]),
    ...(fails === 0 ? [] : [`${fails} ${fails === 1 ? 'fails' : 'fail'}`]),
  ].join(', ');
}
