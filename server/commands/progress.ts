/** How far a run is, on standard error: one line that is rewritten on a terminal, else a line a second. */
import type { RunEvent } from '#lib/runs/events';

export interface Progress {
  readonly take: (event: RunEvent) => void;
  /** Leaves the terminal at the start of a line. */
  readonly end: () => void;
}

interface Output {
  readonly isTTY?: boolean;
  readonly write: (text: string) => unknown;
}

/** ms between two lines where they cannot be rewritten */
const LINE_INTERVAL_MS = 1_000;
const CLEAR_LINE = '\r\u001b[2K';

export function createProgress(steps: number, output: Output, now: () => number): Progress {
  const rewrites = output.isTTY === true;
  let lastLine = -Infinity;
  return {
    take(event) {
      if (event.type === 'started') output.write(`${event.engine.name} on ${event.engine.device}\n`);
      if (event.type !== 'metrics') return;
      const line = `step ${event.step} of ${steps}, ${Math.round(event.stepsPerSecond)} steps per second`;
      if (rewrites) output.write(`${CLEAR_LINE}${line}`);
      else if (now() - lastLine >= LINE_INTERVAL_MS) {
        output.write(`${line}\n`);
        lastLine = now();
      }
    },
    end: () => {
      if (rewrites) output.write(CLEAR_LINE);
    },
  };
}
