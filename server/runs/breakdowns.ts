/** A run whose training process breaks: how often it goes on by itself, and what everyone is told. */

export interface Breakdowns {
  /** Another trainer has it, or another run is there. */
  readonly reset: () => void;
  /** One at `step`. `what` begins a sentence; `change` is one, and says what would mend it. */
  readonly at: (step: number, what: string, change?: string) => Breakdown;
  /** Whether it has broken, and not come further since. */
  readonly cameNoFurther: (step: number) => boolean;
}

interface Breakdown {
  /** It goes on by itself. */
  readonly again: boolean;
  readonly message: string;
}

/** After `most` it waits for someone; at once where the same would be mended by a change, and to begin anew brought it no step further. */
export function createBreakdowns(most: number): Breakdowns {
  let count = 0;
  let furthest = -1;
  /** By what broke, of what a change would mend. */
  const wanting = new Map<string, number>();

  function at(step: number, what: string, change?: string): Breakdown {
    const stuck = change !== undefined && step <= (wanting.get(what) ?? -1);
    if (change !== undefined) wanting.set(what, Math.max(step, wanting.get(what) ?? -1));
    count += 1;
    furthest = Math.max(furthest, step);
    const where = `${what} at step ${step.toLocaleString('en-US')}`;
    if (stuck) return { again: false, message: `${where}, no further than before. ${change}` };
    if (count <= most) return { again: true, message: `${where}.` };
    const often = `${where}, after it was restarted ${most} times.`;
    return { again: false, message: change === undefined ? often : `${often} ${change}` };
  }

  return {
    at,
    cameNoFurther: (step) => step <= furthest,
    reset() {
      count = 0;
      furthest = -1;
      wanting.clear();
    },
  };
}
