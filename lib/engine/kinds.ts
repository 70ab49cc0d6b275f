/** What can be trained: every kind of model with every kind of data, at small shapes. Engines are held against the reference on all of them. */
import type { Parameters } from '#lib/spec/parameters';

const MODELS: readonly Partial<Parameters>[] = [
  { model: 'tied' },
  { model: 'tied', hidden: 'relu' },
  { model: 'untied', hidden: 'linear', output: 'linear' },
  { model: 'untied', hidden: 'relu', target: 'abs' },
];

export const DATA_KINDS: readonly Partial<Parameters>[] = [
  { data: 'independent' },
  { data: 'signed' },
  { data: 'correlated', setSize: 2 },
  { data: 'anticorrelated', setSize: 3 },
  { data: 'finite', examplesFrom: 11, examplesTo: 50, exampleCounts: 2 },
  { relativeDensityFrom: 0.1, relativeDensityTo: 4, relativeDensities: 2 },
  { importance: 'geometric', relativeImportanceFrom: 0.1, relativeImportanceTo: 10, relativeImportances: 3 },
];

const SMALL: Partial<Parameters> = { n: 6, m: 3, densityTo: 0.2 };

export const KINDS: readonly Partial<Parameters>[] = MODELS.flatMap((model) =>
  DATA_KINDS.map((data) => ({ ...SMALL, ...model, ...data })),
);
