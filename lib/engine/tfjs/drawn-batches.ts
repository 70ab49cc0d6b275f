/**
 * The batches of a run drawn on a GPUDevice that tfjs computes on, too: by the hash and the data of the fused engine, one dispatch for
 * any kind of data. tfjs's own operations on WebGPU have no xor and no shifts, so that `hashed-batches.ts` cannot be had there.
 *
 * Each draw is submitted before tfjs copies it into a tensor of its own, which it submits at once: so one buffer does for all steps.
 */
import { instanceCount } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { dataFunctions, dataShapeOf, LEAST_LENGTH, type DataShape } from '../fused/webgpu/data.ts';
import { createGpu, dispatch, type Compiled } from '../fused/webgpu/gpu.ts';
import { instanceCodes } from '../fused/webgpu/layout.ts';
import { float, shader, type Shader } from '../fused/webgpu/wgsl.ts';
import { samplesOf, type Batches, type EvaluationBlock, type OpenBatches } from './batches.ts';
import type { Tensor3D, Tf } from './tf.ts';

export const drawnBatches =
  (device: GPUDevice, compiled: Compiled): OpenBatches =>
  (tf, spec) =>
    openDrawn(tf, spec, device, compiled);

/** Which samples, of which instances: from the first on, each so many after the one before. */
interface Draw {
  readonly step: number;
  readonly firstSample: number;
  readonly rows: number;
  readonly firstInstance: number;
  readonly stride: number;
  /** Not the shader's: of how many. */
  readonly instances: number;
}

/** bytes of `struct Draw` */
const DRAW_BYTES = 20;
const THREADS = 64;

function openDrawn(tf: Tf, spec: RunSpec, device: GPUDevice, compiled: Compiled): Batches {
  const { n } = spec.model;
  const gpu = createGpu(device, compiled);
  const uniforms = gpu.uniforms(DRAW_BYTES, 1);
  const code = drawShader(dataShapeOf(spec));
  const codes = (stream: 'data' | 'evaluation'): GPUBuffer => {
    const numbers = instanceCodes(spec, stream);
    const buffer = gpu.storage(numbers.byteLength);
    device.queue.writeBuffer(buffer, 0, numbers);
    return buffer;
  };
  const [training, evaluated] = [codes('data'), codes('evaluation')];
  /** By their numbers: of a batch, and of an evaluation's blocks, the last of which may be smaller. */
  const held = new Map<number, GPUBuffer>();
  const rows = Math.max(...samplesOf(spec));

  function bufferOf(numbers: number): GPUBuffer {
    const buffer = held.get(numbers) ?? gpu.storage(4 * numbers);
    held.set(numbers, buffer);
    return buffer;
  }

  function draw(instances: GPUBuffer, { instances: count, ...drawn }: Draw): Tensor3D {
    const x = bufferOf(count * drawn.rows * n);
    const { step, firstSample, rows, firstInstance, stride } = drawn;
    device.queue.writeBuffer(uniforms.buffer, 0, Uint32Array.of(step, firstSample, rows, firstInstance, stride));
    const commands = device.createCommandEncoder();
    const pass = commands.beginComputePass();
    dispatch(pass, gpu.kernel(code, { draw: uniforms, instances, x }), 0, Math.ceil(rows / THREADS), count);
    pass.end();
    device.queue.submit([commands.finish()]);
    return tf.tensor({ buffer: x }, [count, rows, n], 'float32');
  }

  return {
    batch: (step) =>
      draw(training, { step, firstSample: 0, rows, firstInstance: 0, stride: 1, instances: instanceCount(spec) }),
    evaluation: ({ cell, cells, first, count }: EvaluationBlock) =>
      draw(evaluated, {
        ...{ step: 0, firstSample: first, rows: count, stride: spec.replicas },
        ...{ firstInstance: cell * spec.replicas, instances: cells },
      }),
    dispose: gpu.dispose,
  };
}

/** A thread for each sample: x [instances, rows, n], zeros after an instance's own samples. */
function drawShader(shape: DataShape): Shader {
  const { n, kind } = shape;
  const bindings = [
    { name: 'draw', type: 'Draw', access: 'uniform' },
    { name: 'instances', type: 'array<Instance>', access: 'read' },
    { name: 'x', type: 'array<f32>', access: 'read_write' },
  ] as const;
  const length = `
  var squares = 0.0;
  for (var feature = 0u; feature < ${n}u; feature++) { squares += x[place + feature] * x[place + feature]; }
  let length = max(sqrt(squares), ${float(LEAST_LENGTH)});
  for (var feature = 0u; feature < ${n}u; feature++) { x[place + feature] /= length; }`;
  return shader(
    bindings,
    `${dataFunctions(shape)}
struct Draw { step: u32, firstSample: u32, rows: u32, firstInstance: u32, stride: u32 }

@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= draw.rows) { return; }
  let data = instances[draw.firstInstance + id.y * draw.stride];
  let keys = keysOf(data, draw.step);
  let sample = draw.firstSample + id.x;
  let place = (id.y * draw.rows + id.x) * ${n}u;
  for (var feature = 0u; feature < ${n}u; feature++) {
    x[place + feature] = select(0.0, featureValue(sample, feature, keys, data), sample < data.samples);
  }${kind === 'finite' ? length : ''}
}
`,
  );
}
