"""PyTorch as the peer of `polytope gpu` and `polytope bench`, with `--peer python3`: AdamW, batch 1,024.

`CASES SECONDS` times everything once, on a graphics card where there is one; `serve` takes turns: a line of JSON
{ case, loop, threads, steps } on standard input is trained, on the processor, and answered by { ms, cpu }: of the clock, and of all
processors together. `memory CASE LOOP THREADS` says in { bytes } what a few steps took at most, beyond what the process had before.

notebook  [batch, instance, feature] and einsum, as one writes it
bmm       [instance, batch, feature] and torch.bmm, the faster layout
graph     bmm, replayed as a CUDA graph: no Python and no launch between operations
"""

import json
import resource
import statistics
import sys
import time

import torch

CASES = {  # n, m, instances, least density, base of the importance
    "A": (5, 2, 8, 0.05, 0.9),
    "B": (20, 5, 10, 0.05, 0.9),
    "C": (80, 20, 10, 0.01, 0.9),
    "D": (400, 30, 20, 0.05, 1.0),
    "E1k": (2, 1, 1_000, 0.01, 0.9),
    "E10k": (2, 1, 10_000, 0.01, 0.9),
}
BATCH = 1_024


class Trained:
    def __init__(self, case, device, capturable):
        n, m, instances, least, base = CASES[case]
        self.shape = (instances, BATCH, n)
        weights = torch.randn(instances, n, m, device=device) * (2 / (n + m)) ** 0.5
        self.W = weights.requires_grad_()
        self.b = torch.zeros(instances, n, device=device, requires_grad=True)
        self.density = least ** torch.linspace(0, 1, instances, device=device)[:, None]
        self.importance = base ** torch.arange(n, device=device)
        self.device = device
        self.optimizer = torch.optim.AdamW(
            [self.W, self.b], lr=1e-3, weight_decay=0.01, capturable=capturable, fused=True
        )

    def notebook_loss(self):
        instances, batch, n = self.shape
        value = torch.rand(batch, instances, n, device=self.device)
        active = torch.rand(batch, instances, n, device=self.device) <= self.density
        x = torch.where(active, value, 0.0)
        h = torch.einsum("bif,ifh->bih", x, self.W)
        out = torch.relu(torch.einsum("bih,ifh->bif", h, self.W) + self.b)
        return (self.importance * (x - out) ** 2).mean(dim=(0, 2)).sum()

    def bmm_loss(self):
        value = torch.rand(self.shape, device=self.device)
        active = torch.rand(self.shape, device=self.device) <= self.density[:, :, None]
        x = torch.where(active, value, 0.0)
        out = torch.relu(torch.baddbmm(self.b[:, None, :], torch.bmm(x, self.W), self.W.transpose(1, 2)))
        return (self.importance * (x - out) ** 2).mean(dim=(1, 2)).sum()


def stepper(case, loop, device):
    trained = Trained(case, device, capturable=loop == "graph")
    loss_of = trained.notebook_loss if loop == "notebook" else trained.bmm_loss

    def step():
        trained.optimizer.zero_grad(set_to_none=True)
        loss_of().backward()
        trained.optimizer.step()

    return captured(step) if loop == "graph" else step


def captured(step):
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def pace_of(step, device, seconds):
    def timed(steps):
        wait(device)
        start = time.perf_counter()
        for _ in range(steps):
            step()
        wait(device)
        return time.perf_counter() - start

    timed(5)
    steps = max(1, int(0.1 / (timed(5) / 5)))
    paces = []
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        paces.append(steps / timed(steps))
    return statistics.median(paces)


def wait(device):
    if device == "cuda":
        torch.cuda.synchronize()


def main():
    cases, seconds = sys.argv[1].split(","), float(sys.argv[2])
    device = "cuda" if torch.cuda.is_available() else "cpu"
    loops = ["notebook", "bmm", "graph"] if device == "cuda" else ["notebook", "bmm"]
    paces = []
    for case in cases:
        for loop in loops:
            try:
                pace = {"case": case, "loop": loop, "stepsPerSecond": pace_of(stepper(case, loop, device), device, seconds)}
            except Exception as error:  # one that fails leaves the others their turn
                pace = {"case": case, "loop": loop, "failed": str(error)}
            paces.append(pace)
            print(json.dumps(pace), file=sys.stderr, flush=True)
    name = torch.cuda.get_device_name() if device == "cuda" else "cpu"
    print(json.dumps({"torch": torch.__version__, "device": name, "paces": paces}))



def serve():
    """Contenders are made when they are first asked for, and kept: their moments grow old as a run's do."""
    print(json.dumps({"torch": torch.__version__}), flush=True)
    steppers = {}
    for line in sys.stdin:
        turn = json.loads(line)
        torch.set_num_threads(turn["threads"])
        contender = (turn["case"], turn["loop"], turn["threads"])
        if contender not in steppers:
            steppers[contender] = stepper(turn["case"], turn["loop"], "cpu")
        start, busy = time.perf_counter(), time.process_time()
        for _ in range(turn["steps"]):
            steppers[contender]()
        took = {"ms": 1e3 * (time.perf_counter() - start), "cpu": 1e3 * (time.process_time() - busy)}
        print(json.dumps(took), flush=True)


def memory(case, loop, threads):
    torch.set_num_threads(threads)
    # On Linux in units of 1,024 bytes.
    most = lambda: 1_024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    before = most()
    step = stepper(case, loop, "cpu")
    for _ in range(3):
        step()
    print(json.dumps({"bytes": most() - before}))


if sys.argv[1] == "serve":
    serve()
elif sys.argv[1] == "memory":
    memory(sys.argv[2], sys.argv[3], int(sys.argv[4]))
else:
    main()
