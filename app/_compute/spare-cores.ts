/** Cores to train on: one is left for the page itself, and for a video call beside it. In a page and in a worker. */
export const spareCores = (): number => Math.max(1, navigator.hardwareConcurrency - 1);
