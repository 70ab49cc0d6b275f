/** A finished sweep as the command line gives it: the best model of every cell in numbers, or how many features the cells store. */
import { present } from '#lib/base/assert';
import { rowOf } from '#lib/base/matrix';
import { norms, REPRESENTED_NORM } from '#lib/measure/norms';
import { superposition } from '#lib/measure/superposition';
import type { EngineName, FinishedEvent, TrainedFrame } from '#lib/runs/events';
import { summarise, sweepMap, type SweepMap } from '#lib/runs/sweep-frame';
import { cellCount, cellParameters } from '#lib/spec/cells';
import type { RunRequest } from './request.ts';
import { parametersAsJson, runAsJson, type Collector } from './run-result.ts';

interface SweepResult extends RunRequest {
  readonly engine: EngineName;
  readonly finished: FinishedEvent;
  readonly map: SweepMap;
}

export function createSweepCollector(request: RunRequest): Collector {
  const tiles: TrainedFrame[] = [];
  let engine: EngineName | undefined;
  let finished: FinishedEvent | undefined;
  const result = (): SweepResult => ({
    ...request,
    engine: present(engine, 'the engine'),
    finished: present(finished, 'the end of the sweep'),
    map: sweepMap(request.spec, tiles),
  });
  return {
    take(event) {
      if (event.type === 'started') engine = event.engine;
      if (event.type === 'frame' && event.frame.kept)
        tiles.push(summarise(request.spec, event.frame, { norms, superposition }));
      if (event.type === 'finished') finished = event;
    },
    asJson: () => asJson(result()),
    asText: () => asText(result()),
  };
}

function asJson(result: SweepResult): unknown {
  const { spec, map } = result;
  const { n } = spec.model;
  return {
    ...runAsJson(result),
    cells: Array.from({ length: cellCount(spec) }, (_, cell) => ({
      cell,
      ...parametersAsJson(spec, cellParameters(spec, cell)),
      replica: map.replica[cell],
      evaluationLoss: map.loss[cell],
      norms: [...rowOf(map.norm, cell, n)],
      superposition: [...rowOf(map.superposition, cell, n)],
    })),
  };
}

function asText({ experiment, spec, engine, finished, map }: SweepResult): string {
  const { n, m } = spec.model;
  const cells = cellCount(spec);
  const stored = Array.from({ length: cells }, (_, cell) =>
    rowOf(map.norm, cell, n).reduce((count, norm) => count + (norm > REPRESENTED_NORM ? 1 : 0), 0),
  );
  const counts = Array.from({ length: n + 1 }, (_, features) => stored.filter((count) => count === features).length);
  return [
    `${experiment.title}: n = ${n}, m = ${m}, ${cells} cells, seed ${spec.seed}`,
    '',
    '  features stored by the best of a cell   cells',
    ...counts.flatMap((count, features) =>
      count === 0 ? [] : [`  ${String(features).padStart(4)}${String(count).padStart(41)}`],
    ),
    '',
    `${finished.step} steps in ${finished.seconds.toFixed(1)} s with ${engine.name} on ${engine.device}`,
    `weights ${finished.weightsHash}`,
    '',
  ].join('\n');
}
