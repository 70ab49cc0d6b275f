/** What a client knows of its room, as one value. The session keeps it; the interface only reads it and calls `SessionActions`. */
import type { PersonId } from '#lib/base/id';
import type { Refusal } from '#lib/base/result';
import type { LabEdit } from '#lib/room/agenda';
import type { HistoryState } from '#lib/room/history';
import type { AgendaItem } from '#lib/room/lab';
import type { Person } from '#lib/room/person';
import type { BestReplica } from '#lib/runs/best';
import type { EngineName, EngineOffer, MetricsEvent } from '#lib/runs/events';
import type { Frame } from '#lib/runs/frame';
import type { RunPlace, RunRecord, Source } from '#lib/runs/record';
import type { Timeline } from '#lib/runs/timeline';
import type { ParameterKey, Parameters } from '#lib/spec/parameters';
import type { RunSpec } from '#lib/spec/spec';
import type { ManageCommand, ManageReply, RoomFacts, Touch } from '#lib/wire/protocol';

export interface SessionState {
  readonly connection: Connection;
  /** What of one's own changes can be taken back, or brought back. */
  readonly history: HistoryState;
  /** Edits of this client that are not on the server's disk yet. */
  readonly unsaved: number;
  /** null until joined (as a participant or as a watcher). */
  readonly me: Person | null;
  readonly people: readonly Person[];
  /** Another who has the knobs: until they give them back, controls are not for this person's hands. */
  readonly handsOff: PersonId | null;
  /** This browser's key to the room, where it has it. */
  readonly ownerKey: string | null;
  /** What everyone may know of the room's settings; null until joined. */
  readonly facts: RoomFacts | null;
  /** When the room would have been deleted, server's clock, where somebody opened it just in time; else null. */
  readonly spared: number | null;
  /** Whose hand is on which control, and the value so far. One's own is not among them. */
  readonly touches: ReadonlyMap<PersonId, Touch>;
  readonly title: string;
  /** In the order shown. */
  readonly agenda: readonly AgendaItem[];
  /** The one that everyone sees; null until the document has arrived. */
  readonly item: AgendaItem | null;
  /** Of the present item, with a drag in progress (one's own or another's) applied. */
  readonly parameters: Parameters;
  /** What Run would start. */
  readonly spec: RunSpec;
  readonly specHash: string;
  readonly run: RunView | null;
  /** The engine behind "the server"; null until joined. */
  readonly serverEngine: EngineName | null;
  /** Its pace, as `browserPace`. */
  readonly serverPace: number | null;
  /** Engines that can be asked for there by name; none until joined. */
  readonly serverOffers: readonly EngineOffer[];
  /** The one that was, for the runs that this person starts; null: the one that the server chooses. */
  readonly serverChoice: string | null;
  /** The engine behind "this browser". */
  readonly browserEngine: EngineName;
  /** Its vector instructions a second (lib/engine/work); null until it was measured, and where that tells no time. */
  readonly browserPace: number | null;
  /** Engines that can be asked for here by name; none until its workers have said so. */
  readonly browserOffers: readonly EngineOffer[];
  /** The one that was; null: the fastest. */
  readonly browserChoice: string | null;
  /** Add to Date.now() for the server's clock, ms. */
  readonly clockOffset: number;
  /** This device's copy of the document with edits that could not be merged any more, until dismissed: to be downloaded as JSON. */
  readonly leftBehind: object | null;
  /** The last thing that was refused, until dismissed or something succeeds. */
  readonly problem: Refusal | null;
}

export type Connection =
  /** Reading along before joining, too. */
  | { readonly phase: 'connecting' }
  | { readonly phase: 'live' }
  /** Gone since (Date.now(), ms); tries again by itself at `nextAt`, or is trying now (null). */
  | { readonly phase: 'reconnecting'; readonly since: number; readonly nextAt: number | null }
  /** Final: the room does not exist, is full, or this page is too old. */
  | { readonly phase: 'refused'; readonly refusal: Refusal };

/** The room's run as this client sees it. */
export interface RunView {
  readonly record: RunRecord;
  /** True when it is trained in this tab. */
  readonly mine: boolean;
  readonly metrics: readonly MetricsEvent[];
  /** Kept frames of the replica shown while training: tensors W [cells, n, m] and b [cells, n], one instance per cell. */
  readonly timeline: Timeline<Frame>;
  /** The newest frame of the same instances, kept or not. */
  readonly latest: Frame | null;
  /** Once finished: per cell which replica is best, and the kept frames of the best ones, in the same form. */
  readonly best: readonly BestReplica[] | null;
  readonly bestTimeline: Timeline<Frame> | null;
}

export interface SessionActions {
  /** Take a seat under this name and colour, or just watch. Resolves when the server has answered. */
  readonly join: (name: string, colour: number, seat: boolean) => Promise<void>;
  /** A drag in progress: seen by the others, not written. */
  readonly drag: (parameter: ParameterKey, value: number | string) => void;
  /** Released: written to the document. */
  readonly set: (values: Partial<Parameters>) => void;
  /** The room's title and agenda: written at once, for everyone. */
  readonly edit: (edit: LabEdit) => void;
  /** From the owner: who may do what. null where it was refused, which `problem` tells. */
  readonly manage: (command: ManageCommand) => Promise<ManageReply | null>;
  /** Let go without a change. */
  readonly letGo: () => void;
  /** Starts a run of `spec`, with the weights of `source` where there is one; or lets a paused one that is not stale go on. */
  readonly run: (place: RunPlace, source: Source | null) => Promise<void>;
  /** Changes the run that is being trained to the present parameters, where that is possible without beginning anew. */
  readonly change: () => Promise<void>;
  /** From its next run on, this browser trains on the engine of that name; null: on the fastest. */
  readonly chooseEngine: (name: string | null) => void;
  /** The same of the server, for runs that are started from here. */
  readonly chooseServerEngine: (name: string | null) => void;
  /** Goes on with a run whose trainer is gone, from its last checkpoint. */
  readonly goOn: (place: RunPlace) => Promise<void>;
  readonly pause: () => Promise<void>;
  /** One optimisation step: of the paused run, else of a new one that stands at step 0. */
  readonly step: (place: RunPlace) => Promise<void>;
  /** A new run of the same seed that stands at step 0. */
  readonly reset: (place: RunPlace) => Promise<void>;
  /** Writes a new seed and runs it. */
  readonly newSeed: (place: RunPlace) => Promise<void>;
  /** Takes back one's own last change, and nobody else's. */
  readonly undo: () => void;
  readonly redo: () => void;
  /** Tries to reach the server now. */
  readonly reconnect: () => void;
  readonly dismiss: () => void;
  /** What was left behind is downloaded, or not wanted. */
  readonly dismissLeftBehind: () => void;
  readonly close: () => void;
}
