/**
 * The runs that a room has had: their list, which everyone reads, and what people do with them. The list is read from disk when it
 * is first asked for and kept up to date from then on; a timeline is read when somebody opens a run, and one of them is kept.
 */
import type { PersonId, RunId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import { can } from '#lib/room/roles';
import { decodeFrame, type Frame } from '#lib/runs/frame';
import { packFrames } from '#lib/runs/frame-pack';
import { KEPT_LIMITS, keptRun, pictureOf, type KeptRun, type Remarks } from '#lib/runs/kept';
import type { Limits } from '#lib/wire/limits';
import type { CurateRequest, HistoryReply, PastRun, Subscription } from '#lib/wire/protocol';
import type { Audience } from '../rooms/connection.ts';
import type { Member } from '../rooms/people.ts';
import type { StoredLine, StoredRun } from '../storage/storage.ts';
import type { LiveRun } from './stream.ts';
import type { WholeRun } from './whole-run.ts';
import { cutFrame } from './viewers.ts';

export interface History {
  list(): Promise<Result<HistoryReply>>;
  /** One run in full, but for its frames. */
  open(run: RunId): Promise<Result<PastRun>>;
  /** As of the present run: the kept frames, cut. */
  timeline(request: Omit<Subscription, 'maxHz'>): Promise<Result<Uint8Array>>;
  curate(member: Member, request: CurateRequest): Promise<Result<null>>;
  /** A run of this room has begun, or its phase is another. */
  changed(run: LiveRun): void;
  /** One run with everything that is kept of it. */
  whole(run: RunId): Promise<Result<WholeRun>>;
  /** All of its kept frames, whole; none: the run, or its timeline, is not kept. */
  frames(run: RunId): Promise<readonly Frame[]>;
}

export interface HistoryDependencies {
  readonly audience: Audience;
  readonly limits: Limits;
  readonly now: () => number;
  /** The room's present run: it is served from memory. */
  readonly isCurrent: (run: RunId) => boolean;
  readonly storage: {
    readonly list: () => Promise<readonly StoredLine[]>;
    readonly load: (run: RunId) => Promise<StoredRun | undefined>;
    readonly remark: (run: RunId, remarks: Remarks) => Promise<void>;
    readonly remove: (run: RunId) => Promise<void>;
  };
}

interface Line {
  readonly run: KeptRun;
  readonly picture: Uint8Array | null;
}

/** ms for which an opened run stays in memory after it was last looked at */
const OPENED_MS = 60_000;

export function createHistory(dependencies: HistoryDependencies): History {
  const { audience, limits, now, isCurrent, storage } = dependencies;
  /** Newest first; undefined until somebody asks. */
  let lines: Promise<Map<RunId, Line>> | undefined;
  let opened: { readonly id: RunId; readonly run: Promise<StoredRun | undefined>; readonly until: number } | undefined;
  let waiting = 0;

  async function read(): Promise<Map<RunId, Line>> {
    const stored = await storage.list();
    return new Map(
      stored.map(({ record, picture, ...remarks }) => [record.id, { run: keptRun(record, remarks), picture }]),
    );
  }

  /** A disk that fails is asked again by the next. */
  const known = (): Promise<Map<RunId, Line>> =>
    (lines ??= read().catch((error: unknown) => {
      lines = undefined;
      throw error;
    }));

  function tell(line: Line): void {
    audience.tell(null, 'kept', line.run, line.picture);
  }

  /** The list as disk has it after a new run: what is beyond the limits goes. */
  function put(runs: Map<RunId, Line>, line: Line): void {
    const others = [...runs.values()].filter(({ run }) => run.id !== line.run.id);
    const isNew = others.length === runs.size;
    const ordered = isNew
      ? [line, ...others]
      : [...runs.values()].map((held) => (held.run.id === line.run.id ? line : held));
    runs.clear();
    ordered.forEach((held, place) => {
      if (place < KEPT_LIMITS.runs || held.run.pinned) runs.set(held.run.id, held);
    });
  }

  /** Read from disk one at a time: a timeline has up to 16 MB. */
  async function load(id: RunId): Promise<Result<StoredRun>> {
    if (opened?.id !== id || now() > opened.until) {
      if (waiting >= limits.openingRuns) return BUSY;
      waiting += 1;
      opened = { id, run: storage.load(id).finally(() => (waiting -= 1)), until: now() + OPENED_MS };
    }
    const run = await opened.run;
    return run === undefined ? GONE : ok(run);
  }

  /** Who may, and what of the room's limits is in the way. */
  function whyNot(
    { person }: Member,
    { run, change }: CurateRequest,
    held: readonly KeptRun[],
  ): Result<never> | undefined {
    const line = held.find(({ id }) => id === run);
    if (line === undefined) return GONE;
    if (change.type === 'delete') return whyNotDelete(person, line);
    if (!can(person.role, 'keep-runs'))
      return refuse('forbidden', 'Only who may run experiments may name and pin runs.');
    const pinned = held.filter((one) => one.pinned && one.id !== run).length;
    if (change.type === 'pin' && change.pinned && pinned >= KEPT_LIMITS.pinned)
      return refuse('limit', `A room pins at most ${KEPT_LIMITS.pinned} runs. Unpin one first.`, 'change');
    return undefined;
  }

  function whyNotDelete(
    { id, role }: { id: PersonId; role: Member['person']['role'] },
    line: KeptRun,
  ): Result<never> | undefined {
    const own = line.startedBy.id === id && can(role, 'keep-runs');
    if (!own && !can(role, 'delete-runs'))
      return refuse('forbidden', `Only ${line.startedBy.name}, who started this run, or the owner may delete it.`);
    if (line.pinned) return refuse('conflict', 'This run is pinned. Unpin it first.', 'run');
    if (isCurrent(line.id))
      return refuse('conflict', 'This is the room’s present run. Start another one first.', 'run');
    return undefined;
  }

  async function timeline({ run, ...cut }: Omit<Subscription, 'maxHz'>): Promise<Result<Uint8Array>> {
    const loaded = await load(run);
    return loaded.ok ? ok(packFrames(decoded(loaded.value).map((frame) => cutFrame(frame, cut)))) : loaded;
  }

  let turn: Promise<unknown> = Promise.resolve();
  /** One after the other: a name and a pin at once would each be written with the other as it was before. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  }

  async function curate(member: Member, request: CurateRequest): Promise<Result<null>> {
    const runs = await known();
    const refusal = whyNot(
      member,
      request,
      [...runs.values()].map(({ run }) => run),
    );
    const line = runs.get(request.run);
    if (refusal !== undefined || line === undefined) return refusal ?? GONE;
    const { change } = request;
    if (change.type === 'delete') {
      await storage.remove(request.run);
      runs.delete(request.run);
      if (opened?.id === request.run) opened = undefined;
      audience.tell(null, 'forgotten', request.run);
      return ok(null);
    }
    const name = change.type === 'name' ? cleanRunName(change.name) : line.run.name;
    const pinned = change.type === 'pin' ? change.pinned : line.run.pinned;
    await storage.remark(request.run, { name, pinned });
    // It may have gone on meanwhile, or have made room for a newer one.
    const present = runs.get(request.run);
    if (present === undefined) return GONE;
    const next = { ...present, run: { ...present.run, name, pinned } };
    runs.set(request.run, next);
    tell(next);
    return ok(null);
  }

  return {
    async list() {
      const all = [...(await known()).values()];
      return ok({ runs: all.map(({ run }) => run), pictures: packFrames(all.flatMap(({ picture }) => picture ?? [])) });
    },
    async open(run) {
      const loaded = await load(run);
      return loaded.ok ? ok({ record: loaded.value.record, metrics: loaded.value.metrics }) : loaded;
    },
    timeline,
    curate: (member, request) => inTurn(() => curate(member, request)),
    changed({ record, newest }) {
      const picture = pictureOf(record, newest);
      const fresh: Line = { run: keptRun(record, NOTHING_SAID), picture };
      if (lines === undefined) {
        tell(fresh);
        return;
      }
      void lines.then((runs) => {
        const { name, pinned } = runs.get(record.id)?.run ?? NOTHING_SAID;
        const line = { ...fresh, run: { ...fresh.run, name, pinned } };
        put(runs, line);
        tell(line);
      });
    },
    async whole(run) {
      const loaded = await load(run);
      if (!loaded.ok) return loaded;
      const { record, metrics } = loaded.value;
      return ok({ record, metrics, frames: decoded(loaded.value) });
    },
    async frames(run) {
      const loaded = await load(run);
      return loaded.ok ? decoded(loaded.value) : [];
    },
  };
}

const NOTHING_SAID: Remarks = { name: null, pinned: false };

const decoded = ({ frames }: StoredRun): readonly Frame[] =>
  frames.map(decodeFrame).flatMap((frame) => (frame.ok ? [frame.value] : []));

/** null: it is called by its experiment and time again. */
function cleanRunName(name: string): string | null {
  const clean = name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  return clean === '' ? null : Array.from(clean).slice(0, KEPT_LIMITS.name).join('');
}

const GONE = refuse('not-found', 'The room no longer has this run.', 'run');
const BUSY = refuse('limit', 'Too many runs are being opened at the moment. Try again in a second.', 'run');
