/** The ledger: every claim with what was measured. `npm run claims` writes it beside this file, as ledger.json and LEDGER.md. */
import type { Parameters } from '#lib/spec/parameters';
import type { Curves } from './picture.ts';
import { judge, type Budget, type Claim, type NullResult, type Quantity, type Status } from './claim.ts';

export interface Ledger {
  readonly version: typeof LEDGER_VERSION;
  /** What measured it, in words: processor cores, Node. */
  readonly machine: string;
  readonly claims: readonly LedgerClaim[];
}

export const LEDGER_VERSION = 1;

/** One claim of `polytope claims --json` and of the ledger. */
export interface LedgerClaim {
  /** `experiment` and `id` together are unique. */
  readonly id: string;
  /** Key of its experiment, or of the subject where no experiment shows it yet. */
  readonly experiment: string;
  readonly section: string;
  readonly sentence: string;
  readonly kind: Claim['kind'];
  readonly status: Status;
  /** In words, all quantities; of several seeds, the range. */
  readonly measured: string;
  readonly expected: string;
  readonly tolerance: string;
  /** The same as numbers, for tables and figures. `measured` has one entry, or one for each seed. */
  readonly quantities: readonly MeasuredQuantity[];
  /** `evaluator`, or what trained it. */
  readonly engine: string;
  /** Empty where nothing is random. */
  readonly seeds: readonly number[];
  /** Of computation, on `Ledger.machine`. */
  readonly seconds: number;
  /** Why it differs from the paper's words. */
  readonly reason?: string;
  /** Whose words they are, where they are not the paper's own. */
  readonly source?: string;
  /** Wrong models against the same test. */
  readonly nulls: readonly NullResult[];
  /** Where its run differs from the experiment's: to see it happen. Nothing where it is computed. */
  readonly parameters?: Partial<Parameters>;
  /** Of each seed's run. */
  readonly specHashes: readonly string[];
  /** What it looks like, where it has a picture. */
  readonly curves?: Curves;
}

export type MeasuredQuantity = Omit<Quantity, 'measured'> & { readonly measured: readonly (number | string)[] };

export interface Measurement {
  /** Quantities of the one evaluation, or of each seed. */
  readonly measurements: readonly (readonly Quantity[])[];
  readonly nulls: readonly NullResult[];
  readonly engine: string;
  readonly seeds: readonly number[];
  readonly seconds: number;
  readonly specHashes: readonly string[];
  readonly budget: Budget;
  readonly curves?: Curves | undefined;
}

export function ledgerClaim(experiment: string, claim: Claim, measurement: Measurement): LedgerClaim {
  const { measurements, nulls, engine, seeds, seconds, specHashes, budget, curves } = measurement;
  const { id, section, sentence, kind, reason, source } = claim;
  const quantities = mergeQuantities(measurements);
  return {
    id,
    experiment,
    section,
    sentence,
    kind,
    status: judge(claim, measurements, nulls, budget),
    measured: inWords(quantities, measuredInWords),
    expected: inWords(quantities, expectedInWords),
    tolerance: inWords(quantities, toleranceInWords),
    quantities,
    engine,
    seeds,
    seconds,
    ...(reason === undefined ? {} : { reason }),
    ...(source === undefined ? {} : { source }),
    nulls,
    ...('parameters' in claim ? { parameters: claim.parameters } : {}),
    specHashes,
    ...(curves === undefined ? {} : { curves: rounded(curves) }),
  };
}

/** Six digits draw it. */
const rounded = (curves: Curves): Curves => ({
  ...curves,
  points: curves.points.map((point) => point.map((value) => Number(value.toPrecision(6)))),
});

/** The quantities of all seeds side by side: a claim measures the same ones whatever the run. */
function mergeQuantities(measurements: readonly (readonly Quantity[])[]): readonly MeasuredQuantity[] {
  const [first = []] = measurements;
  return first.map((quantity, q) => ({
    ...quantity,
    measured: measurements.map((each) => each[q]?.measured ?? NaN),
  }));
}

const inWords = (quantities: readonly MeasuredQuantity[], words: (quantity: MeasuredQuantity) => string): string =>
  quantities.map((quantity) => `${quantity.name} ${words(quantity)}`).join('; ');

function measuredInWords({ measured, unit = '' }: MeasuredQuantity): string {
  const numbers = measured.filter((value) => typeof value === 'number');
  if (numbers.length < measured.length) return [...new Set(measured)].join(', ');
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)].map(formatNumber);
  return low === high ? `${low}${unit}` : `${low} to ${high}${unit}`;
}

const expectedInWords = ({ expected, bound, unit = '' }: MeasuredQuantity): string =>
  `${bound === undefined ? '' : `${bound} `}${typeof expected === 'string' ? expected : formatNumber(expected)}${unit}`;

const toleranceInWords = ({ tolerance, unit = '' }: MeasuredQuantity): string =>
  tolerance === 0 ? 'exactly' : `± ${formatNumber(tolerance)}${unit}`;

/** Five digits; what rounding leaves of 0 is 0. */
export const formatNumber = (value: number): string =>
  Math.abs(value) < 1e-12 ? '0' : String(Number(value.toPrecision(5)));
