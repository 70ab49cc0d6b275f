/** A small picture of a result: optima as arrows, or the curves of the subject's first claim that has some. */
import type { ReactNode } from 'react';
import type { LedgerClaim } from '#lib/experiments/ledger';
import type { Curves } from '#lib/experiments/picture';
import { Hull, planeOf, pointOf } from '../_figures/arrows.tsx';
import { featureCount, type CellView } from '../_figures/cell-view.ts';
import figure from '../_figures/figure.module.css';
import { featureColour } from '../_figures/scales.ts';
import { OPTIMA } from './optima.ts';
import styles from './spine.module.css';

interface SpinePictureProps {
  readonly subject: string;
  readonly claims: readonly LedgerClaim[];
}

export function SpinePicture({ subject, claims }: SpinePictureProps): ReactNode {
  const optima = OPTIMA[subject];
  if (optima !== undefined)
    return (
      <div className={styles['optima']}>
        {optima.map(({ words, view }) => (
          <figure key={words}>
            <Arrows view={view} />
            <figcaption>{words}</figcaption>
          </figure>
        ))}
      </div>
    );
  const drawn = claims.flatMap(({ curves, sentence }) => (curves === undefined ? [] : [{ curves, sentence }])).at(0);
  if (drawn !== undefined) return <Lines {...drawn} />;
  const counts = claims.find(({ id }) => id === 'stored');
  return counts === undefined ? <div /> : <Bars claim={counts} />;
}

/** Sides of the drawings' own coordinates; they are scaled to whatever room there is. */
const SIDE = 64;
const WIDE = { width: 208, height: 84 };

function Arrows({ view }: { readonly view: CellView }): ReactNode {
  const plane = planeOf(view, SIDE, SIDE, 2);
  const n = featureCount(view);
  return (
    <svg viewBox={`0 0 ${SIDE} ${SIDE}`} aria-hidden>
      <Hull view={view} plane={plane} className={figure['hull']} />
      {view.norms.map((_, feature) => {
        const { x, y } = pointOf(view, feature);
        const colour = featureColour(feature, n);
        return (
          <g key={feature} style={{ stroke: colour, fill: colour }}>
            <line x1={plane.x(0)} y1={plane.y(0)} x2={plane.x(x)} y2={plane.y(y)} strokeWidth={1.6} />
            <circle cx={plane.x(x)} cy={plane.y(y)} r={2.2} stroke="none" />
          </g>
        );
      })}
    </svg>
  );
}

function Lines({ curves, sentence }: { readonly curves: Curves; readonly sentence: string }): ReactNode {
  const points = [...curves.points].sort(([a = 0], [b = 0]) => a - b);
  const place = (x: number): number => (curves.scale === 'log' ? Math.log(x) : x);
  const xs = points.map(([x = NaN]) => place(x));
  const ys = points.flatMap(([, ...values]) => values);
  const share = (value: number, values: readonly number[]): number =>
    (value - Math.min(...values)) / (Math.max(...values) - Math.min(...values));
  const at = ([x = NaN]: readonly number[], y: number): string =>
    `${(2 + share(place(x), xs) * (WIDE.width - 4)).toFixed(1)},${(WIDE.height - 2 - share(y, ys) * (WIDE.height - 4)).toFixed(1)}`;
  return (
    <figure className={styles['lines']}>
      <svg viewBox={`0 0 ${WIDE.width} ${WIDE.height}`} role="img" aria-label={sentence}>
        {curves.series.map((name, k) => (
          <polyline
            key={name}
            points={points.map((point) => at(point, point[k + 1] ?? NaN)).join(' ')}
            style={{ stroke: featureColour(k, curves.series.length) }}
          />
        ))}
      </svg>
      <figcaption>
        {curves.y}, against the {curves.x}
      </figcaption>
    </figure>
  );
}

/** How many features are stored, density by density. */
function Bars({ claim: { quantities } }: { readonly claim: LedgerClaim }): ReactNode {
  const rows = quantities.map(({ name, measured }) => {
    const counts = measured.filter((value) => typeof value === 'number');
    const [least, count] = [Math.min(...counts), Math.max(...counts)];
    return { name, count, words: least === count ? String(count) : `${least}–${count}` };
  });
  const most = Math.max(...rows.map(({ count }) => count));
  const step = WIDE.width / rows.length;
  const height = (count: number): number => (count / most) * (WIDE.height - 16);
  return (
    <figure className={styles['lines']}>
      <svg viewBox={`0 0 ${WIDE.width} ${WIDE.height}`} role="img" aria-label="Features stored at seven densities">
        {rows.map(({ name, count, words }, k) => (
          <g key={name}>
            <rect
              x={k * step + 4}
              y={WIDE.height - height(count)}
              width={step - 8}
              height={height(count)}
              fill={featureColour(k, rows.length)}
            />
            <text x={(k + 0.5) * step} y={WIDE.height - height(count) - 4} textAnchor="middle">
              {words}
            </text>
          </g>
        ))}
      </svg>
      <figcaption>features stored, from density 1 to .001</figcaption>
    </figure>
  );
}
