/** What tfjs can compute on in a browser, as engines are named. */
export const TFJS_BACKENDS = ['tfjs-wasm', 'tfjs-cpu'] as const;
export type TfjsBackend = (typeof TFJS_BACKENDS)[number];

export const isTfjsBackend = (name: string): name is TfjsBackend => TFJS_BACKENDS.some((backend) => backend === name);
