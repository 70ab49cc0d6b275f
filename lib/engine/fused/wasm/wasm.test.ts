import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signed, unsigned } from './binary.ts';
import { call, f32, f32x4, f64, i32, i32x4, repeatWhile, set, v128 } from './code.ts';
import { MEMORY_IMPORT, wasmFunction, wasmModule, type WasmFunction } from './module.ts';

function instantiate(...functions: readonly WasmFunction[]) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const [space, field] = MEMORY_IMPORT;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasmModule(functions)), {
    [space]: { [field]: memory },
  });
  return { memory, exports: exports as Record<string, (...values: number[]) => number> };
}

test('LEB128 of the specification’s examples', () => {
  expect(unsigned(624_485)).toEqual([0xe5, 0x8e, 0x26]);
  expect(unsigned(0)).toEqual([0]);
  expect(unsigned(0xffffffff)).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
  expect(signed(-123_456)).toEqual([0xc0, 0xbb, 0x78]);
  expect(signed(63)).toEqual([63]);
  expect(signed(64)).toEqual([0xc0, 0]);
  expect(signed(-64)).toEqual([0x40]);
});

test('every int32 comes back from a module', () => {
  fc.assert(
    fc.property(fc.integer({ min: -0x80000000, max: 0x7fffffff }), (value) => {
      const constant = wasmFunction('constant', {}, 'i32', () => [i32.const(value)]);
      expect(instantiate(constant).exports['constant']?.()).toBe(value);
    }),
  );
});

test('parameters, variables and loops: the sum of 1 to n', () => {
  const sum = wasmFunction('sum', { n: 'i32' }, 'i32', ({ n }, local) => {
    const total = local('i32', 'total');
    return [repeatWhile(n, [set(total, i32.add(total, n)), set(n, i32.subtract(n, i32.const(1)))]), total];
  });
  expect(instantiate(sum).exports['sum']?.(100)).toBe(5050);
});

test('lanes, memory and offsets: k + lane lies where it was stored', () => {
  const fill = wasmFunction('fill', { k: 'i32', at: 'i32' }, 'none', ({ k, at }) => [
    v128.store(
      at,
      300,
      f32x4.multiply(
        f32x4.fromInt32(i32x4.add(i32x4.splat(k), i32x4.const([0, 1, 2, 3]))),
        f32x4.fromInt32(i32x4.shiftRight(i32x4.const([2, 2, 2, 2]), 1)),
      ),
    ),
  ]);
  const { memory, exports } = instantiate(fill);
  exports['fill']?.(7, 20);
  expect([...new Float32Array(memory.buffer, 320, 4)]).toEqual([7, 8, 9, 10]);
});

test('a function calls another, and float64 is JavaScript’s: √(a / 3) + max(0, a), rounded to float32', () => {
  const root = wasmFunction('root', { a: 'i32' }, 'f64', ({ a }) => [
    f64.squareRoot(f64.divide(f64.fromInt32(a), f64.const(3))),
  ]);
  const rounded = wasmFunction('rounded', { a: 'i32' }, 'f32', ({ a }) => [
    f32.fromDouble(f64.add(call(0, 'f64', a), f64.max(f64.const(0), f64.fromInt32(a)))),
  ]);
  expect(instantiate(root, rounded).exports['rounded']?.(7)).toBe(Math.fround(Math.sqrt(7 / 3) + 7));
});

test('two variables of one name are a defect', () => {
  expect(() =>
    wasmFunction('twice', { x: 'i32' }, 'none', (_, local) => {
      local('v128', 'x');
      return [];
    }),
  ).toThrow('twice has one variable x');
});
