/** How a training process that is spoilt is told from a run that cannot be trained: the run goes on in another process. */

/** Codes with which a training process ends then: ENOMEM and ENODEV. */
export const OUT_OF_MEMORY = 12;
export const CARD_LOST = 19;

/** In the words of TensorFlow, of CUDA and of V8. */
const MEMORY_WORDS =
  /\bOOM\b|out[ _]of[ _]memory|RESOURCE_EXHAUSTED|could not allocate memory|allocation failed|failed to allocate memory/i;
/** In those of WebGPU, and of CUDA those errors that stay with a process. */
const CARD_WORDS =
  /\bdevice was lost\b|\bCUDA_ERROR_(?:ILLEGAL_(?:ADDRESS|INSTRUCTION)|MISALIGNED_ADDRESS|LAUNCH_(?:FAILED|TIMEOUT)|HARDWARE_STACK_ERROR|(?:ECC|NVLINK)_UNCORRECTABLE|DEVICE_UNAVAILABLE|CONTEXT_IS_DESTROYED|UNKNOWN)\b/;

/** The code to end with; undefined: the run itself failed. */
export function breakdownOf(message: string): number | undefined {
  if (MEMORY_WORDS.test(message)) return OUT_OF_MEMORY;
  return CARD_WORDS.test(message) ? CARD_LOST : undefined;
}

/** What happened, as the beginning of a sentence, and what can be changed. */
type Words = readonly [what: string, change?: string];

/** What to change where it breaks at the same place again. */
const LESS = 'take fewer replicas, fewer models or a smaller batch.';

/** Of one that says nothing any more, which a long step on a slow engine does too. */
export const HUNG: Words = ['The training process hung', `Its steps may be too long: ${LESS}`];

/** Of one that never came to train. */
export const NOT_READY: Words = ['The training process did not get ready'];

/** What happened to a process that ended by itself. */
export function wordsFor(code: number | null, signal: string | null): Words {
  if (code === OUT_OF_MEMORY) return ['The training process ran out of memory', `For it to fit, ${LESS}`];
  if (code === CARD_LOST)
    return ['The server’s graphics card was lost', 'Choose another engine in “What trains here”.'];
  const what = `The training process ended (${signal ?? code})`;
  // As a system ends whoever takes too much of its memory, and V8 itself where it gets none.
  return signal === 'SIGKILL' || signal === 'SIGABRT' ? [what, `Its memory may have been too small: ${LESS}`] : [what];
}
