/**
 * The document `lab`: what a room works on. Owner and editors write it; everyone reads it.
 *
 *   lab: Y.Map  { schema: 1, title: string, current: item id }
 *   agenda: Y.Map  { [item id]: Y.Map { experiment: string, label?: string, position: number, parameters: Y.Map { [parameter]: number | string } } }
 *
 * Only released values are written: a Y.Map key costs about nine bytes a set, for ever. A drag in progress is presence.
 * The server seeds the document once; a client never does, so that nothing doubles.
 */
import * as Y from 'yjs';
import { isParameterKey, type Parameters } from '#lib/spec/parameters';

export const LAB_SCHEMA = 1;

export interface LabView {
  readonly schema: number;
  readonly title: string;
  readonly current: string;
  readonly agenda: readonly AgendaItem[];
}

/** One experiment of the room's agenda. */
export interface AgendaItem {
  readonly id: string;
  readonly experiment: string;
  /** Its name here; empty: the experiment's own. */
  readonly label: string;
  readonly position: number;
  /** As it stands in the document: no value of it is checked, and some of it may be missing. */
  readonly set: Readonly<Record<string, unknown>>;
}

/** Everything that a document of this room may hold at the top. */
export const labOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap('lab');
export const agendaOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap('agenda');

export interface Seed {
  readonly title: string;
  readonly experiment: string;
  readonly parameters: Parameters;
}

/** Id of the first experiment of every room. */
export const FIRST_ITEM = 'first';

/** Fills a new room's document. By the server, once. */
export function seedLab(doc: Y.Doc, seed: Seed, origin: unknown): void {
  doc.transact(() => {
    labOf(doc).set('schema', LAB_SCHEMA);
    labOf(doc).set('title', seed.title);
    labOf(doc).set('current', FIRST_ITEM);
    const item = new Y.Map<unknown>();
    item.set('experiment', seed.experiment);
    item.set('position', 0);
    item.set('parameters', new Y.Map(Object.entries(seed.parameters)));
    agendaOf(doc).set(FIRST_ITEM, item);
  }, origin);
}

/** The document as values, or undefined while it has not arrived yet. */
export function readLab(doc: Y.Doc): LabView | undefined {
  // It arrives whole: the server fills it in one transaction.
  if (labOf(doc).size + agendaOf(doc).size === 0) return undefined;
  const { schema, title, current } = labOf(doc).toJSON();
  // Whoever may write the document may write anything: what is no item is passed over.
  const items = [...agendaOf(doc).entries()].flatMap(([id, item]) =>
    item instanceof Y.Map ? [readItem(id, item)] : [],
  );
  return {
    schema: typeof schema === 'number' ? schema : 1,
    title: typeof title === 'string' ? title : '',
    current: typeof current === 'string' ? current : '',
    agenda: items.sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1)),
  };
}

function readItem(id: string, item: Y.Map<unknown>): AgendaItem {
  const { experiment, label, position, parameters } = item.toJSON();
  return {
    id,
    experiment: typeof experiment === 'string' ? experiment : '',
    label: typeof label === 'string' ? label : '',
    position: typeof position === 'number' ? position : 0,
    set: typeof parameters === 'object' && parameters !== null ? knownOf(parameters as object) : {},
  };
}

/** Values that a parameter could have, in range or not; Yjs also carries bytes and big integers, which JSON does not know. */
const knownOf = (parameters: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(parameters).filter(
      ([key, value]) => isParameterKey(key) && (typeof value === 'number' || typeof value === 'string'),
    ),
  );

/** The first where the current one is gone: two may have removed and selected it at the same moment. */
export const currentItem = (view: LabView): AgendaItem | undefined =>
  view.agenda.find((item) => item.id === view.current) ?? view.agenda[0];

/** Writes released values as one change. Unknown items are left alone: another may just have removed one. */
export function setParameters(doc: Y.Doc, item: string, values: Readonly<Partial<Parameters>>, origin: unknown): void {
  const held = agendaOf(doc).get(item);
  const parameters: unknown = held instanceof Y.Map ? held.get('parameters') : undefined;
  if (!(parameters instanceof Y.Map)) return;
  doc.transact(() => {
    for (const [key, value] of Object.entries(values))
      if (isParameterKey(key) && parameters.get(key) !== value) parameters.set(key, value);
  }, origin);
}

/** Calls back after every change of the document. Returns the function that ends it. */
export function observeLab(doc: Y.Doc, changed: () => void): () => void {
  doc.on('update', changed);
  return () => {
    doc.off('update', changed);
  };
}
