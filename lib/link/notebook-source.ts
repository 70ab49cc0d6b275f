/** The Python of a link's notebook. Every number of the run comes from the first cell; the rest is the same for every link. */

export const HASH = `PHI = 0x9E3779B9
INIT, DATA, GROUP, MEMBER, SIGN, EVALUATION = range(6)

def mix(x):
    x = np.asarray(x, np.uint32).copy()
    with np.errstate(over="ignore"):
        x ^= x >> np.uint32(17); x *= np.uint32(0xED5AD4BB)
        x ^= x >> np.uint32(11); x *= np.uint32(0xAC4C1B51)
        x ^= x >> np.uint32(15); x *= np.uint32(0x31848BAB)
        x ^= x >> np.uint32(14)
    return x

def key(seed, replica, cell, stream, step):
    x = mix((np.uint64(seed) + np.asarray(replica, np.uint64) * np.uint64(PHI)) % np.uint64(2**32))
    x = mix(x ^ np.asarray(cell, np.uint32))
    x = mix(x ^ np.uint32(stream))
    return mix(x ^ np.uint32(step))

def draw(keys, places):
    """keys [I], places [I or 1, ...] -> uint32 [I, ...]"""
    with np.errstate(over="ignore"):
        return mix(keys.reshape(-1, *[1] * (places.ndim - 1)) + places.astype(np.uint32))

def unit(bits):
    """[0, 1) in steps of 2^-24"""
    return (bits >> np.uint32(8)).astype(np.float32) / np.float32(2**24)`;

/** By `Dependence['kind']`. The draws of a set are those of its first feature's place. */
const FILLS: Readonly<Record<string, string>> = {
  independent: '',
  signed: `
    x = np.where(draw(keys[SIGN], places) >= 2**31, -x, x)`,
  correlated: `
    first = np.arange(n) // set_size * set_size
    active = draw(keys[GROUP], places - np.arange(n) + first) < np.floor(np.minimum(p, 1) * 2**32)[:, None, first]
    x = np.where(active, unit(draw(keys[DATA], places)), np.float32(0))`,
  anticorrelated: `
    first = np.arange(n) // set_size * set_size
    active = draw(keys[GROUP], places - np.arange(n) + first) < np.floor(np.minimum(p, 1) * 2**32)[:, None, first]
    chosen = ((draw(keys[MEMBER], places - np.arange(n) + first) >> np.uint32(16)) * np.minimum(set_size, n - first).astype(np.uint32)) >> np.uint32(16)
    x = np.where(active & (chosen == np.arange(n) - first), unit(draw(keys[DATA], places)), np.float32(0))`,
  finite: `
    x = x.astype(np.float64)
    length = np.sqrt((x ** 2).sum(axis=2, keepdims=True))
    x = (x / np.where(length == 0, 1, length)).astype(np.float32)`,
};

/** `kind`: of the data. */
export const samplesSource = (kind: string): string => `def fill(keys, sample, p):
    """keys {stream: [I]}, sample [I or 1, B], p [I, n] -> x [I, B, n]"""
    places = sample[:, :, None] * n + np.arange(n)
    bits = draw(keys[DATA], places)
    scale = (1 / (np.minimum(p, 1) * 2**24)).astype(np.float32)
    active = bits < np.floor(np.minimum(p, 1) * 2**32)[:, None]
    x = np.where(active, (bits >> np.uint32(8)).astype(np.float32) * scale[:, None], np.float32(0))${FILLS[kind] ?? ''}
    return torch.from_numpy(x)

def samples(replica, step):
    """x [I, B, n] of the minibatch after \`step\` updates, and what each sample weighs [I, B]"""
    ${
      kind === 'finite'
        ? `keys = {DATA: key(seed, replica, cells, DATA, 0)}
    count = np.minimum(examples, batch)[:, None]  # a set that fits into a batch is taken whole
    first = np.where(examples > batch, step * batch % examples, 0)[:, None]
    index = np.arange(count.max())[None]
    weight = (index < count) / count
    return fill(keys, (first + index) % examples[:, None], at(step)["density"]), torch.from_numpy(weight.astype(np.float32))`
        : `keys = {stream: key(seed, replica, cells, stream, step) for stream in (DATA, GROUP, MEMBER, SIGN)}
    return fill(keys, np.arange(batch)[None], at(step)["density"]), torch.full((1, batch), 1 / batch)`
    }

def evaluation(first, count):
    """The samples of every run's evaluation loss"""
    keys = {stream: key(0, 0, np.zeros_like(cells), EVALUATION, k) for k, stream in enumerate((DATA, GROUP, MEMBER, SIGN))}
    return fill(keys, np.arange(first, first + count)[None], at(steps)["density"]), torch.full((1, count), 1 / count)

def initial(replica):
    """Matrices [I, n, m] ~ N(0, (init_scale * sqrt(2 / (n + m)))^2), by Box and Muller, and b = 0"""
    keys, matrices = key(seed, replica, cells, INIT, 0), names[:-1]
    pairs = unit(draw(keys, np.arange(2 * n * m * len(matrices))[None])).astype(np.float64)
    normal = np.sqrt(-2 * np.log(1 - pairs[:, 0::2])) * np.cos(2 * np.pi * pairs[:, 1::2])
    drawn = (init_scale * np.sqrt(2 / (n + m)) * normal).astype(np.float32).reshape(len(cells), len(matrices), n, m)
    return [*[torch.from_numpy(drawn[:, k].copy()) for k in range(len(matrices))], torch.zeros(len(cells), n)]`;

export const MODEL = `def loss_of(tensors, x, weight, step):
    """[I]"""
    encoder, decoder, b = tensors[0], tensors[-2], tensors[-1]
    h = torch.einsum("ibj,ijk->ibk", x, encoder)
    if hidden_relu: h = torch.relu(h)
    y = torch.einsum("ibk,ijk->ibj", h, decoder) + b[:, None]
    if output_relu: y = torch.relu(y)
    target = x.abs() if target_abs else x
    importance = torch.tensor(at(step)["importance"], dtype=torch.float32)
    return ((importance[:, None] * (target - y) ** 2).mean(dim=2) * weight).sum(dim=1)

def factor(step):
    if schedule == "linear": return 1 - step / steps
    if schedule == "cosine": return 1.0 if steps == 1 else float(np.cos(0.5 * np.pi / (steps - 1) * step))
    return 1.0

def train(replica, begin, until, watch=None):
    tensors = [tensor.clone().requires_grad_() for tensor in begin]
    optimizer = torch.optim.AdamW(tensors, lr=1.0, betas=(beta1, beta2), eps=epsilon, weight_decay=weight_decay)
    for step in range(until):
        for group in optimizer.param_groups: group["lr"] = at(step)["learning_rate"] * factor(step)
        losses = loss_of(tensors, *samples(replica, step), step)
        optimizer.zero_grad(); losses.sum().backward(); optimizer.step()
        if watch is not None: watch(step, losses.detach())
    return [tensor.detach() for tensor in tensors]`;

export const ASSERT = `seen = []
zero = np.zeros_like(replicas)
train(zero, initial(zero) if start is None else unpack(start[0]), len(expected), lambda step, losses: seen.append(losses.numpy()))
apart = np.abs(np.array(seen) / expected - 1).max()
assert np.allclose(np.array(seen), expected, rtol=2e-5, atol=1e-9), apart
print("The first", len(expected), "losses are the link's, within", apart)`;

export const TRAIN = `trained = train(replicas, initial(replicas) if start is None else unpack(start[1]), steps)
with torch.no_grad():
    here = sum(loss_of(trained, *evaluation(k * 1024, 1024), steps) for k in range(16)).numpy() / 16
for cell, (theirs, ours) in enumerate(zip(stated, here)):
    print(f"{labels[cell]}   link {theirs:.5f}   here {ours:.5f}")`;

export const FIGURE = `import matplotlib.pyplot as plt

def upright(points):
    """The first represented feature up, and the next one that is not on its line on the right, as the link shows them"""
    ways = [point / np.linalg.norm(point) for point in points if np.linalg.norm(point) > 0.5]
    if not ways: return points
    up, right = ways[0], np.array([ways[0][1], -ways[0][0]])
    side = next((np.sign(way @ right) for way in ways if abs(way @ right) > 0.05), 1)
    return points @ np.stack([side * right, up], axis=1)

figure, axes = plt.subplots(1, len(cells), figsize=(2 * len(cells), 2.3), squeeze=False)
colours = plt.cm.viridis(0.93 * np.linspace(1, 0, n) if n > 1 else [0.93])
for axis, w, label in zip(axes[0], trained[-2].numpy(), labels):
    points = w if m == 2 else w @ np.linalg.svd(w, full_matrices=False)[2][:2].T if min(n, m) > 2 else np.c_[w[:, :1], np.zeros(n)]
    axis.axhline(0, color="#c9c5bb", linewidth=0.8); axis.axvline(0, color="#c9c5bb", linewidth=0.8)
    for (x, y), colour in reversed(list(zip(upright(points), colours))):
        axis.plot([0, x], [0, y], color=colour); axis.plot(x, y, "o", color=colour)
    axis.set(xlim=(-1.5, 1.5), ylim=(-1.5, 1.5), aspect="equal", title=label); axis.axis("off")
plt.show()`;
