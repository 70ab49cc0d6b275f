/**
 * What crosses Socket.IO between a client and the server of a room. The rules, numbered, are in PROTOCOL.md beside this file.
 * Reliable events are ordered and answered; `frame` is volatile unless it is kept; `touch` is volatile.
 */
import type { Id, PersonId, RoomId, RunId } from '#lib/base/id';
import type { Result } from '#lib/base/result';
import type { Access, AccessCommand, Invite } from '#lib/room/access';
import type { CompanyCommand, Guide, Look, LookFigure, RaisedHand, Seen } from '#lib/room/company';
import type { ControlAction } from '#lib/room/decide';
import type { Person } from '#lib/room/person';
import type { Role } from '#lib/room/roles';
import type { Tried, TriedDetail } from '#lib/room/tried';
import type { KeptRun } from '#lib/runs/kept';
import type { EngineName, EngineOffer, MetricsEvent, RunEvent } from '#lib/runs/events';
import type { Part } from '#lib/runs/parts';
import type { RunPlace, RunRecord, Source } from '#lib/runs/record';
import type { ParameterKey } from '#lib/spec/parameters';
import type { SpecChange } from '#lib/spec/change';
import type { RunSpec } from '#lib/spec/spec';

/** Grows when a client of the version before could misunderstand a message. */
export const PROTOCOL_VERSION = 1;

/** Paths on the one port. */
export const SOCKET_PATH = '/live';
/** The Yjs endpoint: /docs/<room>/<document>?ticket=… */
export const DOCUMENT_PATH = '/docs';

/** Inside the server, on the request for a room's page: the room's `LabView` as JSON, URI-encoded. */
export const ROOM_HEADER = 'x-polytope-room';
/** Inside the server, on the request for a link's page: what is drawn of it at once (`lib/link/glance`), as JSON, URI-encoded. */
export const LINK_HEADER = 'x-polytope-link';
/** Inside the server, on the request for any page: the program's commit. */
export const COMMIT_HEADER = 'x-polytope-commit';
/** Inside the server, on the request for any page: the nonce of its inline scripts. */
export const NONCE_HEADER = 'x-nonce';

/** The documents of a room. */
export const DOCUMENTS = ['lab', 'notes'] as const;
export type DocumentName = (typeof DOCUMENTS)[number];

/** Message types on the Yjs endpoint beside y-protocols' own 0 (sync) and 1 (awareness, unused). */
export const DOCUMENT_MESSAGE = {
  sync: 0,
  awareness: 1,
  /** server → client, varuint: how many of this connection's SyncStep2 and Update messages are on disk. */
  durable: 64,
} as const;

/** Close codes of both endpoints. 44xx is final for this attempt, 45xx means try again later. */
export const CLOSE = {
  ticket: 4401,
  forbidden: 4403,
  missing: 4404,
  full: 4409,
  epoch: 4410,
  invalid: 4422,
  reload: 4426,
  draining: 4503,
} as const;

type Ack<T> = (answer: Result<T>) => void;

export interface ClientToServer {
  join: (request: JoinRequest, ack: Ack<JoinReply>) => void;
  /** Change one's own name and colour. */
  rename: (request: { name: string; colour: number }, ack: Ack<null>) => void;
  /** Volatile: one's hand on a control, with the value so far; null when it is let go. */
  touch: (touch: Touch | null) => void;
  /** Where one looks, and whom one follows. */
  look: (request: LookRequest, ack: Ack<null>) => void;
  /** Volatile: one's cursor on a figure, 12 bytes (lib/room/cursor). */
  point: (bytes: Uint8Array) => void;
  /** The lead, the knobs, hands. */
  company: (command: CompanyCommand, ack: Ack<null>) => void;
  /** Puts before the room what one has tried alone. */
  show: (request: ShowRequest, ack: Ack<null>) => void;
  /** Takes away what a person shows. */
  putAway: (request: { person: PersonId }, ack: Ack<null>) => void;
  /** What a person shows, in full. */
  tried: (request: { person: PersonId; run: RunId }, ack: Ack<TriedDetail>) => void;
  /** From the owner: who may do what, and the room's end. */
  manage: (command: ManageCommand, ack: Ack<ManageReply>) => void;
  start: (request: StartRequest, ack: Ack<StartReply>) => void;
  control: (request: { run: RunId; action: ControlAction }, ack: Ack<null>) => void;
  /** Change the run's data or learning rate while it trains. */
  amend: (request: { run: RunId; change: SpecChange }, ack: Ack<null>) => void;
  /** Go on with the run whose trainer is gone, from its last checkpoint. */
  continue: (request: { run: RunId; place: RunPlace }, ack: Ack<ContinueReply>) => void;
  /** To who goes on: a part of the checkpoint, from `offset` on (lib/runs/checkpoint-pack). */
  checkpointPart: (request: CheckpointPartRequest, ack: Ack<Part>) => void;
  /** From the trainer: the next part of a checkpoint. */
  checkpoint: (request: CheckpointRequest, ack: Ack<null>) => void;
  /** From the trainer: every event of its run but frames and checkpoints, in order. */
  publish: (request: PublishRequest, ack: Ack<FrameReply>) => void;
  /** From the trainer: one frame's bytes (lib/runs/frame). */
  frame: (bytes: Uint8Array, ack: Ack<FrameReply>) => void;
  /** What of a run's frames one wishes to be sent. Replaces the subscription before. */
  subscribe: (request: Subscription, ack: Ack<null>) => void;
  /** The kept frames so far, oldest first, cut to the instances, in one piece (lib/runs/frame-pack). */
  timeline: (request: Omit<Subscription, 'maxHz'>, ack: Ack<Uint8Array>) => void;
  /** The runs that the room has had, newest first, and their pictures. */
  history: (request: null, ack: Ack<HistoryReply>) => void;
  /** One of them, in full; its frames come by `timeline`. */
  past: (request: { run: RunId }, ack: Ack<PastRun>) => void;
  curate: (request: CurateRequest, ack: Ack<null>) => void;
  /** Keep a finished run, with notes, as a link. */
  link: (request: LinkRequest, ack: Ack<LinkReply>) => void;
  /** Keep what the room tried and said, as it stands, as a link. */
  recap: (request: RecapRequest, ack: Ack<LinkReply>) => void;
  /** Ask people whether their names may stand in it; the answer has those who have said yes so far. */
  askNames: (request: { people: readonly PersonId[] }, ack: Ack<readonly PersonId[]>) => void;
  /** One's name may, or may not, stand with one's notes in links made here. */
  lendName: (request: { allowed: boolean }, ack: Ack<null>) => void;
  /** Move the moment that the group looks at together; null: back to live. */
  time: (moment: Moment | null, ack: Ack<null>) => void;
  /** The server's clock, ms since 1970. */
  clock: (ack: (now: number) => void) => void;
}

export interface ServerToClient {
  people: (people: readonly Person[]) => void;
  /** What one may do has changed: oneself as one is now, and a ticket for it. */
  you: (me: Person, ticket: string) => void;
  facts: (facts: RoomFacts) => void;
  /** Engines of the server by name, where they become known after one joined, or change. */
  serverOffers: (offers: readonly EngineOffer[]) => void;
  /** The room was deleted. */
  gone: () => void;
  /** Someone's hand on a control, or its end. Volatile. */
  touched: (person: PersonId, touch: Touch | null) => void;
  /** Of some: where they look and whom they follow; null: they have left. */
  looks: (changes: readonly (readonly [PersonId, Seen | null])[]) => void;
  /** Volatile: cursors on what one looks at, 28 bytes each (lib/room/cursor). */
  cursors: (bytes: Uint8Array) => void;
  /** Who leads, and who has the knobs. */
  guide: (guide: Guide) => void;
  /** Of some: the hand that is up; null: it is down. */
  hands: (changes: readonly (readonly [PersonId, RaisedHand | null])[]) => void;
  /** All that is shown, the newest first. */
  tries: (tries: readonly Tried[]) => void;
  /** The room's run: a new one, or a new status of the same. */
  run: (record: RunRecord) => void;
  metrics: (run: RunId, event: MetricsEvent) => void;
  frame: (bytes: Uint8Array) => void;
  /** To the trainer: how far it may go. */
  target: (run: RunId, lease: number, target: number | 'stop') => void;
  /** To the trainer: make this change at the step reached, and publish `amended`. */
  amend: (run: RunId, lease: number, change: SpecChange) => void;
  /** A run in the room's list: new, or as it is now, with its picture (an encoded frame). */
  kept: (run: KeptRun, picture: Uint8Array | null) => void;
  /** It is no longer in the list. */
  forgotten: (run: RunId) => void;
  /** Someone makes a link with one's notes in it, and asks whether one's name may stand there. */
  nameAsked: (by: string) => void;
  /** Everyone whose name may. */
  lent: (people: readonly PersonId[]) => void;
  /** The moment that the group looks at together, and whose hand is on it; null: there is none. */
  time: (time: GroupTime | null) => void;
  /** The server is about to restart: reconnect by yourself. */
  draining: () => void;
}

export interface JoinRequest {
  readonly protocol: number;
  readonly room: RoomId;
  readonly name: string;
  readonly colour: number;
  /** false: just watch */
  readonly seat: boolean;
  /** Owner's key and invites of this browser: what they give, at best, is what one may do. */
  readonly keys?: readonly string[] | undefined;
  /** A trainer that lost its connection goes on with its run. */
  readonly holds?: { readonly run: RunId; readonly lease: number } | undefined;
}

export interface JoinReply {
  readonly me: Person;
  /** For each key that was shown: the role it gives; null: it has expired, or was revoked. */
  readonly keys: readonly (Role | null)[];
  readonly facts: RoomFacts;
  /** Which beginning of the document this is: what was written to another cannot be merged with it. */
  readonly epoch: number;
  /** Opens the room's documents on the Yjs endpoint, for this connection's role. */
  readonly ticket: string;
  readonly now: number;
  readonly people: readonly Person[];
  readonly company: CompanySnapshot;
  /** The engine behind "the server". */
  readonly server: EngineName;
  /** Its pace in vector instructions a second (`lib/engine/work`); null where it is not known. */
  readonly serverPace: number | null;
  /** Engines that can be asked for there by name. */
  readonly serverOffers: readonly EngineOffer[];
  readonly run: RunSnapshot | null;
  readonly time: GroupTime | null;
  /** When the room would have been deleted, ms since 1970, had it not been opened shortly before; else null. */
  readonly spared: number | null;
}

/** What everyone may know of a room's settings. */
export type RoomFacts = Pick<Access, 'defaultRole' | 'goesOnByItself'>;

export type ManageCommand = AccessCommand | { readonly type: 'look' } | { readonly type: 'delete' };

export interface ManageReply {
  readonly access: AccessView;
  /** Of a new invite: it is told once, and known here by its hash. */
  readonly key: string | null;
}

/** A room's settings as its owner sees them. */
export interface AccessView extends RoomFacts, Pick<Access, 'given'> {
  readonly invites: readonly Omit<Invite, 'key'>[];
}

/** What people do together, as it stands. */
export interface CompanySnapshot {
  readonly guide: Guide;
  readonly hands: readonly (readonly [PersonId, RaisedHand])[];
  readonly looks: readonly (readonly [PersonId, Seen | null])[];
  readonly tries: readonly Tried[];
}

export type ShowRequest = Omit<Tried, 'by' | 'at'> & TriedDetail;

export interface LookRequest {
  /** null: at nothing yet. */
  readonly look: Look | null;
  /** Those whose cursors one wishes to see. */
  readonly figures: readonly LookFigure[];
  /** Where one follows, the other's look counts. */
  readonly follows: PersonId | null;
  /** Others are not told where one looks; a leader is seen all the same. */
  readonly hidden: boolean;
}

/** A run as it stands, for one who comes late. */
export interface RunSnapshot {
  readonly record: RunRecord;
  readonly metrics: readonly MetricsEvent[];
  /** The newest frame, all instances. */
  readonly frame: Uint8Array | null;
  /** True when this connection trains it. */
  readonly held: boolean;
}

export interface Touch {
  /** Id of the agenda's item. */
  readonly item: string;
  readonly parameter: ParameterKey;
  readonly value: number | string;
}

/** A step of one of the room's runs. */
export interface Moment {
  readonly run: RunId;
  readonly step: number;
}

/** Where the group is in time, and who moved it there last. */
export interface GroupTime extends Moment {
  readonly by: Pick<Person, 'id' | 'name' | 'colour'>;
}

export interface StartRequest {
  readonly experiment: string;
  readonly spec: RunSpec;
  readonly place: RunPlace;
  /** true: stands at step 0 and waits */
  readonly paused: boolean;
  /** Begins with the weights of this moment of one of the room's runs; absent: with those of the spec's seed. */
  readonly source?: Source | undefined;
  /** Of the server's offers; absent: the one that it chooses. */
  readonly engine?: string | undefined;
}

export interface StartReply {
  readonly record: RunRecord;
  /** The number to publish under, for a run in this browser. */
  readonly lease: number;
  /** How far it may train. */
  readonly target: number;
  /** Step of the checkpoint to go on from, to be asked for in parts; null: the run begins at step 0 with the weights of its seed. */
  readonly checkpoint: number | null;
}

export type ContinueReply = StartReply;

export interface CheckpointPartRequest {
  readonly run: RunId;
  readonly lease: number;
  readonly step: number;
  readonly offset: number;
}

export interface CheckpointRequest extends Part {
  readonly run: RunId;
  readonly lease: number;
}

export interface HistoryReply {
  /** Newest first. */
  readonly runs: readonly KeptRun[];
  /** Encoded frames in one piece (lib/runs/frame-pack), each naming its run. */
  readonly pictures: Uint8Array;
}

export interface PastRun {
  readonly record: RunRecord;
  readonly metrics: readonly MetricsEvent[];
}

export interface LinkRequest extends FreezeRequest {
  readonly run: RunId;
  /** Id of the agenda's item that is shown: what its notes are anchored in. */
  readonly item: string;
  /** A link (lib/link), of which the numbers are taken: the same run, trained once more on a portable engine; null: as the room has it. */
  readonly again: unknown;
}

/** A room's recap as it stands, as a link of its own. */
export interface RecapRequest extends FreezeRequest {
  /** Ids of runs; those that still train are left out. */
  readonly runs: readonly RunId[];
  /** The notepad comes with it. */
  readonly minutes: boolean;
}

/** What whoever freezes something says of it. */
export interface FreezeRequest {
  readonly title: string;
  /** Names, as they wish to be cited. */
  readonly authors: readonly string[];
  /** One of `LICENCES` (lib/link). */
  readonly licence: string;
  /** Ids of notes; their replies come with them. */
  readonly notes: readonly string[];
  /** One's own name stands with one's own notes. */
  readonly named: boolean;
  /** An earlier link whose place it takes, and its owner's key. */
  readonly supersedes: { readonly link: Id<'link'>; readonly key: string } | null;
}

export interface LinkReply {
  readonly link: Id<'link'>;
  /** Its owner's key, told once. */
  readonly key: string | null;
}

export interface CurateRequest {
  readonly run: RunId;
  readonly change:
    | { readonly type: 'name'; readonly name: string }
    | { readonly type: 'pin'; readonly pinned: boolean }
    | { readonly type: 'delete' };
}

export interface PublishRequest {
  readonly run: RunId;
  readonly lease: number;
  readonly event: PublishedEvent;
}

export type PublishedEvent = Exclude<RunEvent, { type: 'frame' } | { type: 'checkpoint' }>;

export interface FrameReply {
  /** People who watch this run's frames, the trainer not counted. */
  readonly viewers: number;
  /** Frames a second worth sending: 0 when nobody watches. Kept frames are always wanted. */
  readonly maxHz: number;
}

export interface Subscription {
  readonly run: RunId;
  readonly tensors: readonly string[];
  /** Global indices, ascending. */
  readonly instances: readonly number[];
  readonly maxHz: number;
}
