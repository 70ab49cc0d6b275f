/** A TensorFlow graph, written node by node, and the SavedModel that carries it: GraphDef and MetaGraphDef as bytes. */
import { bytes, entry, integer, join, message, text, type Encoded } from './protobuf.ts';

/** DataType of TensorFlow. */
export const TYPES = { float: 1, int32: 3, bool: 10, uint32: 22 } as const;
export type Type = keyof typeof TYPES;

/** An output of a node. */
export interface Value {
  /** "node", or "node:1" for its second output. */
  readonly name: string;
  readonly type: Type;
}

type Attribute = Encoded;
export type Attributes = Readonly<Record<string, Attribute>>;

/** Fields of AttrValue. */
export const typeAttribute = (type: Type): Attribute => integer(6, TYPES[type]);
export const boolAttribute = (value: boolean): Attribute => integer(5, Number(value));
export const intAttribute = (value: number): Attribute => integer(3, value);
export const textAttribute = (value: string): Attribute => text(2, value);

/** TensorShapeProto, in its field; a dimension of −1 is not known before it runs. */
const shapeField = (field: number, shape: readonly number[]): Encoded =>
  message(
    field,
    shape.map((extent) => message(2, [integer(1, extent)])),
  );

export interface Graph {
  /** Adds a node; its first output has this type. */
  readonly node: (op: string, type: Type, inputs: readonly Value[], attributes?: Attributes, name?: string) => Value;
  /** A name that no node has yet. */
  readonly freshName: (base: string) => string;
  /** Given when the graph runs, under its name. */
  readonly placeholder: (name: string, type: Type, shape: readonly number[]) => Value;
  readonly constant: (type: Exclude<Type, 'bool'>, shape: readonly number[], values: readonly number[]) => Value;
  /** A SavedModel of all nodes so far. */
  readonly savedModel: () => Uint8Array;
}

/** The tag under which a SavedModel's graph is found. */
export const GRAPH_TAG = 'serve';
/** Version of GraphDef: that of TensorFlow 2.9, and of every later one. */
const PRODUCER = 1087;

export function createGraph(): Graph {
  const nodes: Encoded[] = [];
  const names = new Map<string, number>();

  function freshName(base: string): string {
    const count = names.get(base) ?? 0;
    names.set(base, count + 1);
    return count === 0 ? base : `${base}_${count}`;
  }

  function node(
    op: string,
    type: Type,
    inputs: readonly Value[],
    attributes: Attributes = {},
    name = freshName(op),
  ): Value {
    nodes.push(
      message(1, [
        text(1, name),
        text(2, op),
        ...inputs.map((input) => text(3, input.name)),
        ...Object.entries(attributes).map(([key, attribute]) => entry(5, key, [attribute])),
      ]),
    );
    return { name, type };
  }

  return {
    node,
    freshName,
    placeholder: (name, type, shape) =>
      node('Placeholder', type, [], { dtype: typeAttribute(type), shape: shapeField(7, shape) }, freshName(name)),
    constant: (type, shape, values) => {
      const tensor = [integer(1, TYPES[type]), shapeField(2, shape), bytes(4, contentOf(type, values))];
      return node('Const', type, [], { dtype: typeAttribute(type), value: message(8, tensor) });
    },
    savedModel: () => {
      const meta = message(1, [text(4, GRAPH_TAG)]);
      const graph = message(2, [...nodes, message(4, [integer(1, PRODUCER)])]);
      return join([integer(1, 1), message(2, [meta, graph])]);
    },
  };
}

/** Little-endian, as TensorFlow reads it on every machine it runs on. */
function contentOf(type: Exclude<Type, 'bool'>, values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => {
    if (type === 'float') view.setFloat32(4 * i, value, true);
    else view.setUint32(4 * i, value >>> 0, true);
  });
  return new Uint8Array(view.buffer);
}

/** A list of names → the same of T. */
type Named<T> = Readonly<Record<string, T>>;

export interface Loop<State extends Named<Value>, Fixed extends Named<Value>> {
  readonly state: State;
  /** What a turn reads and does not change. */
  readonly fixed: Fixed;
  readonly goesOn: (state: State, fixed: Fixed) => Value;
  readonly turn: (state: State, fixed: Fixed) => State;
  /** Turns that may be under way at once. */
  readonly parallel: number;
}

/** Adds a loop → its state at the end. Everything a turn reads comes through `state` or `fixed`, constants too. */
export function addLoop<State extends Named<Value>, Fixed extends Named<Value>>(
  graph: Graph,
  { state, fixed, goesOn, turn, parallel }: Loop<State, Fixed>,
): State {
  const frame = graph.freshName('loop');
  const typed = ({ type }: Value): Attributes => ({ T: typeAttribute(type) });
  const enter = (value: Value, isConstant: boolean): Value =>
    graph.node('Enter', value.type, [value], {
      ...typed(value),
      frame_name: textAttribute(frame),
      is_constant: boolAttribute(isConstant),
      parallel_iterations: intAttribute(parallel),
    });
  const entered = mapValues(fixed, (value) => enter(value, true));
  // A node may name one that comes later: that closes the loop.
  const next = mapValues(state, ({ type }) => ({ name: graph.freshName('NextIteration'), type }));
  const merged = mapValues(state, (value, key) =>
    graph.node('Merge', value.type, [enter(value, false), next[key] as Value], { ...typed(value), N: intAttribute(2) }),
  );
  const condition = graph.node('LoopCond', 'bool', [goesOn(merged, entered)]);
  const switched = mapValues(merged, (value) => graph.node('Switch', value.type, [value, condition], typed(value)));
  const going = mapValues(switched, ({ name, type }) => ({ name: `${name}:1`, type }));
  const after = turn(going, entered);
  for (const [key, { name, type }] of Object.entries(next))
    graph.node('NextIteration', type, [after[key] as Value], { T: typeAttribute(type) }, name);
  return mapValues(switched, (value) => graph.node('Exit', value.type, [value], typed(value)));
}

const mapValues = <T extends Named<Value>>(values: T, map: (value: Value, key: string) => Value): T =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value, key)])) as T;
