/**
 * This client's copy of the document `lab`, through the room's beginnings. A copy of another beginning cannot be merged, and edits
 * that a role no longer allows never arrive: the copy goes, the room's comes, and what was written beyond it is offered as a file.
 */
import type { Refusal } from '#lib/base/result';
import type { HistoryState } from '#lib/room/history';
import { readLab, type LabView } from '#lib/room/lab';
import { CLOSE } from '#lib/wire/protocol';
import { createLabDocument, type DocumentAddress, type LabDocument } from './document.ts';
import { takeLocalCopy } from './local-copy.ts';
import { rememberLeftBehind, rememberUnsent, unsentOf } from './memory.ts';

export interface LabCopy {
  /** The present one: another after a new beginning. */
  readonly lab: () => LabDocument;
  /** Joins the document's present beginning, `epoch`. `keep`: a copy is kept on this device. */
  readonly open: (ticket: string, epoch: number, keep: boolean) => Promise<void>;
  /** A ticket lasts some minutes, and as long as one's role; `code` is one of `CLOSE`'s 44xx, of this document or another. */
  readonly closed: (code: number) => void;
  /** `leftBehind` is not in the room and never will be. */
  readonly offerAsFile: (leftBehind: object) => void;
}

export interface LabCopyDependencies {
  readonly address: DocumentAddress;
  /** [0, 1): for jitter */
  readonly random: () => number;
  readonly changed: () => void;
  /** Edits that are not on the server's disk yet. */
  readonly unsaved: (count: number) => void;
  readonly history: (history: HistoryState) => void;
  readonly leftBehind: (leftBehind: object) => void;
  readonly refused: (problem: Refusal) => void;
  /** Joining again gives another ticket. */
  readonly enter: () => void;
}

const EDITS_REFUSED: Refusal = {
  code: 'forbidden',
  message:
    'Your role has changed: your last edits came too late and are not in the room. What is shown is what all see.',
};

const EDITS_STOPPED: Refusal = {
  code: 'unavailable',
  message: 'The server no longer takes edits from this page. Reload it to go on; what was saved is safe.',
};

export function createLabCopy(dependencies: LabCopyDependencies): LabCopy {
  const { address, random, changed, leftBehind, refused, enter } = dependencies;
  const { room } = address;
  let unsaved = 0;

  function begin(): LabDocument {
    return createLabDocument(address, { changed, unsaved: count, history: dependencies.history, closed }, random);
  }
  let lab = begin();

  function count(edits: number): void {
    unsaved = edits;
    rememberUnsent(room, edits > 0 ? lab.epoch() : null);
    dependencies.unsaved(edits);
  }

  function closed(code: number): void {
    if (code === CLOSE.ticket || code === CLOSE.epoch) enter();
    else if (code === CLOSE.forbidden) startAfresh();
    else refused(EDITS_STOPPED);
  }

  function startAfresh(): void {
    keepUnsaved();
    replace();
    refused(EDITS_REFUSED);
    enter();
  }

  function replace(): void {
    lab.close(true);
    lab = begin();
    count(0);
    dependencies.history({ undo: false, redo: false });
  }

  function keepUnsaved(): void {
    if (unsaved > 0) keepLeftBehind(readLab(lab.doc));
  }

  function keepLeftBehind(view: LabView | undefined): void {
    rememberUnsent(room, null);
    if (view !== undefined) offerAsFile(view);
  }

  function offerAsFile(written: object): void {
    rememberLeftBehind(room, written);
    leftBehind(written);
  }

  return {
    lab: () => lab,
    async open(ticket, epoch, keep) {
      if (lab.epoch() !== null && lab.epoch() !== epoch) {
        keepUnsaved();
        replace();
      }
      const unsent = unsentOf(room);
      // Written before this page was loaded.
      if (unsent !== null && unsent !== epoch) keepLeftBehind(await takeLocalCopy(room, unsent));
      await lab.connect(ticket, epoch, keep);
    },
    closed,
    offerAsFile,
  };
}
