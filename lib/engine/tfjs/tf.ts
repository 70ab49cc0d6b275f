/** TensorFlow.js as an engine is handed it: whichever package and backend it comes from, its names are these. */
import type * as core from '@tensorflow/tfjs-core';

export type Tf = typeof core;
export type { Tensor, Tensor1D, Tensor3D } from '@tensorflow/tfjs-core';
