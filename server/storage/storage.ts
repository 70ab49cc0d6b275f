/** The seam of persistence: updates go in as bytes and come back as bytes; nobody here knows what is in a document. */
import type { RoomId, RunId } from '#lib/base/id';
import type { LinkId } from '#lib/link/link';
import type { Access } from '#lib/room/access';
import type { MetricsEvent } from '#lib/runs/events';
import type { Remarks } from '#lib/runs/kept';
import type { RunRecord } from '#lib/runs/record';
import type { DocumentName } from '#lib/wire/protocol';

export interface Storage {
  /** A new room with the first update of its document `lab`. Durable when resolved. Rejects when the id is taken. */
  createRoom(room: RoomId, seed: Uint8Array, access: Access): Promise<void>;
  /** undefined: there is no such room. */
  loadRoom(room: RoomId): Promise<StoredRoom | undefined>;
  /**
   * One more update of one of the room's documents; resolves to its position, which all documents of a room count together, once
   * it is on disk. Updates of one room keep the order in which they were given.
   */
  append(room: RoomId, document: DocumentName, update: Uint8Array): Promise<number>;
  /** Replaces a document's updates up to and with position `through`, one of its own, by one that says the same, in one transaction. */
  compact(room: RoomId, document: DocumentName, through: number, update: Uint8Array): Promise<void>;
  /**
   * Replaces all updates of `lab` by one that begins it anew, in one transaction; resolves to its epoch, which no earlier renewal had, not even one that a restored backup knows nothing of.
   * What was written to the document before it can no longer be merged.
   */
  renew(room: RoomId, update: Uint8Array): Promise<number>;
  saveAccess(room: RoomId, access: Access): Promise<void>;
  /** The room and everything of it. One that is not there is no error. */
  deleteRoom(room: RoomId): Promise<void>;
  /**
   * One of the room's runs, new or as it stands now, in one transaction. With a new one, the checkpoints of the others are forgotten, and
   * what is beyond `KEPT_LIMITS`: records first the oldest, timelines too, and neither of a pinned run.
   */
  saveRun(change: RunChange): Promise<void>;
  /** The room's runs, newest first. */
  listRuns(room: RoomId): Promise<readonly StoredLine[]>;
  /** undefined: the room has no such run. Of one that is not the newest there are no checkpoints. */
  loadRun(room: RoomId, run: RunId): Promise<StoredRun | undefined>;
  remarkRun(room: RoomId, run: RunId, remarks: Remarks): Promise<void>;
  /** With everything of it. One that is not there is no error. */
  deleteRun(room: RoomId, run: RunId): Promise<void>;
  /** Rooms whose newest run was being trained, or held still, by this server when it was last saved. */
  roomsTrainedHere(): Promise<readonly RoomId[]>;
  /** Somebody opened the room, at this moment of the server's clock, ms since 1970. */
  markUsed(room: RoomId, at: number): Promise<void>;
  /**
   * Where nobody has opened any room since `since`, there was no server: whatever it was before, every room counts as opened at
   * `at` or later.
   */
  forgiveAbsence(since: number, at: number): Promise<void>;
  /** Rooms that nobody has opened since, longest first. */
  roomsIdleSince(before: number): Promise<readonly RoomId[]>;
  /** False: there is one of this id already, and it stays as it is. Of an earlier link that it supersedes, that is written with it. */
  saveLink(link: StoredLink, supersedes: LinkId | null): Promise<boolean>;
  /** undefined: there is no such link. */
  loadLink(link: LinkId): Promise<StoredLink | undefined>;
  /** What was made in a room, newest first, without their bytes. */
  listLinks(room: RoomId): Promise<readonly LinkLine[]>;
  supersedeLink(link: LinkId, by: LinkId): Promise<void>;
  /** One that is not there is no error. */
  deleteLink(link: LinkId): Promise<void>;
  /** Resolves when everything given so far is on disk. */
  close(): Promise<void>;
}

/** What the server knows of a link beside its bytes. */
export interface LinkLine {
  readonly id: LinkId;
  readonly title: string;
  /** ms since 1970 */
  readonly madeAt: number;
  readonly supersededBy: LinkId | null;
}

export interface StoredLink extends LinkLine {
  /** The room in which it was made, which may be gone; null: it was imported. */
  readonly room: RoomId | null;
  /** Hash of the key of who made it. */
  readonly ownerKey: string;
  /** Its canonical JSON. */
  readonly bytes: Uint8Array;
}

export interface StoredRoom {
  readonly documents: Readonly<Record<DocumentName, StoredDocument>>;
  readonly run: StoredRun | undefined;
  readonly access: Access;
  /** Which beginning of `lab` this is, from 1. */
  readonly epoch: number;
  /** ms since 1970: when it was last marked as used. */
  readonly usedAt: number;
}

export interface StoredDocument {
  /** Oldest first. */
  readonly updates: readonly Uint8Array[];
  /** Position of the last update; 0: there is none. */
  readonly last: number;
}

export interface StoredRun {
  readonly record: RunRecord;
  readonly metrics: readonly MetricsEvent[];
  /** Encoded frames (lib/runs/frame), oldest first. */
  readonly frames: readonly Uint8Array[];
  /** Encoded checkpoints (lib/runs/checkpoint-pack), newest first, at most `CHECKPOINTS_KEPT`. */
  readonly checkpoints: readonly Uint8Array[];
}

/** One of a room's runs, as a list of them shows it. */
export interface StoredLine extends Remarks {
  readonly record: RunRecord;
  /** An encoded frame; null: there is none. */
  readonly picture: Uint8Array | null;
}

/** What a run has become since it was last saved. */
export interface RunChange {
  readonly record: RunRecord;
  readonly metrics: readonly MetricsEvent[];
  /** Steps whose frames are no longer kept. */
  readonly dropped: readonly number[];
  /** Frames that are kept now; one of the same step is replaced. */
  readonly added: readonly Snapshot[];
  readonly checkpoint: Snapshot | null;
  /** Its last frame for the list of runs, encoded; null: none yet, or none any more. */
  readonly picture: Uint8Array | null;
}

/** Encoded, of one step. */
export interface Snapshot {
  readonly step: number;
  readonly bytes: Uint8Array;
}

/** Should the newest be damaged, there is another. */
export const CHECKPOINTS_KEPT = 2;
