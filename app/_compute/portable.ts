/** Name of a training worker that takes only engines which give the same bits on every machine. */
export const PORTABLE = 'portable';
