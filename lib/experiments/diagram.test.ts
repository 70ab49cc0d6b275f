import { expect, test } from 'vitest';
import { cellCount, cellParameters, instanceCount } from '#lib/spec/cells';
import { checkRun, checkSpec, resolve } from '#lib/spec/resolve';
import { isSweep, tileCount } from '#lib/spec/tiles';
import { exploreCell, RESOLUTIONS, resolutionParameters } from './diagram.ts';
import { startOf } from './experiment.ts';
import { phaseChange } from './phase-change.ts';
import { phaseChangeThree } from './phase-change-three.ts';

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
    expect(checkRun(resolve({ ...startOf(experiment), ...resolutionParameters(resolution) })).ok).toBe(true);
  const finest = resolve({ ...startOf(experiment), ...resolutionParameters({ side: 200, replicas: 10 }) });
  expect([instanceCount(finest), tileCount(finest)]).toEqual([400_000, 98]);
});

test.each(DIAGRAMS)(
  'a cell of $key that is explored is one ordinary run of the same density and importance',
  (experiment) => {
    const parameters = { ...startOf(experiment), ...resolutionParameters({ side: 64, replicas: 4 }) };
    const spec = resolve(parameters);
    for (const cell of [0, 1_717, 4_095]) {
      const explored = resolve({ ...parameters, ...exploreCell(spec, cell) });
      expect(checkSpec(explored).ok).toBe(true);
      expect([cellCount(explored), instanceCount(explored)]).toEqual([1, 16]);
      expect(cellParameters(explored, 0)).toEqual(cellParameters(spec, cell));
    }
  },
);
