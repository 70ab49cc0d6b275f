/** Steps taken by a graph: `training-graph.ts`, loaded by whoever has TensorFlow. What comes between two chunks is as step by step. */
import { streamRoot } from '#lib/base/random';
import { nextPowers, powersAfter } from '#lib/model/adamw';
import { densityCode, type DensityCode } from '#lib/model/data';
import { scheduleFactor } from '#lib/model/schedule';
import { cellOf, cellParameters, importances, instanceCount, originOf } from '#lib/spec/cells';
import { modelOf } from '#lib/spec/samples';
import type { RunSpec } from '#lib/spec/spec';
import type { TrainingState } from '../../checkpoint.ts';
import { hasAxis, isPlain } from '../../plain.ts';
import type { OpenStepper, Stepper } from '../../stepper.ts';
import { lastActive, scaleOf } from '../hashed-batches.ts';
import { createTfjsStepper, download, evaluate, uploadState, weightsIn, type TfjsParts } from '../stepper.ts';
import type { Tensor, Tensor1D, Tensor3D } from '../tf.ts';
import { GRAPH_INPUTS, GRAPH_STATE, graphKey, outputName, trainingGraph, type GraphState } from './training-graph.ts';

/** A graph that TensorFlow has loaded. */
export interface LoadedGraph {
  /** Name → tensor of every input; names of outputs → their tensors, which the caller disposes. */
  readonly run: (inputs: Readonly<Record<string, Tensor>>, outputs: readonly string[]) => readonly Tensor[];
  readonly close: () => void;
}

export interface GraphParts extends TfjsParts {
  /** Loads a SavedModel. */
  readonly load: (savedModel: Uint8Array) => LoadedGraph;
}

/** Graphs kept loaded: one run in turns with a few others need not load its own again. */
const KEPT = 4;

/** Opens runs whose steps are taken in a graph, where they are of the paper's first model; others step by step. */
export function graphSteppers(parts: GraphParts): OpenStepper {
  const kept = new Map<string, LoadedGraph>();

  function graphOf(spec: RunSpec): LoadedGraph {
    const key = graphKey(spec);
    const graph = kept.get(key) ?? parts.load(trainingGraph(spec));
    // The one used last is the last to go.
    kept.delete(key);
    kept.set(key, graph);
    for (const [oldest, unused] of [...kept].slice(0, -KEPT)) {
      kept.delete(oldest);
      unused.close();
    }
    return graph;
  }

  return (spec, step, state) =>
    Promise.resolve(
      isInGraph(spec)
        ? createGraphStepper(parts, spec, step, state, graphOf)
        : createTfjsStepper(parts, spec, step, state),
    );
}

/** What the graph is written for: plain specs with the same importances in all cells. */
const isInGraph = (spec: RunSpec): boolean => isPlain(spec) && !hasAxis(spec, 'relativeImportance');

function createGraphStepper(
  parts: GraphParts,
  spec: RunSpec,
  start: number,
  initial: TrainingState,
  graphOf: (spec: RunSpec) => LoadedGraph,
): Stepper {
  const { tf } = parts;
  const fixed = fixedInputs(parts, spec);
  const model = parts.derive(tf, modelOf(spec));
  const batches = parts.openBatches(tf, spec);
  let state = uploadState(tf, spec, initial);
  let step = start;
  let powers = powersAfter(start, spec.optimizer);

  /** The next [steps, 3]: what the first moment is multiplied by, the second, and the value. */
  function updateFactors(steps: number): Float32Array {
    const { learningRate, schedule, weightDecay } = spec.optimizer;
    const factors = new Float32Array(3 * steps);
    for (let i = 0; i < steps; i++) {
      powers = nextPowers(powers, spec.optimizer);
      const rate = scheduleFactor(schedule, step + i, spec.steps) * learningRate;
      factors.set([rate / (1 - powers.beta1), 1 / (1 - powers.beta2), 1 - rate * weightDecay], 3 * i);
    }
    return factors;
  }

  async function advance(to: number): Promise<Float32Array> {
    const steps = to - step;
    const given = {
      [GRAPH_INPUTS.step]: tf.scalar(step, 'int32'),
      [GRAPH_INPUTS.steps]: tf.scalar(steps, 'int32'),
      [GRAPH_INPUTS.factors]: tf.tensor2d(updateFactors(steps), [steps, 3]),
    };
    const names: readonly (GraphState | 'loss')[] = [...GRAPH_STATE, 'loss'];
    const outputs = graphOf(spec).run({ ...fixed, ...state, ...given }, names.map(outputName));
    tf.dispose([...Object.values(given), ...Object.values(state)]);
    state = Object.fromEntries(GRAPH_STATE.map((name, i) => [name, outputs[i]]));
    step = to;
    const loss = outputs[GRAPH_STATE.length] as Tensor1D;
    const values = await loss.data<'float32'>();
    loss.dispose();
    return values;
  }

  return {
    advance,
    weights: () => download(weightsIn(state)),
    state: () => download(state),
    evaluate: () => evaluate(parts, spec, model, batches, weightsIn(state)),
    dispose: () => {
      batches.dispose();
      tf.dispose([...Object.values(fixed), ...Object.values(state)]);
    },
  };
}

/** What of the inputs is the same in every step. */
function fixedInputs({ tf }: Pick<TfjsParts, 'tf'>, spec: RunSpec) {
  const instances = instanceCount(spec);
  const codeOf = (instance: number): DensityCode => densityCode(cellParameters(spec, cellOf(spec, instance)).density);
  const each = (of: (instance: number) => number, type: 'int32' | 'float32'): Tensor3D => {
    const values = Array.from({ length: instances }, (_, instance) => of(instance));
    return tf.tensor3d(type === 'int32' ? Int32Array.from(values) : Float32Array.from(values), [instances, 1, 1], type);
  };
  return {
    [GRAPH_INPUTS.keys]: each((instance) => streamRoot(originOf(spec, instance), 'data') | 0, 'int32'),
    [GRAPH_INPUTS.last]: each((instance) => lastActive(codeOf(instance)), 'int32'),
    [GRAPH_INPUTS.scale]: each((instance) => scaleOf(codeOf(instance)), 'float32'),
    [GRAPH_INPUTS.importance]: tf.tensor1d(Float32Array.from(importances(spec))),
  };
}
