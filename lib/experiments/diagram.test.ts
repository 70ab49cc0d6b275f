import { expect, test } from 'vitest';
import { present } from '#lib/base/assert';
import { cellCount, cellParameters, instanceCount } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { checkRun, checkSpec, resolve } from '#lib/spec/resolve';
import { isSweep, tileCount } from '#lib/spec/tiles';
import { exploreCell, RESOLUTIONS, resolutionParameters } from './diagram.ts';
import { startOf, type Experiment } from './experiment.ts';
import { phaseChange } from './phase-change.ts';
import { phaseChangeThree } from './phase-change-three.ts';

const FINEST = { side: 200, replicas: 10 };
const DIAGRAMS = [phaseChange, phaseChangeThree];

test('a diagram begins with density downwards and relative importance to the right, all models side by side', () => {
  const spec = resolve(startOf(phaseChange));
  expect(spec.axes.map(({ over }) => over)).toEqual(['density', 'relativeImportance']);
  expect([cellCount(spec), instanceCount(spec), isSweep(spec)]).toEqual([1_024, 4_096, false]);
  expect(cellParameters(spec, 0)).toMatchObject({ density: 1, relativeImportance: 0.1 });
  expect(cellParameters(spec, 1_023)).toMatchObject({ density: 0.01, relativeImportance: 10 });
});

test.each(DIAGRAMS)('every resolution of $key is a run that a room takes, the finest in tiles', (experiment) => {
  for (const resolution of RESOLUTIONS)
    expect(
      checkRun(resolve({ ...startOf(experiment), ...resolutionParameters(resolution, startOf(experiment)) })).ok,
    ).toBe(true);
  const finest = resolve({ ...startOf(experiment), ...resolutionParameters(FINEST, startOf(experiment)) });
  expect([instanceCount(finest), tileCount(finest)]).toEqual([400_000, 98]);
});

const fine = (experiment: Experiment): Parameters => ({
  ...startOf(experiment),
  ...resolutionParameters({ side: 64, replicas: 4 }, startOf(experiment)),
});

test.each(DIAGRAMS)(
  'a cell of $key that is explored is one ordinary run of the same density and importance',
  (experiment) => {
    const spec = resolve(fine(experiment));
    for (const cell of [0, 1_717, 4_095]) {
      const explored = resolve(present(exploreCell(spec, cell, fine(experiment)), 'parameters of the cell'));
      expect(checkSpec(explored).ok).toBe(true);
      expect([cellCount(explored), instanceCount(explored)]).toEqual([1, 16]);
      expect(cellParameters(explored, 0)).toEqual(cellParameters(spec, cell));
    }
  },
);

test.each(DIAGRAMS)('a cell of $key is explored as its run was trained, whatever was set since', (experiment) => {
  const spec = resolve(fine(experiment));
  const now: Parameters = { ...fine(experiment), n: 7, m: 3, output: 'linear', importanceBase: 0.7, learningRate: 0.1 };
  expect(exploreCell(spec, 1_717, now)).toEqual(exploreCell(spec, 1_717, fine(experiment)));
});

test('a cell of a finite set has its number of examples', () => {
  const parameters: Parameters = { ...DEFAULT_PARAMETERS, data: 'finite', exampleCounts: 3, densities: 2 };
  const spec = resolve(parameters);
  const explored = present(exploreCell(spec, 4, parameters), 'parameters of the cell');
  expect(cellParameters(resolve(explored), 0)).toEqual(cellParameters(spec, 4));
});

test('a resolution after a cell was explored is a diagram of the usual ranges; ranges of one’s own stay', () => {
  const start = startOf(phaseChange);
  const explored = present(exploreCell(resolve(start), 500, start), 'parameters of the cell');
  const again = { ...explored, ...resolutionParameters({ side: 32, replicas: 4 }, explored) };
  expect(resolve(again).axes).toEqual(resolve(start).axes);
  const own: Parameters = { ...start, densityTo: 0.05 };
  expect(resolutionParameters(FINEST, own)).toEqual({ densities: 200, relativeImportances: 200, replicas: 10 });
});
