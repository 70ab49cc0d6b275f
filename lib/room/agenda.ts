/**
 * Changes of the document `lab` beyond its parameters: the room's title and its agenda of experiments. Each is one transaction.
 * What another has changed meanwhile is no error: an edit of an item that is gone does nothing.
 */
import * as Y from 'yjs';
import { checkParameter, isParameterKey } from '#lib/spec/parameters';
import { agendaOf, currentItem, LAB_SCHEMA, labOf, readLab, type AgendaItem, type LabView } from './lab.ts';
import { LAB_LIMITS } from './limits.ts';

export type LabEdit =
  | { readonly type: 'title'; readonly title: string }
  /** A new item, or one that was removed, at its position. Everyone then sees it. */
  | { readonly type: 'add'; readonly item: AgendaItem }
  /** Never the last one. */
  | { readonly type: 'remove'; readonly item: string }
  /** To a place from 0 in the order shown. */
  | { readonly type: 'move'; readonly item: string; readonly to: number }
  /** Everyone then sees it. */
  | { readonly type: 'select'; readonly item: string }
  /** Its name; an empty one gives it back the experiment's own. */
  | { readonly type: 'label'; readonly item: string; readonly label: string };

export function editLab(doc: Y.Doc, edit: LabEdit, origin: unknown): void {
  const view = readLab(doc);
  if (view === undefined) return;
  doc.transact(() => {
    apply(doc, view, edit);
  }, origin);
}

function apply(doc: Y.Doc, view: LabView, edit: LabEdit): void {
  switch (edit.type) {
    case 'title': {
      const title = cleanText(edit.title, LAB_LIMITS.title);
      if (title !== '' && title !== view.title) labOf(doc).set('title', title);
      return;
    }
    case 'add':
      addItem(doc, view, edit.item);
      return;
    case 'remove':
      removeItem(doc, view, edit.item);
      return;
    case 'move':
      moveItem(doc, view, edit.item, edit.to);
      return;
    case 'select':
      select(doc, view, edit.item);
      return;
    case 'label':
      heldItem(doc, edit.item)?.set('label', cleanText(edit.label, LAB_LIMITS.label));
  }
}

/** Fills a new room's document with the values of another's: nothing of its history, nor of its people. By the server, once. */
export function copyLab(doc: Y.Doc, view: LabView, origin: unknown): void {
  doc.transact(() => {
    labOf(doc).set('schema', LAB_SCHEMA);
    labOf(doc).set('title', cleanText(view.title, LAB_LIMITS.title));
    labOf(doc).set('current', view.current);
    for (const item of view.agenda.slice(0, LAB_LIMITS.agenda)) putItem(doc, item);
  }, origin);
}

function addItem(doc: Y.Doc, view: LabView, item: AgendaItem): void {
  if (view.agenda.length >= LAB_LIMITS.agenda || view.agenda.some(({ id }) => id === item.id)) return;
  putItem(doc, item);
  labOf(doc).set('current', item.id);
}

function putItem(doc: Y.Doc, { id, experiment, label, position, set }: AgendaItem): void {
  const item = new Y.Map<unknown>();
  item.set('experiment', experiment);
  item.set('label', cleanText(label, LAB_LIMITS.label));
  item.set('position', position);
  const known = Object.entries(set).filter(([key, value]) => isParameterKey(key) && checkParameter(key, value).ok);
  item.set('parameters', new Y.Map(known));
  agendaOf(doc).set(id, item);
}

/** Where it was shown, its neighbour is: the one after it, or the one before where it was the last. */
function removeItem(doc: Y.Doc, view: LabView, id: string): void {
  const place = view.agenda.findIndex((item) => item.id === id);
  const neighbour = view.agenda[place + 1] ?? view.agenda[place - 1];
  if (place < 0 || neighbour === undefined) return;
  if (currentItem(view)?.id === id) labOf(doc).set('current', neighbour.id);
  agendaOf(doc).delete(id);
}

/** Writes the positions that differ: two who added at the same moment share one. */
function moveItem(doc: Y.Doc, view: LabView, id: string, to: number): void {
  const moved = view.agenda.find((item) => item.id === id);
  if (moved === undefined) return;
  const order = view.agenda.filter((item) => item !== moved);
  order.splice(Math.max(0, to), 0, moved);
  order.forEach((item, position) => {
    if (item.position !== position) heldItem(doc, item.id)?.set('position', position);
  });
}

function select(doc: Y.Doc, view: LabView, id: string): void {
  if (view.current !== id && view.agenda.some((item) => item.id === id)) labOf(doc).set('current', id);
}

function heldItem(doc: Y.Doc, id: string): Y.Map<unknown> | undefined {
  const item = agendaOf(doc).get(id);
  return item instanceof Y.Map ? item : undefined;
}

/** One line without control or invisible formatting characters, of at most `length` characters. */
const cleanText = (text: string, length: number): string => {
  const line = text.normalize('NFC').replace(/[\p{C}\s]+/gu, ' ');
  return Array.from(line.trim()).slice(0, length).join('').trim();
};
