/** Small helpers to write WGSL. */
export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** Lines in a block, two spaces further in. */
export const indent = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

/** A float32 literal of exactly this float32. */
export function float(value: number): string {
  const text = String(Math.fround(value));
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}

/** a + b + … */
export const sum = (terms: readonly string[]): string => terms.join(' + ');

/** A buffer as a shader sees it. */
export interface Binding {
  readonly name: string;
  readonly type: string;
  readonly access: 'uniform' | 'read' | 'read_write';
}

/** A shader with one entry, `main`, and what it is bound to, in order. */
export interface Shader {
  readonly code: string;
  readonly bindings: readonly Binding[];
}

/** A shader of these bindings. */
export const shader = (bindings: readonly Binding[], code: string): Shader => ({
  bindings,
  code: [...bindings.map(declaration), code].join('\n'),
});

const declaration = ({ name, type, access }: Binding, number: number): string =>
  `@group(0) @binding(${number}) var<${access === 'uniform' ? access : `storage, ${access}`}> ${name}: ${type};`;
