/**
 * Many steps of a run as one TensorFlow graph, specialised to its shape and written at run time: no JavaScript runs between two
 * steps. The data are drawn in the graph by the project's own hash, gradients are those of `gradients.ts`, and AdamW's factors of
 * each step come in as a table. The last step stands after the loop: of all steps it alone gives its loss.
 */
import { HASH } from '#lib/base/random';
import { instanceCount } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { addLoop, boolAttribute, createGraph, intAttribute, typeAttribute, type Graph, type Value } from './graph.ts';

/** What the graph is given, besides the state under the names of a checkpoint. */
export const GRAPH_INPUTS = {
  /** int32, of the first step */
  step: 'step',
  /** int32, steps to take: 1 or more */
  steps: 'steps',
  /** [steps, 3], see `updateFactors` */
  factors: 'factors',
  /** uint32 keys of each instance before the step is mixed in, as int32 [I, 1, 1] */
  keys: 'keys',
  /** Last draw that is active, as int32 [I, 1, 1]; and what a draw's top 24 bits are multiplied by */
  last: 'last',
  scale: 'scale',
  importance: 'importance',
} as const;

/** The state of a tied model, under the names of a checkpoint. */
export const GRAPH_STATE = ['W', 'b', 'W.m', 'W.v', 'b.m', 'b.v'] as const;
export type GraphState = (typeof GRAPH_STATE)[number];
type State = Readonly<Record<GraphState, Value>>;

/** Output of a state tensor, or of the loss [I]. */
export const outputName = (name: GraphState | 'loss'): string => `after_${name}`;

/** All that the graph depends on: two specs of one key can share it. */
export const graphKey = (spec: RunSpec): string =>
  JSON.stringify([spec.model.n, spec.model.m, spec.model.output, spec.batch, instanceCount(spec), spec.optimizer]);

/** Turns of the loop under way at once: the next batch is drawn while this one is trained on. */
const PARALLEL_TURNS = 2;

export function trainingGraph(spec: RunSpec): Uint8Array {
  const graph = createGraph();
  const instances = instanceCount(spec);
  const { n, m } = spec.model;
  const { int, float } = scalars(graph);

  const each = [instances, 1, 1];
  const W = [instances, n, m];
  const b = [instances, 1, n];
  const shapes: Record<GraphState, readonly number[]> = { W, b, 'W.m': W, 'W.v': W, 'b.m': b, 'b.v': b };
  const state = Object.fromEntries(
    GRAPH_STATE.map((name) => [name, graph.placeholder(name, 'float', shapes[name])]),
  ) as unknown as State;
  const first = graph.placeholder(GRAPH_INPUTS.step, 'int32', []);
  const steps = graph.placeholder(GRAPH_INPUTS.steps, 'int32', []);
  const asBits = (value: Value): Value =>
    graph.node('Bitcast', 'uint32', [value], { T: typeAttribute('int32'), type: typeAttribute('uint32') });

  const count = graph.node('Range', 'int32', [int(0), int(spec.batch * n), int(1)], { Tidx: typeAttribute('int32') });
  const index = graph.node('Reshape', 'int32', [count, graph.constant('int32', [3], [1, spec.batch, n])], {
    T: typeAttribute('int32'),
    Tshape: typeAttribute('int32'),
  });
  const fixed = {
    first,
    one: int(1),
    axis: int(1),
    column: int(0),
    row: graph.constant('int32', [2], [1, 3]),
    factors: graph.placeholder(GRAPH_INPUTS.factors, 'float', [-1, 3]),
    keys: asBits(graph.placeholder(GRAPH_INPUTS.keys, 'int32', each)),
    last: asBits(graph.placeholder(GRAPH_INPUTS.last, 'int32', each)),
    scale: graph.placeholder(GRAPH_INPUTS.scale, 'float', each),
    index: asBits(index),
    importance: graph.placeholder(GRAPH_INPUTS.importance, 'float', [n]),
    weight: float(2 / (spec.batch * n)),
    beta1: float(spec.optimizer.beta1),
    rest1: float(1 - spec.optimizer.beta1),
    beta2: float(spec.optimizer.beta2),
    rest2: float(1 - spec.optimizer.beta2),
    epsilon: float(spec.optimizer.epsilon),
    zero: float(0),
    byte: graph.constant('uint32', [], [8]),
    shift0: graph.constant('uint32', [], [HASH.shifts[0]]),
    shift1: graph.constant('uint32', [], [HASH.shifts[1]]),
    shift2: graph.constant('uint32', [], [HASH.shifts[2]]),
    shift3: graph.constant('uint32', [], [HASH.shifts[3]]),
    multiplier0: graph.constant('uint32', [], [HASH.multipliers[0]]),
    multiplier1: graph.constant('uint32', [], [HASH.multipliers[1]]),
    multiplier2: graph.constant('uint32', [], [HASH.multipliers[2]]),
  };
  const step = (i: Value, before: State, given: typeof fixed) => trainingStep(graph, spec, i, before, given);

  const end = graph.node('Sub', 'int32', [steps, fixed.one], { T: typeAttribute('int32') });
  const { i, ...before } = addLoop(graph, {
    state: { i: int(0), ...state },
    fixed: { ...fixed, end },
    goesOn: (turn, given) => graph.node('Less', 'bool', [turn.i, given.end], { T: typeAttribute('int32') }),
    turn: ({ i: turn, ...now }, given) => ({
      i: graph.node('AddV2', 'int32', [turn, given.one], { T: typeAttribute('int32') }),
      ...step(turn, now, given).state,
    }),
    parallel: PARALLEL_TURNS,
  });
  const final = step(i, before, fixed);
  const output = (name: GraphState | 'loss', value: Value): Value =>
    graph.node('Identity', 'float', [value], { T: typeAttribute('float') }, outputName(name));
  for (const name of GRAPH_STATE) output(name, final.state[name]);
  const squares = product(graph, final.weighted, final.error);
  output('loss', product(graph, sum(graph, squares, graph.constant('int32', [2], [1, 2]), false), float(0.5)));
  return graph.savedModel();
}

type Given = Readonly<Record<string, Value>>;

const scalars = (graph: Graph) => ({
  int: (value: number): Value => graph.constant('int32', [], [value]),
  float: (value: number): Value => graph.constant('float', [], [value]),
});

const binary =
  (op: string) =>
  (graph: Graph, a: Value, b: Value): Value =>
    graph.node(op, a.type, [a, b], { T: typeAttribute(a.type) });
const add = binary('AddV2');
const subtract = binary('Sub');
const product = binary('Mul');
const quotient = binary('RealDiv');
const unary = (graph: Graph, op: string, a: Value): Value => graph.node(op, a.type, [a], { T: typeAttribute(a.type) });

const matMul = (
  graph: Graph,
  a: Value,
  b: Value,
  adjoint: { readonly a?: boolean; readonly b?: boolean } = {},
): Value =>
  graph.node('BatchMatMulV2', 'float', [a, b], {
    T: typeAttribute('float'),
    adj_x: boolAttribute(adjoint.a ?? false),
    adj_y: boolAttribute(adjoint.b ?? false),
  });

const sum = (graph: Graph, a: Value, axes: Value, keep: boolean): Value =>
  graph.node('Sum', 'float', [a, axes], {
    T: typeAttribute('float'),
    Tidx: typeAttribute('int32'),
    keep_dims: boolAttribute(keep),
  });

/** lib/base/random's mix, on uint32. */
function mix(graph: Graph, x: Value, given: Given): Value {
  const constant = (name: string, i: number): Value => given[`${name}${i}`] as Value;
  const fold = (state: Value, i: number): Value =>
    binary('BitwiseXor')(graph, state, binary('RightShift')(graph, state, constant('shift', i)));
  const rounds = HASH.multipliers.reduce((state, _, i) => product(graph, fold(state, i), constant('multiplier', i)), x);
  return fold(rounds, HASH.multipliers.length);
}

interface Stepped {
  readonly state: State;
  /** [I, B, n]: x' − x, and that times 2 I_i / (Bn). */
  readonly error: Value;
  readonly weighted: Value;
}

/** Step `first` + i. */
function trainingStep(
  graph: Graph,
  spec: RunSpec,
  i: Value,
  before: State,
  given: Given & { [name in FixedName]: Value },
): Stepped {
  const x = drawBatch(graph, add(graph, given.first, i), given);
  const h = matMul(graph, x, before.W);
  const o = add(graph, matMul(graph, h, before.W, { b: true }), before.b);
  const isRelu = spec.model.output === 'relu';
  const error = subtract(graph, isRelu ? unary(graph, 'Relu', o) : o, x);
  const weighted = product(graph, error, product(graph, given.importance, given.weight));
  const g = isRelu ? graph.node('ReluGrad', 'float', [weighted, o], { T: typeAttribute('float') }) : weighted;
  const decoded = matMul(graph, g, h, { a: true });
  const encoded = matMul(graph, x, matMul(graph, g, before.W), { a: true });
  const gradient = { W: add(graph, decoded, encoded), b: sum(graph, g, given.axis, true) };

  const begin = graph.node('Pack', 'int32', [i, given.column], { T: typeAttribute('int32'), N: intAttribute(2) });
  const row = graph.node('Slice', 'float', [given.factors, begin, given.row], {
    T: typeAttribute('float'),
    Index: typeAttribute('int32'),
  });
  const { name } = graph.node('Split', 'float', [given.axis, row], {
    T: typeAttribute('float'),
    num_split: intAttribute(3),
  });
  const factor = (of: number): Value => ({ name: of === 0 ? name : `${name}:${of}`, type: 'float' });

  const update = (value: Value, first: Value, second: Value, g: Value): [Value, Value, Value] => {
    const mean = add(graph, product(graph, first, given.beta1), product(graph, g, given.rest1));
    const square = add(
      graph,
      product(graph, second, given.beta2),
      product(graph, unary(graph, 'Square', g), given.rest2),
    );
    const root = add(graph, unary(graph, 'Sqrt', product(graph, square, factor(1))), given.epsilon);
    const change = quotient(graph, product(graph, mean, factor(0)), root);
    return [subtract(graph, product(graph, value, factor(2)), change), mean, square];
  };
  const [W, Wm, Wv] = update(before.W, before['W.m'], before['W.v'], gradient.W);
  const [b, bm, bv] = update(before.b, before['b.m'], before['b.v'], gradient.b);
  return { state: { W, b, 'W.m': Wm, 'W.v': Wv, 'b.m': bm, 'b.v': bv }, error, weighted };
}

type FixedName =
  | 'first'
  | 'axis'
  | 'column'
  | 'row'
  | 'factors'
  | 'keys'
  | 'last'
  | 'scale'
  | 'index'
  | 'importance'
  | 'weight'
  | 'beta1'
  | 'rest1'
  | 'beta2'
  | 'rest2'
  | 'epsilon'
  | 'zero'
  | 'byte';

/** x [I, B, n] of a step, as lib/model/data has it. */
function drawBatch(graph: Graph, step: Value, given: Given & { [name in FixedName]: Value }): Value {
  const bitsOfStep = graph.node('Bitcast', 'uint32', [step], {
    T: typeAttribute('int32'),
    type: typeAttribute('uint32'),
  });
  const keys = mix(graph, binary('BitwiseXor')(graph, given.keys, bitsOfStep), given);
  const bits = mix(graph, add(graph, given.index, keys), given);
  const active = graph.node('LessEqual', 'bool', [bits, given.last], { T: typeAttribute('uint32') });
  const top = graph.node('Cast', 'float', [binary('RightShift')(graph, bits, given.byte)], {
    SrcT: typeAttribute('uint32'),
    DstT: typeAttribute('float'),
  });
  const value = product(graph, top, given.scale);
  return graph.node('SelectV2', 'float', [active, value, given.zero], { T: typeAttribute('float') });
}
