/**
 * The one table of parameters: default, range, unit, label, scale, help and URL key. The controls, the validation of a shared
 * document, the command line's `--set` and a link's address are all read from here.
 */
import { ok, refuse, type Result } from '#lib/base/result';
import { RUN_LIMITS } from './limits.ts';

export type ParameterGroup = 'Model' | 'Data' | 'Training';

interface Common {
  readonly group: ParameterGroup;
  readonly label: string;
  /** The paper's letter. */
  readonly symbol: string;
  readonly unit: string;
  /** What it changes and what to look for, in one or two sentences. */
  readonly help: string;
  /** Short key in addresses. Never reused for another meaning. */
  readonly url: string;
}

export interface NumberParameter extends Common {
  readonly kind: 'integer' | 'real';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly scale: 'linear' | 'log';
  /** Smallest change the control makes, on a linear scale; on a log scale, positions along the track. */
  readonly step: number;
}

export interface ChoiceParameter extends Common {
  readonly kind: 'choice';
  readonly default: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

export type ParameterDefinition = NumberParameter | ChoiceParameter;

export const PARAMETERS = {
  model: {
    kind: 'choice',
    group: 'Model',
    label: 'Weights',
    symbol: 'W',
    unit: '',
    default: 'tied',
    choices: [
      { value: 'tied', label: 'Tied' },
      { value: 'untied', label: 'Untied' },
    ],
    help: 'Tied: one matrix W takes features to hidden dimensions and back. Untied: W1 on the way in, W2 on the way out.',
    url: 'mod',
  },
  n: {
    kind: 'integer',
    group: 'Model',
    label: 'Features',
    symbol: 'n',
    unit: '',
    default: 5,
    min: 2,
    max: RUN_LIMITS.features,
    scale: 'log',
    step: 400,
    help: 'How many features the model is asked to represent.',
    url: 'n',
  },
  m: {
    kind: 'integer',
    group: 'Model',
    label: 'Hidden dimensions',
    symbol: 'm',
    unit: '',
    default: 2,
    min: 1,
    max: RUN_LIMITS.hidden,
    scale: 'log',
    step: 400,
    help: 'How many dimensions it has to put them in. Superposition is what happens when n is larger.',
    url: 'm',
  },
  output: {
    kind: 'choice',
    group: 'Model',
    label: 'Output',
    symbol: 'f',
    unit: '',
    default: 'relu',
    choices: [
      { value: 'relu', label: 'ReLU' },
      { value: 'linear', label: 'Linear' },
    ],
    help: 'A linear model never stores more than m features; the ReLU is what makes superposition pay.',
    url: 'f',
  },
  hidden: {
    kind: 'choice',
    group: 'Model',
    label: 'Hidden layer',
    symbol: '',
    unit: '',
    default: 'linear',
    choices: [
      { value: 'linear', label: 'Linear' },
      { value: 'relu', label: 'ReLU' },
    ],
    help: 'A linear hidden layer can be rotated at will; a ReLU gives its neurons a meaning of their own.',
    url: 'h',
  },
  target: {
    kind: 'choice',
    group: 'Model',
    label: 'Target',
    symbol: '',
    unit: '',
    default: 'x',
    choices: [
      { value: 'x', label: 'x' },
      { value: 'abs', label: '|x|' },
    ],
    help: 'What the model is trained to give back. |x| has to be computed, which takes untied weights.',
    url: 'tgt',
  },
  initScale: {
    kind: 'real',
    group: 'Model',
    label: 'Initial scale',
    symbol: 'σ₀',
    unit: '× Xavier',
    default: 1,
    min: 0.01,
    max: 3,
    scale: 'log',
    step: 200,
    help: 'W starts as N(0, (σ₀ √(2/(n+m)))²). Small starts end in worse minima more often.',
    url: 'w0',
  },
  data: {
    kind: 'choice',
    group: 'Data',
    label: 'Features are',
    symbol: '',
    unit: '',
    default: 'independent',
    choices: [
      { value: 'independent', label: 'Independent' },
      { value: 'correlated', label: 'Correlated' },
      { value: 'anticorrelated', label: 'Anticorrelated' },
      { value: 'signed', label: 'Signed' },
      { value: 'finite', label: 'A finite set' },
    ],
    help: 'Whether features come alone, in sets that are active together or one at a time, with a sign, or from examples that are drawn once.',
    url: 'd',
  },
  setSize: {
    kind: 'integer',
    group: 'Data',
    label: 'Set size',
    symbol: '',
    unit: 'features',
    default: 2,
    min: 1,
    max: RUN_LIMITS.features,
    scale: 'log',
    step: 400,
    help: 'How many features, in a row, are correlated or anticorrelated with each other.',
    url: 'set',
  },
  densityFrom: {
    kind: 'real',
    group: 'Data',
    label: 'Densest',
    symbol: 'p₁',
    unit: '',
    default: 1,
    min: 0.001,
    max: 1,
    scale: 'log',
    step: 300,
    help: 'Density p = 1 − S of the first model: the share of samples in which a feature is active.',
    url: 'p1',
  },
  densityTo: {
    kind: 'real',
    group: 'Data',
    label: 'Sparsest',
    symbol: 'p₂',
    unit: '',
    default: 0.05,
    min: 0.001,
    max: 1,
    scale: 'log',
    step: 300,
    help: 'Density of the last model; the others are spaced evenly on a logarithmic scale.',
    url: 'p2',
  },
  densities: {
    kind: 'integer',
    group: 'Data',
    label: 'Densities',
    symbol: 'k',
    unit: 'models',
    default: 10,
    min: 1,
    max: RUN_LIMITS.axis,
    scale: 'log',
    step: 400,
    help: 'How many densities are trained side by side.',
    url: 'k',
  },
  densitySpacing: {
    kind: 'choice',
    group: 'Data',
    label: 'Densities are',
    symbol: '',
    unit: '',
    default: 'even',
    choices: [
      { value: 'even', label: 'Evenly spaced' },
      { value: 'rounded', label: 'Rounded' },
    ],
    help: 'Evenly spaced on a logarithmic scale; rounded to one digit, seven from 1 to .001 are the paper’s 1, .3, .1, .03, …',
    url: 'ks',
  },
  importance: {
    kind: 'choice',
    group: 'Data',
    label: 'Importance',
    symbol: '',
    unit: '',
    default: 'power',
    choices: [
      { value: 'power', label: 'Decays by' },
      { value: 'geometric', label: 'Falls to' },
    ],
    help: 'Decays by: feature i weighs Iⁱ in the loss. Falls to: evenly on a logarithmic scale from 1 to a last value.',
    url: 'imp',
  },
  importanceBase: {
    kind: 'real',
    group: 'Data',
    label: 'Importance decay',
    symbol: 'I',
    unit: 'per feature',
    default: 0.9,
    min: 0.3,
    max: 1,
    scale: 'linear',
    step: 0.01,
    help: 'Feature i weighs Iⁱ in the loss. At 1 all features matter alike.',
    url: 'i',
  },
  importanceLast: {
    kind: 'real',
    group: 'Data',
    label: 'Last importance',
    symbol: 'I',
    unit: '',
    default: 0.01,
    min: 0.0001,
    max: 1,
    scale: 'log',
    step: 200,
    help: 'Where importance falls to a last value: that of the last feature.',
    url: 'il',
  },
  relativeImportanceFrom: {
    kind: 'real',
    group: 'Data',
    label: 'Last feature, from',
    symbol: 'r₁',
    unit: '× others',
    default: 1,
    min: 0.01,
    max: 100,
    scale: 'log',
    step: 400,
    help: 'By how much more the last feature matters than its place says.',
    url: 'r1',
  },
  relativeImportanceTo: {
    kind: 'real',
    group: 'Data',
    label: 'Last feature, to',
    symbol: 'r₂',
    unit: '× others',
    default: 1,
    min: 0.01,
    max: 100,
    scale: 'log',
    step: 400,
    help: 'The same in the last of the models side by side.',
    url: 'r2',
  },
  relativeImportances: {
    kind: 'integer',
    group: 'Data',
    label: 'Importances',
    symbol: '',
    unit: 'models',
    default: 1,
    min: 1,
    max: RUN_LIMITS.axis,
    scale: 'log',
    step: 400,
    help: 'How many importances of the last feature are trained side by side.',
    url: 'rk',
  },
  relativeDensityFrom: {
    kind: 'real',
    group: 'Data',
    label: 'First feature, from',
    symbol: 'q₁',
    unit: '× density',
    default: 1,
    min: 0.001,
    max: 100,
    scale: 'log',
    step: 500,
    help: 'By how much denser the first feature is than the others; it is never active more than always.',
    url: 'q1',
  },
  relativeDensityTo: {
    kind: 'real',
    group: 'Data',
    label: 'First feature, to',
    symbol: 'q₂',
    unit: '× density',
    default: 1,
    min: 0.001,
    max: 100,
    scale: 'log',
    step: 500,
    help: 'The same in the last of the models side by side.',
    url: 'q2',
  },
  relativeDensities: {
    kind: 'integer',
    group: 'Data',
    label: 'Relative densities',
    symbol: '',
    unit: 'models',
    default: 1,
    min: 1,
    max: RUN_LIMITS.axis,
    scale: 'log',
    step: 400,
    help: 'How many densities of the first feature are trained side by side.',
    url: 'qk',
  },
  examplesFrom: {
    kind: 'integer',
    group: 'Data',
    label: 'Examples, from',
    symbol: 'T₁',
    unit: 'examples',
    default: 10,
    min: 1,
    max: RUN_LIMITS.examples,
    scale: 'log',
    step: 400,
    help: 'Of a finite set: how many there are. A batch at least as large sees all of them in every step.',
    url: 'e1',
  },
  examplesTo: {
    kind: 'integer',
    group: 'Data',
    label: 'Examples, to',
    symbol: 'T₂',
    unit: 'examples',
    default: 1000,
    min: 1,
    max: RUN_LIMITS.examples,
    scale: 'log',
    step: 400,
    help: 'The same in the last of the models side by side.',
    url: 'e2',
  },
  exampleCounts: {
    kind: 'integer',
    group: 'Data',
    label: 'Set sizes',
    symbol: '',
    unit: 'models',
    default: 1,
    min: 1,
    max: RUN_LIMITS.axis,
    scale: 'log',
    step: 400,
    help: 'How many sizes of the set are trained side by side.',
    url: 'ek',
  },
  learningRate: {
    kind: 'real',
    group: 'Training',
    label: 'Learning rate',
    symbol: 'η',
    unit: '',
    default: 1e-3,
    min: 1e-5,
    max: 0.1,
    scale: 'log',
    step: 200,
    help: 'Of AdamW. The notebook uses 0.001.',
    url: 'lr',
  },
  schedule: {
    kind: 'choice',
    group: 'Training',
    label: 'Schedule',
    symbol: '',
    unit: '',
    default: 'constant',
    choices: [
      { value: 'constant', label: 'Constant' },
      { value: 'linear', label: 'Linear' },
      { value: 'cosine', label: 'Cosine' },
    ],
    help: 'How the learning rate falls: not at all, linearly to zero, or along a quarter cosine.',
    url: 'sch',
  },
  weightDecay: {
    kind: 'real',
    group: 'Training',
    label: 'Weight decay',
    symbol: 'λ',
    unit: '',
    default: 0.01,
    min: 0,
    max: 0.5,
    scale: 'linear',
    step: 0.005,
    help: 'Decoupled, on W and b. It is what takes features that are not stored to zero.',
    url: 'wd',
  },
  batch: {
    kind: 'integer',
    group: 'Training',
    label: 'Batch',
    symbol: 'B',
    unit: 'samples',
    default: 1024,
    min: 16,
    max: RUN_LIMITS.batch,
    scale: 'log',
    step: 9,
    help: 'Fresh samples per step, for every model.',
    url: 'b',
  },
  steps: {
    kind: 'integer',
    group: 'Training',
    label: 'Steps',
    symbol: 'T',
    unit: 'steps',
    default: 10_000,
    min: 1,
    max: RUN_LIMITS.steps,
    scale: 'log',
    step: 160,
    help: 'Optimisation steps. The notebook trains for 10,000.',
    url: 't',
  },
  replicas: {
    kind: 'integer',
    group: 'Training',
    label: 'Replicas',
    symbol: 'r',
    unit: 'per density',
    default: 16,
    min: 1,
    max: 64,
    scale: 'linear',
    step: 1,
    help: 'Models per density that differ only in their random numbers. One seed shows the wrong figure about half of the time; the best is shown.',
    url: 'r',
  },
  seed: {
    kind: 'integer',
    group: 'Training',
    label: 'Seed',
    symbol: '',
    unit: '',
    default: 1,
    min: 0,
    max: 4_294_967_295,
    scale: 'linear',
    step: 1,
    help: 'Of every random number. The same seed gives the same run; bit for bit on any machine where it is trained by fused-wasm.',
    url: 's',
  },
} as const satisfies Record<string, ParameterDefinition>;

export type ParameterKey = keyof typeof PARAMETERS;
export const PARAMETER_KEYS = Object.keys(PARAMETERS) as readonly ParameterKey[];

export type ParameterValue<K extends ParameterKey = ParameterKey> = (typeof PARAMETERS)[K] extends NumberParameter
  ? number
  : (typeof PARAMETERS)[K] extends { choices: readonly { value: infer V }[] }
    ? V
    : never;

export type Parameters = { readonly [K in ParameterKey]: ParameterValue<K> };

export const isParameterKey = (key: string): key is ParameterKey => Object.hasOwn(PARAMETERS, key);

export const definitionOf = (key: ParameterKey): ParameterDefinition => PARAMETERS[key];

export const DEFAULT_PARAMETERS = Object.fromEntries(
  PARAMETER_KEYS.map((key) => [key, PARAMETERS[key].default]),
) as unknown as Parameters;

/** The value as the table wants it, or a refusal that names the parameter and its range. */
export function checkParameter(key: ParameterKey, value: unknown): Result<number | string> {
  const definition = definitionOf(key);
  return definition.kind === 'choice' ? checkChoice(key, definition, value) : checkNumber(key, definition, value);
}

function checkChoice(key: ParameterKey, definition: ChoiceParameter, value: unknown): Result<string> {
  const values = definition.choices.map((choice) => choice.value);
  return typeof value === 'string' && values.includes(value)
    ? ok(value)
    : refuse('invalid', `${definition.label} must be one of ${values.join(', ')}.`, key);
}

function checkNumber(key: ParameterKey, definition: NumberParameter, value: unknown): Result<number> {
  const { label, min, max, kind } = definition;
  if (typeof value !== 'number' || !Number.isFinite(value)) return refuse('invalid', `${label} must be a number.`, key);
  if (value < min || value > max)
    return refuse(
      'invalid',
      `${label} must be between ${format(min)} and ${format(max)}; ${format(value)} is not.`,
      key,
    );
  if (kind === 'integer' && !Number.isInteger(value)) return refuse('invalid', `${label} must be a whole number.`, key);
  return ok(value);
}

const format = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 10 });

/** A parameter written as text (`--set n=5`, an address) → its value. */
export function parseParameter(key: ParameterKey, text: string): Result<number | string> {
  const definition = definitionOf(key);
  if (definition.kind === 'choice') return checkParameter(key, text);
  return checkParameter(key, text.trim() === '' ? Number.NaN : Number(text));
}

/** Anything a shared document may hold → parameters: what is missing or out of range takes the value of `fallback`. */
export function repairParameters(values: Readonly<Record<string, unknown>>, fallback: Parameters): Parameters {
  const repaired = PARAMETER_KEYS.map((key) => {
    const checked = checkParameter(key, values[key]);
    return [key, checked.ok ? checked.value : fallback[key]];
  });
  return Object.fromEntries(repaired) as Parameters;
}
