import { expect, test } from 'vitest';
import { engineSeen } from './server-engine.ts';

const loading = { name: 'tfjs-node', device: 'TensorFlow, being loaded' };
const loaded = { name: 'tfjs-node', device: 'CPU build · TensorFlow 2.21.0' };
const processors = { name: 'fused-wasm', device: '2 workers' };

test('a run on the server tells what the server’s engine is, once it is loaded', () => {
  expect(engineSeen(loading, { place: 'server', engine: loaded })).toBe(loaded);
  expect(engineSeen(loaded, { place: 'server', engine: { ...loaded } })).toBe(loaded);
});

test('a run that another engine took tells nothing of it, nor does one in a browser or one that waits', () => {
  expect(engineSeen(loading, { place: 'server', engine: processors })).toBe(loading);
  expect(engineSeen(loading, { place: 'browser', engine: loaded })).toBe(loading);
  expect(engineSeen(loading, { place: 'server', engine: null })).toBe(loading);
  expect(engineSeen(null, { place: 'server', engine: null })).toBeNull();
});
