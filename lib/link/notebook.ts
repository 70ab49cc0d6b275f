/**
 * A link as a PyTorch notebook (nbformat 4.5): the same hash draws the same data, the first ten losses are asserted, the same models are
 * trained, and the same figure is drawn of them.
 */
import { ok, refuse, type Result } from '#lib/base/result';
import { createTrainerHost } from '#lib/engine/host';
import { whyNotPlain } from '#lib/engine/plain';
import { createReferenceTrainer } from '#lib/engine/reference/trainer';
import { cellCount, cellParameters, importances } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import type { Link, LinkId } from './link.ts';

/** Steps whose losses a notebook asserts; of a large model fewer, so that they are not long in the making. */
const ASSERTED = 10;
/** Multiplications that these may take. */
const ASSERTED_WORK = 400_000_000;

/** What a notebook trains: of each cell the replica that the link shows. */
interface NotebookModels {
  readonly cell: readonly number[];
  readonly replica: readonly number[];
  readonly density: readonly number[];
  readonly importance: readonly (readonly number[])[];
}

/** Refused where the run has data or a model that the notebook does not know. `address`: where the link is read. */
export async function notebookOf(
  link: Link,
  id: LinkId,
  address: string,
  breathe: () => Promise<void>,
): Promise<Result<string>> {
  const { spec, amendments, start } = link;
  const other = whyNotPlain(spec, 'The notebook');
  if (other !== undefined) return refuse('invalid', other);
  if (start !== null) return refuse('invalid', 'This run went on from another; the notebook begins at its seed.');
  if (amendments.length > 0)
    return refuse('invalid', 'This run was changed while it trained; the notebook trains one spec to its end.');
  const losses = await firstLosses(spec, breathe);
  const cells = cellsOf(link, id, address, modelsOf(link), losses);
  return ok(
    JSON.stringify(
      {
        nbformat: 4,
        nbformat_minor: 5,
        metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } },
        cells: cells.map(([kind, source], k) => ({
          id: `cell-${k}`,
          cell_type: kind,
          metadata: {},
          source,
          ...(kind === 'code' ? { execution_count: null, outputs: [] } : {}),
        })),
      },
      null,
      1,
    ),
  );
}

function modelsOf({ spec, timeline }: Link): NotebookModels {
  const cells = Array.from({ length: cellCount(spec) }, (_, cell) => cell);
  return {
    cell: cells,
    replica: timeline.instances.map((instance) => instance % spec.replicas),
    density: cells.map((cell) => cellParameters(spec, cell).density),
    importance: cells.map((cell) => Array.from(importances(spec, cell))),
  };
}

/** [count, cells] the training losses that precede the first updates, of replica 0 of each cell, by the reference in float64. */
async function firstLosses(spec: RunSpec, breathe: () => Promise<void>): Promise<readonly (readonly number[])[]> {
  const short = { ...spec, replicas: 1 };
  const { model, batch, steps } = spec;
  const affordable = Math.floor(ASSERTED_WORK / (5 * model.n * model.m * batch * cellCount(spec)));
  const count = Math.max(1, Math.min(ASSERTED, steps, affordable));
  const losses: (readonly number[])[] = [];
  let clock = 0;
  const host = createTrainerHost({ now: () => (clock += 1_000), breathe, target: 1 });
  for await (const event of createReferenceTrainer().train(short, host)) {
    if (event.type === 'metrics') losses.push(event.loss);
    if (event.type === 'paused') host.setTarget(losses.length < count ? losses.length + 1 : 'stop');
  }
  return losses;
}

type Cell = readonly ['markdown' | 'code', string];

const python = (value: unknown): string => JSON.stringify(value);

function cellsOf(
  link: Link,
  id: LinkId,
  address: string,
  models: NotebookModels,
  losses: readonly (readonly number[])[],
): readonly Cell[] {
  const { title, authors, licence, spec, result, timeline } = link;
  const { model, optimizer, batch, steps, seed } = spec;
  return [
    [
      'markdown',
      `# ${title.replace(/[#*_\`<>[\]]/g, '\\$&')}\n\n${authors.map((name) => name.replace(/[#*_\`<>[\]]/g, '\\$&')).join(', ')}${authors.length > 0 ? ' · ' : ''}${licence}\n\nMade of the Polytope link [\`${id}\`](${address}). It draws the same random numbers, so that its first losses are the link's own to seven digits; after some hundred steps the last bits part, and the solution is the same.`,
    ],
    [
      'code',
      `import numpy as np, torch

n, m, batch, steps, seed = ${model.n}, ${model.m}, ${batch}, ${steps}, ${seed}
init_scale, relu = ${model.initScale}, ${model.output === 'relu' ? 'True' : 'False'}
learning_rate, beta1, beta2, epsilon, weight_decay, schedule = ${optimizer.learningRate}, ${optimizer.beta1}, ${optimizer.beta2}, ${optimizer.epsilon}, ${optimizer.weightDecay}, ${python(optimizer.schedule)}
cells = np.array(${python(models.cell)})
replicas = np.array(${python(models.replica)})  # of each cell the one that the link shows
density = np.array(${python(models.density)})
importance = torch.tensor(${python(models.importance)})  # [cells, n]`,
    ],
    [
      'markdown',
      '## The data stream\n\nEvery random number is a hash of (seed, replica, cell, stream, step, index): three multiply rounds on 32 bits. One draw decides whether a feature is active and how much.',
    ],
    [
      'code',
      `PHI = 0x9E3779B9
INIT, DATA = 0, 1

def mix(x):
    x = np.asarray(x, np.uint32).copy()
    with np.errstate(over="ignore"):
        x ^= x >> np.uint32(17); x *= np.uint32(0xED5AD4BB)
        x ^= x >> np.uint32(11); x *= np.uint32(0xAC4C1B51)
        x ^= x >> np.uint32(15); x *= np.uint32(0x31848BAB)
        x ^= x >> np.uint32(14)
    return x

def key(cell, replica, stream, step):
    x = mix((seed + replica.astype(np.uint64) * PHI) % 2**32)
    x = mix(x ^ cell.astype(np.uint32))
    x = mix(x ^ np.uint32(stream))
    return mix(x ^ np.uint32(step))

def draw(keys, count):
    """keys [I] -> uint32 [I, count]"""
    with np.errstate(over="ignore"):
        return mix(keys[:, None] + np.arange(count, dtype=np.uint32)[None])

threshold = np.floor(density * 2**32)[:, None]
scale = (1 / (density * 2**24)).astype(np.float32)[:, None]

def samples(cell, replica, step):
    """x [I, batch, n]: 0 with probability 1 - p, else uniform in [0, 1)"""
    bits = draw(key(cell, replica, DATA, step), batch * n)
    x = np.where(bits < threshold, (bits >> np.uint32(8)).astype(np.float32) * scale, np.float32(0))
    return torch.from_numpy(x.reshape(-1, batch, n))

def initial(cell, replica):
    """W [I, n, m] ~ N(0, (init_scale * sqrt(2 / (n + m)))^2), by Box and Muller"""
    unit = (draw(key(cell, replica, INIT, 0), 2 * n * m) >> np.uint32(8)) / 2**24
    normal = np.sqrt(-2 * np.log(1 - unit[:, 0::2])) * np.cos(2 * np.pi * unit[:, 1::2])
    return torch.from_numpy((init_scale * np.sqrt(2 / (n + m)) * normal).astype(np.float32).reshape(-1, n, m))`,
    ],
    [
      'markdown',
      "## The model\n\n$x' = f(W W^T x + b)$ with row $i$ of $W$ for feature $i$; the loss is the importance-weighted mean over batch and features. AdamW decays $W$ and $b$.",
    ],
    [
      'code',
      `def loss_of(W, b, x):
    """[I]"""
    y = torch.einsum("ibk,ijk->ibj", torch.einsum("ibj,ijk->ibk", x, W), W) + b[:, None]
    if relu: y = torch.relu(y)
    return (importance[:, None] * (x - y) ** 2).mean(dim=(1, 2))

def factor(step):
    if schedule == "linear": return 1 - step / steps
    if schedule == "cosine": return 1.0 if steps == 1 else float(np.cos(0.5 * np.pi / (steps - 1) * step))
    return 1.0

def train(replica, until, watch=None):
    W = initial(cells, replica).requires_grad_()
    b = torch.zeros(len(cells), n, requires_grad=True)
    optimizer = torch.optim.AdamW([W, b], lr=learning_rate, betas=(beta1, beta2), eps=epsilon, weight_decay=weight_decay)
    for step in range(until):
        for group in optimizer.param_groups: group["lr"] = learning_rate * factor(step)
        losses = loss_of(W, b, samples(cells, replica, step))
        optimizer.zero_grad(); losses.sum().backward(); optimizer.step()
        if watch is not None: watch(step, losses.detach())
    return W.detach(), b.detach()`,
    ],
    [
      'code',
      `expected = np.array(${python(losses)})  # of replica 0, by the reference in float64
seen = []
train(np.zeros_like(replicas), len(expected), lambda step, losses: seen.append(losses.numpy()))
assert np.allclose(np.array(seen), expected, rtol=2e-5, atol=1e-9), np.abs(np.array(seen) / expected - 1).max()
print("The first", len(expected), "losses are the link's, within", np.abs(np.array(seen) / expected - 1).max())`,
    ],
    ['markdown', '## The same models, trained'],
    [
      'code',
      `stated = np.array(${python(timeline.instances.map((instance) => result.evaluationLoss[instance] ?? null))}, float)
W, b = train(replicas, steps)
with torch.no_grad():
    drawn = torch.stack([loss_of(W, b, samples(cells, replicas, steps + k)) for k in range(16)]).mean(0).numpy()
for p, theirs, ours in zip(density, stated, drawn): print(f"S = {1 - p:.2f}   link {theirs:.5f}   here {ours:.5f}")`,
    ],
    ['markdown', '## The same figure'],
    [
      'code',
      `import matplotlib.pyplot as plt

figure, axes = plt.subplots(1, len(cells), figsize=(2 * len(cells), 2.3), squeeze=False)
colours = plt.cm.viridis(np.linspace(0, 1, n))
for axis, w, p in zip(axes[0], W.numpy(), density):
    points = w if m == 2 else w @ np.linalg.svd(w, full_matrices=False)[2][:2].T if m > 2 else np.c_[w, np.zeros(n)]
    for (x, y), colour in zip(points, colours):
        axis.plot([0, x], [0, y], color=colour); axis.plot(x, y, "o", color=colour)
    axis.set(xlim=(-1.5, 1.5), ylim=(-1.5, 1.5), aspect="equal", title=f"S = {1 - p:.2f}"); axis.axis("off")
plt.show()`,
    ],
  ];
}
