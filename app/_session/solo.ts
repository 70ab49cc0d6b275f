/**
 * An experiment for one person alone: parameters and runs in this tab's memory, no room and no server. To the interface it is a
 * session; what stands in the room's place never changes.
 */
import type { PersonId } from '#lib/base/id';
import type { RemoteTrainer } from '#lib/engine/remote';
import { experimentOf } from '#lib/experiments/index';
import type { Solo } from '#lib/experiments/solo';
import type { Link } from '#lib/link/link';
import { authorIdOf, threadsOf } from '#lib/link/notes';
import { openLink } from '#lib/link/open';
import type { Author } from '#lib/room/author';
import { FIRST_ITEM, type AgendaItem, type LabView } from '#lib/room/lab';
import { PERSON_COLOURS, type Person } from '#lib/room/person';
import { isSweep } from '#lib/spec/tiles';
import { engineChoice, rememberEngineChoice } from './memory.ts';
import type { NotesState } from './notes.ts';
import { NO_NOTES } from './notes.ts';
import type { OwnTrainingDependencies } from './own-training.ts';
import { newRunView } from './run-view.ts';
import type { Session } from './session.ts';
import type { RunView } from './state.ts';
import { stillNotes, stillSession } from './still.ts';
import { createTry, type Try } from './try-mine.ts';

export interface SoloDependencies {
  readonly solo: Solo;
  /** What it begins with; null: with the experiment alone. */
  readonly link: Link | null;
  readonly name: string;
  readonly trainer: RemoteTrainer;
  readonly host: OwnTrainingDependencies['host'];
  /** ms since 1970 */
  readonly now: () => number;
  /** [0, 1): for new seeds only */
  readonly random: () => number;
}

export interface SoloSession {
  /** In the room's place: it stands still. */
  readonly room: Session;
  readonly view: Try;
}

export function createSolo({ solo, link, name, trainer, ...rest }: SoloDependencies): SoloSession {
  const lab = labOf(solo, link);
  const [item] = lab.agenda;
  const still = stillSession(lab);
  const choosing = {
    ...still,
    actions: {
      ...still.actions,
      chooseEngine: (browserChoice: string | null) => {
        rememberEngineChoice(browserChoice);
        still.store.setState({ browserChoice });
      },
    },
  };
  const room = link === null ? choosing : { ...choosing, notes: stillNotes(notesOf(link)) };
  const me: Person = { id: '' as PersonId, name, colour: 0, role: 'viewer', seated: true };
  room.store.setState({ connection: { phase: 'live' }, me, people: [me], browserEngine: trainer.engine });
  room.store.setState({ browserChoice: engineChoice() });
  trainer.onIntroduction(({ engine, workPerSecond, offers }) => {
    room.store.setState({ browserEngine: engine, browserPace: workPerSecond, browserOffers: offers });
  });
  return { room, view: createTry({ room, item, from: link === null ? null : viewOf(link), trainer, ...rest }) };
}

/** Before the page is alive, and until a link has arrived. */
export function stillSolo(solo: Solo): Pick<SoloSession, 'room'> & { readonly view: Session } {
  const lab = labOf(solo, null);
  return { room: stillSession(lab), view: stillSession(lab) };
}

type SoloLab = LabView & { readonly agenda: readonly [AgendaItem] };

function labOf({ experiment, parameters }: Solo, link: Link | null): SoloLab {
  const id = link?.item ?? FIRST_ITEM;
  const title = link?.title ?? experimentOf(experiment)?.title ?? '';
  return {
    schema: 1,
    title,
    current: id,
    agenda: [{ id, experiment, label: '', position: 0, set: parameters }],
  };
}

function viewOf(link: Link): RunView {
  const { record, metrics, timeline } = openLink(link);
  const view = newRunView(record, false, metrics);
  const bestTimeline = isSweep(link.spec) ? null : timeline;
  return { ...view, timeline, latest: timeline.entries.at(-1)?.frame ?? null, bestTimeline };
}

/** To be read: nobody writes into a link. */
function notesOf({ notes }: Link): NotesState {
  const names = notes.flatMap((note) => [note, ...note.replies].map(({ author }) => author));
  const authors = new Map<PersonId, Author>(
    [...new Set(names)].map((name, k) => [
      authorIdOf(name),
      { name: name ?? 'Someone', colour: k % PERSON_COLOURS.length },
    ]),
  );
  return { ...NO_NOTES, threads: threadsOf(notes), authors };
}
