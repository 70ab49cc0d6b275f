/** Undo and redo of one's own changes of the document `lab`; nobody else's is ever taken back. */
import * as Y from 'yjs';
import { agendaOf, labOf } from './lab.ts';

export interface History {
  readonly undo: () => void;
  readonly redo: () => void;
  readonly close: () => void;
}

/** What can be taken back, and what brought back, now. */
export interface HistoryState {
  readonly undo: boolean;
  readonly redo: boolean;
}

/** Changes that can be taken back: of an afternoon, not of a term. */
const DEPTH = 100;

/** Follows the changes of `origin`, each of them one step. */
export function createHistory(doc: Y.Doc, origin: object, changed: (state: HistoryState) => void): History {
  const manager = new Y.UndoManager([labOf(doc), agendaOf(doc)], {
    trackedOrigins: new Set([origin]),
    // With yjs's own half second, a step could reach over what another wrote in between.
    captureTimeout: 0,
  });
  const tell = (): void => {
    manager.undoStack.splice(0, manager.undoStack.length - DEPTH);
    changed({ undo: manager.canUndo(), redo: manager.canRedo() });
  };
  manager.on('stack-item-added', tell);
  manager.on('stack-item-popped', tell);
  manager.on('stack-cleared', tell);
  return {
    undo: () => void manager.undo(),
    redo: () => void manager.redo(),
    close: () => {
      manager.destroy();
    },
  };
}
