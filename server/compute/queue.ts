/**
 * The queue before training: one machine, many rooms. At most `slots` runs train at a time. While others wait, a run gives its
 * place up after a slice of time, at a checkpoint, and joins the queue again: a long run does not starve a short one. Whose room has
 * trained the least comes first. A run that stands still holds no place that another could use.
 */
import type { RoomId } from '#lib/base/id';
import { isLast, type Checkpoint, type EngineName, type EngineOffer, type RunEvent } from '#lib/runs/events';
import type { Waiting } from '#lib/runs/record';
import type { Amendment, SpecChange } from '#lib/spec/change';
import type { RunSpec } from '#lib/spec/spec';
import type { Compute, ComputeOptions, ComputeRun, RunListener } from './compute.ts';

export interface QueueOptions {
  /** Runs that train at a time, where the compute would do more. */
  readonly slots: number;
  /** Runs that may wait. */
  readonly waiting: number;
  /** ms of training after which a run makes place for one that waits */
  readonly slice?: number;
  /** ms, monotonic */
  readonly now?: () => number;
}

export interface TrainingQueue {
  readonly engine: EngineName;
  readonly pace: number | null;
  readonly offers: readonly EngineOffer[];
  /** False when one more would be too many. One that ends for it is not counted. */
  hasRoom(oneEnds: boolean): boolean;
  start(room: RoomId, spec: RunSpec, listener: QueueListener, options?: ComputeOptions): ComputeRun;
  counts(): { readonly training: number; readonly waiting: number };
  close(): void;
}

export interface QueueListener extends RunListener {
  /** It waits for a place, from now on or still; its next `started` event says that it has one. */
  readonly waits: (where: Waiting) => void;
}

/** Long enough that starting an engine anew (a few ms; a second with TensorFlow) is little of it. */
const SLICE_MS = 10_000;
/** Between two looks at the clock, while someone waits. */
const TICK_MS = 500;

type Phase = 'waiting' | 'training' | 'yielding' | 'parked' | 'gone';

interface Entry {
  readonly room: RoomId;
  readonly spec: RunSpec;
  readonly listener: QueueListener;
  phase: Phase;
  run: ComputeRun | undefined;
  /** It stands still where it is, and a slot is all that it holds. */
  paused: boolean;
  target: number;
  from: Checkpoint | undefined;
  amendments: readonly Amendment[];
  readonly engine: string | undefined;
  /** Asked for, and not made yet: asked again of whoever trains it next. */
  changes: readonly SpecChange[];
  /** When its slice began: with its training, not with the loading of what trains it. */
  since: number;
  started: boolean;
  stepsPerSecond: number;
  /** What was last said of its place. */
  told: Waiting | undefined;
}

export function createTrainingQueue(
  compute: Compute,
  { slots: atMost, waiting: most, slice = SLICE_MS, now = () => performance.now() }: QueueOptions,
): TrainingQueue {
  const entries = new Set<Entry>();
  const shares = createShares();
  const slots = (): number => Math.min(atMost, compute.slots);
  let timer: NodeJS.Timeout | undefined;

  const those = (...phases: readonly Phase[]): readonly Entry[] =>
    [...entries].filter(({ phase }) => phases.includes(phase));

  /** Whoever waits, in the order in which they will train. */
  const line = (): readonly Entry[] => [...those('waiting')].sort((a, b) => shares.of(a.room) - shares.of(b.room));

  function schedule(): void {
    for (const entry of line()) {
      if (those('training', 'yielding').length >= slots()) break;
      begin(entry);
    }
    makePlace();
    tellPlaces();
    if (those('waiting').length > 0) timer ??= setInterval(schedule, TICK_MS);
    else {
      clearInterval(timer);
      timer = undefined;
    }
  }

  /** Those who stand still go first, then those who have had their slice: as many as wait. */
  function makePlace(): void {
    let wanted = those('waiting').length - those('yielding').length;
    const spent = ({ paused, started, since }: Entry): boolean => paused || (started && now() - since >= slice);
    const candidates = those('training')
      .filter(spent)
      .sort((a, b) => Number(b.paused) - Number(a.paused) || a.since - b.since);
    for (const entry of candidates) {
      if (wanted-- <= 0) return;
      entry.phase = 'yielding';
      entry.run?.setTarget('stop');
    }
  }

  function begin(entry: Entry): void {
    const { spec, target, from, amendments, changes, engine } = entry;
    entry.phase = 'training';
    entry.paused = false;
    entry.since = now();
    entry.started = false;
    entry.told = undefined;
    const lost: RunListener['lost'] = (...words) => {
      leave(entry);
      entry.listener.lost(...words);
    };
    const options = {
      target,
      amendments,
      ...(from === undefined ? {} : { from }),
      ...(engine === undefined ? {} : { engine }),
    };
    const run = compute.start(spec, { event: (event) => hear(entry, event), lost }, options);
    entry.run = run;
    for (const change of changes) run.amend(change);
  }

  function hear(entry: Entry, event: RunEvent): void {
    if (event.type === 'started') {
      entry.started = true;
      entry.since = now();
    } else if (event.type === 'checkpoint') entry.from = event.checkpoint;
    else if (event.type === 'metrics') entry.stepsPerSecond = event.stepsPerSecond;
    else if (event.type === 'amended') hasAmended(entry, event);
    else if (event.type === 'paused' || event.type === 'resumed') entry.paused = event.type === 'paused';
    if (event.type === 'stopped' && entry.phase === 'yielding') {
      hasYielded(entry);
      return;
    }
    if (isLast(event)) leave(entry);
    entry.listener.event(event);
    if (event.type === 'paused') schedule();
  }

  function hasYielded(entry: Entry): void {
    shares.add(entry.room, now() - entry.since);
    entry.run = undefined;
    // At the end of the line among equals.
    entries.delete(entry);
    entries.add(entry);
    entry.phase = stands(entry) ? 'parked' : 'waiting';
    schedule();
  }

  function leave(entry: Entry): void {
    if (entry.phase === 'gone') return;
    if (entry.run !== undefined) shares.add(entry.room, now() - entry.since);
    entry.phase = 'gone';
    entries.delete(entry);
    shares.settle([...entries].map(({ room }) => room));
    schedule();
  }

  function aim(entry: Entry, next: number | 'stop'): void {
    if (entry.phase === 'gone') return;
    if (next !== 'stop') entry.target = next;
    if (entry.phase === 'training') entry.run?.setTarget(next);
    else if (next === 'stop') endUntrained(entry);
    else if (entry.phase === 'parked' && !stands(entry)) {
      entry.phase = 'waiting';
      schedule();
    } else if (entry.phase === 'waiting' && stands(entry)) {
      entry.phase = 'parked';
      later(() => entry.listener.event({ type: 'paused', step: stepOf(entry) }));
      schedule();
    }
  }

  /** Nobody trains it, or its trainer is about to stop: the last word is ours. */
  function endUntrained(entry: Entry): void {
    const run = entry.run;
    if (run === undefined) {
      leave(entry);
      later(() => entry.listener.event({ type: 'stopped', step: stepOf(entry) }));
    }
    // The stop that it was told becomes the end.
    else entry.phase = 'training';
  }

  function tellPlaces(): void {
    const expected = expectedStarts();
    line().forEach((entry, i) => {
      const where = { place: i + 1, of: expected.length, seconds: Math.ceil((expected[i] ?? 0) / 1_000) };
      if (!isNews(entry.told, where)) return;
      entry.told = where;
      later(() => {
        if (entry.phase === 'waiting') entry.listener.waits(where);
      });
    });
  }

  /** ms until each in line has a slot, at most: nobody holds one for longer than a slice while others wait. */
  function expectedStarts(): readonly number[] {
    const held = (entry: Entry): number => Math.min(slice, remaining(entry));
    const free = those('training', 'yielding').map((entry) =>
      entry.paused || entry.phase === 'yielding'
        ? 0
        : Math.max(0, Math.min(slice - (now() - entry.since), remaining(entry))),
    );
    while (free.length < slots()) free.push(0);
    return line().map((entry) => {
      const soonest = free.indexOf(Math.min(...free));
      const start = free[soonest] ?? 0;
      free[soonest] = start + held(entry);
      return start;
    });
  }

  return {
    get engine() {
      return compute.engine;
    },
    get pace() {
      return compute.pace;
    },
    get offers() {
      return compute.offers;
    },
    hasRoom: (oneEnds) =>
      those('training', 'yielding').length - (oneEnds ? 1 : 0) < slots() || those('waiting').length < most,
    start(room, spec, listener, { target = spec.steps, from, amendments = [], engine } = {}) {
      const entry: Entry = {
        ...{ room, spec, listener, target, from, amendments, engine },
        ...{
          phase: 'waiting',
          run: undefined,
          paused: false,
          changes: [],
          since: now(),
          started: false,
          stepsPerSecond: 0,
        },
        told: undefined,
      };
      shares.join(
        room,
        [...entries].map((other) => other.room),
      );
      entries.add(entry);
      schedule();
      return {
        setTarget: (next) => aim(entry, next),
        amend: (change) => {
          entry.changes = [...entry.changes, change];
          if (entry.phase === 'training') entry.run?.amend(change);
        },
        kill() {
          entry.run?.kill();
          leave(entry);
        },
      };
    },
    counts: () => ({ training: those('training', 'yielding').length, waiting: those('waiting').length }),
    close() {
      clearInterval(timer);
      for (const entry of entries) entry.phase = 'gone';
      entries.clear();
    },
  };
}

/** Events never come before the call that asked for them has returned. */
const later = (tell: () => void): void => queueMicrotask(tell);

const stepOf = ({ from }: Entry): number => from?.step ?? 0;

const stands = (entry: Entry): boolean => entry.target <= stepOf(entry);

/** ms of training that are left, as far as is known. */
const remaining = (entry: Entry): number =>
  entry.stepsPerSecond > 0 ? ((entry.target - stepOf(entry)) * 1_000) / entry.stepsPerSecond : Infinity;

/** Another place in the line, or another time by more than the clock's own progress. */
const isNews = (before: Waiting | undefined, { place, of, seconds }: Waiting): boolean =>
  before?.place !== place || before.of !== of || Math.abs(before.seconds - seconds) > NEWS_S;

const NEWS_S = 2;

/** Changes are made in the order in which they were asked for. */
function hasAmended(entry: Entry, { step, change }: Amendment): void {
  entry.amendments = [...entry.amendments, { step, change }];
  entry.changes = entry.changes.slice(1);
}

/** ms that each room has trained, as far as it matters: one that comes anew has neither credit nor debt. */
function createShares() {
  const used = new Map<RoomId, number>();
  const of = (room: RoomId): number => used.get(room) ?? 0;
  return {
    of,
    add: (room: RoomId, ms: number): void => void used.set(room, of(room) + ms),
    join(room: RoomId, others: readonly RoomId[]): void {
      const least = Math.min(...others.map(of));
      used.set(room, Number.isFinite(least) ? Math.max(of(room), least) : of(room));
    },
    /** Whoever has left is forgotten once those who are there have had as much. */
    settle(rooms: readonly RoomId[]): void {
      const least = Math.min(...rooms.map(of));
      for (const [room, ms] of used) if (!rooms.includes(room) && ms <= least) used.delete(room);
    },
  };
}
