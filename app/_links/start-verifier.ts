/** The verifier of a page that has a server: a worker of its own bundle, loaded when somebody presses. */
export const startVerifier = (): Worker =>
  // Turbopack recognises exactly this form and makes the worker a bundle of its own.
  new Worker(new URL('./verify.worker.ts', import.meta.url), { type: 'module' });
