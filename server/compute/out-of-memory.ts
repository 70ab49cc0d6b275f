/** How a training process that has no memory left is told from a run that cannot be trained. */

/** Code with which a training process ends then: ENOMEM. Another has what this one has spoilt, or what others have let go meanwhile. */
export const OUT_OF_MEMORY = 12;

/** In the words of TensorFlow, of CUDA and of V8. */
const WORDS =
  /\bOOM\b|out[ _]of[ _]memory|RESOURCE_EXHAUSTED|could not allocate memory|allocation failed|failed to allocate memory/i;

export const isOutOfMemory = (message: string): boolean => WORDS.test(message);
