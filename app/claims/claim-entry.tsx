/** One claim of the ledger: its sentence, whether it holds, what was measured beside what was expected. */
import type { ReactNode } from 'react';
import { formatNumber, type LedgerClaim, type MeasuredQuantity } from '#lib/experiments/ledger';
import { SeeIt } from '../_home/see-it.tsx';
import { ClaimFigure } from './claim-figure.tsx';
import styles from './claims.module.css';
import { durationWords } from './duration.ts';
import { paperLink } from './paper-link.ts';

interface ClaimEntryProps {
  readonly claim: LedgerClaim;
  /** An experiment shows it: it can be seen to happen. */
  readonly isShown: boolean;
}

export function ClaimEntry({ claim, isShown }: ClaimEntryProps): ReactNode {
  const { id, experiment, section, sentence, status, kind, reason, quantities, curves, parameters, nulls } = claim;
  const { source = 'in the paper' } = claim;
  return (
    <li id={`${experiment}/${id}`} className={styles['claim']} data-status={status} data-testid="claim">
      <strong className={styles['status']}>{status}</strong>
      <p className={styles['sentence']}>{sentence}</p>
      {reason === undefined ? null : <p className={styles['reason']}>{reason}</p>}
      <ClaimFigure
        claim={{ experiment, id, sentence, kind, quantities, ...(curves === undefined ? {} : { curves }) }}
      />
      <div className={styles['scroll']} tabIndex={0} role="region" aria-label={`Measured: ${sentence}`}>
        <table className={styles['quantities']}>
          <thead>
            <tr>
              <th scope="col">quantity</th>
              <th scope="col">measured</th>
              <th scope="col">expected</th>
              {quantities.some(({ paper }) => paper !== undefined) ? <th scope="col">{source}</th> : null}
            </tr>
          </thead>
          <tbody>
            {quantities.map((quantity, q) => (
              <Row key={q} quantity={quantity} all={quantities} />
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles['how']}>
        <a href={paperLink(section)}>§ {section}</a> · {howWords(claim)}
        {nulls.map(({ words, passed, of }) => ` · ${passed} of ${of} models ${words} pass the same test`)}
      </p>
      {isShown && parameters !== undefined ? <SeeIt label="See it happen" wish={{ experiment, parameters }} /> : null}
    </li>
  );
}

function Row({ quantity, all }: { readonly quantity: MeasuredQuantity; readonly all: readonly MeasuredQuantity[] }) {
  const { name, measured, paper, unit = '' } = quantity;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{measured.map((value) => written(value, unit)).join(' · ')}</td>
      <td>{expectedWords(quantity)}</td>
      {all.some((each) => each.paper !== undefined) ? <td>{paper === undefined ? '' : written(paper, unit)}</td> : null}
    </tr>
  );
}

const written = (value: number | string, unit: string): string =>
  typeof value === 'string' ? value : `${formatNumber(value).replace('-', '−')}${unit}`;

function expectedWords({ expected, bound, tolerance, unit = '' }: MeasuredQuantity): string {
  const around = tolerance === 0 || bound !== undefined ? '' : ` ± ${formatNumber(tolerance)}`;
  return `${bound === undefined ? '' : `${bound} `}${written(expected, unit)}${around}`;
}

/** "trained by fused-wasm, seeds 1, 2, 3, in 12 s" */
function howWords({ kind, engine, seeds, seconds }: LedgerClaim): string {
  const time = seconds < 1 ? 'in less than a second' : `in ${durationWords(seconds)}`;
  if (kind === 'exact') return `computed exactly, ${time}`;
  return `${engine === 'sampler' ? 'drawn' : `trained by ${engine}`}, seeds ${seeds.join(', ')}, ${time}`;
}
