/** How a training process that is spoilt is told from a run that cannot be trained: the run goes on in another process. */

/** Codes with which a training process ends then: ENOMEM and ENODEV. */
export const OUT_OF_MEMORY = 12;
export const CARD_LOST = 19;

/** In the words of TensorFlow, of CUDA and of V8. */
const MEMORY_WORDS =
  /\bOOM\b|out[ _]of[ _]memory|RESOURCE_EXHAUSTED|could not allocate memory|allocation failed|failed to allocate memory/i;
/** In those of WebGPU and of CUDA, whose errors stay with the process. */
const CARD_WORDS = /\bdevice was lost\b|\bCUDA_ERROR_[A-Z]/;

/** The code to end with; undefined: the run itself failed. */
export function breakdownOf(message: string): number | undefined {
  if (MEMORY_WORDS.test(message)) return OUT_OF_MEMORY;
  return CARD_WORDS.test(message) ? CARD_LOST : undefined;
}

/** What to change where it breaks at the same place again. */
const LESS = 'take fewer replicas, fewer models or a smaller batch.';

/** Of one that says nothing any more, which a long step on a slow engine does too. */
export const HUNG = ['The training process hung', `Its steps may be too long: ${LESS}`] as const;

/** What happened to a process that ended by itself, as the beginning of a sentence, and what can be changed. */
export function wordsFor(code: number | null, signal: string | null): readonly [what: string, change?: string] {
  if (code === OUT_OF_MEMORY) return ['The training process ran out of memory', `For it to fit, ${LESS}`];
  if (code === CARD_LOST)
    return ['The server’s graphics card was lost', 'Choose another engine in “What trains here”.'];
  const what = `The training process ended (${signal ?? code})`;
  // As a system ends whoever takes too much of its memory, and V8 itself where it gets none.
  return signal === 'SIGKILL' || signal === 'SIGABRT' ? [what, `Its memory may have been too small: ${LESS}`] : [what];
}
