/** Functions and the module around them: imports one memory, exports every function by its name. */
import { assert } from '#lib/base/assert';
import { flatten, name, PREAMBLE, section, sized, unsigned, vector, type Bytes } from './binary.ts';
import { localGet, sequence, type Code, type Local, type ValueType } from './code.ts';

const VALUE_TYPES = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const satisfies Record<ValueType, number>;
const FUNCTION_TYPE = 0x60;
const MEMORY_KIND = 0x02;
const FUNCTION_KIND = 0x00;
const END = 0x0b;

/** Where the host puts the memory: `imports.env.memory`. */
export const MEMORY_IMPORT = ['env', 'memory'] as const;

export interface WasmFunction {
  readonly name: string;
  readonly type: Bytes;
  readonly body: Bytes;
}

type Parameters = Readonly<Record<string, ValueType>>;
type ParameterLocals<P extends Parameters> = { readonly [K in keyof P]: Local<P[K]> };

/** Makes the variables of one function, each under a name of its own. */
export type Locals = <T extends ValueType>(type: T, name: string) => Local<T>;

/**
 * A function of `parameters`, in their order, whose body `build` writes. With `result`, the body's last code leaves it.
 *
 *     wasmFunction('double', { x: 'i32' }, 'i32', ({ x }) => [i32.add(x, x)])
 */
export function wasmFunction<P extends Parameters>(
  functionName: string,
  parameters: P,
  result: ValueType | 'none',
  build: (parameters: ParameterLocals<P>, local: Locals) => readonly Code<ValueType | 'none'>[],
): WasmFunction {
  const types: ValueType[] = [];
  const names = new Set<string>();
  const local: Locals = (type, localName) => {
    assert(!names.has(localName), `${functionName} has one variable ${localName}`);
    names.add(localName);
    const index = types.push(type) - 1;
    return { type, index, bytes: localGet(index) };
  };
  const inputs = Object.entries(parameters).map(([key, type]) => [key, local(type, key)]);
  const code = flatten(sequence(build(Object.fromEntries(inputs) as ParameterLocals<P>, local)));
  const variables = types.slice(inputs.length).map((type) => [...unsigned(1), VALUE_TYPES[type]]);
  return {
    name: functionName,
    type: [
      FUNCTION_TYPE,
      ...vector(Object.values(parameters).map((type) => [VALUE_TYPES[type]])),
      ...vector(result === 'none' ? [] : [[VALUE_TYPES[result]]]),
    ],
    body: sized([...vector(variables), ...code, END]),
  };
}

/** The bytes of a module of these functions over one imported memory. */
export function wasmModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const [space, field] = MEMORY_IMPORT;
  const anySize = [0x00, ...unsigned(1)];
  return Uint8Array.from([
    ...PREAMBLE,
    ...section(
      'type',
      functions.map(({ type }) => type),
    ),
    ...section('import', [[...name(space), ...name(field), MEMORY_KIND, ...anySize]]),
    ...section(
      'function',
      functions.map((_, index) => unsigned(index)),
    ),
    ...section(
      'export',
      functions.map((each, index) => [...name(each.name), FUNCTION_KIND, ...unsigned(index)]),
    ),
    ...section(
      'code',
      functions.map(({ body }) => body),
    ),
  ]);
}
