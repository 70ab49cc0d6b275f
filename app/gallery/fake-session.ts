/** A session without a server: everything that a room can be in, chosen by name. For looking at the interface only. */
import { createStore } from 'zustand/vanilla';
import type { Id } from '#lib/base/id';
import type { AgendaItem } from '#lib/room/lab';
import type { Person } from '#lib/room/person';
import { specHash } from '#lib/spec/hash';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { AccessView } from '#lib/wire/protocol';
import type { Session } from '../_session/session.ts';
import type { SessionActions, SessionState } from '../_session/state.ts';
import { stillCompany, stillLinks, stillNotes, stillPastRuns, stillTime } from '../_session/still.ts';
import { fakeCompany } from './fake-company.ts';
import { fakeNotes } from './fake-notes.ts';
import { fakeRuns } from './fake-runs.ts';
import { frozenRun, frozenSpec } from './frozen.ts';

export const SCENES = [
  'finished',
  'empty',
  'joining',
  'training',
  'held',
  'stale',
  'failed',
  'orphaned',
  'lost',
  'missing',
  'view',
  'together',
  'leading',
] as const;
export type Scene = (typeof SCENES)[number];

const person = (name: string, colour: number, role: Person['role'] = 'editor'): Person => ({
  id: name as Id<'person'>,
  name,
  colour,
  role,
  seated: role !== 'viewer',
});

const ME = person('Ada Lovelace', 0, 'owner');
const PEOPLE = [
  ME,
  person('Curious Noether', 1),
  person('Bold Coxeter', 3),
  person('Patient Germain', 5),
  person('Calm Thomson', 2),
  person('Swift Hopper', 7),
  person('Quiet Euler', 6, 'viewer'),
];

const ITEM: AgendaItem = { id: 'first', experiment: 'introduction', label: '', position: 0, set: {} };

const DAY_MS = 86_400_000;
const ACCESS: AccessView = {
  defaultRole: 'commenter',
  goesOnByItself: false,
  given: {},
  invites: [
    { id: 'one', role: 'editor', madeAt: 0, expiresAt: Date.UTC(2030, 0, 1) },
    { id: 'two', role: 'viewer', madeAt: DAY_MS, expiresAt: null },
  ],
};

/** An hour ago: its showing is over. */
const LONG_AGO = 3_600_000;

function calm(now: number): SessionState {
  return {
    connection: { phase: 'live' },
    unsaved: 0,
    me: ME,
    people: PEOPLE,
    handsOff: null,
    facts: ACCESS,
    spared: null,
    leftBehind: null,
    history: { undo: true, redo: false },
    ownerKey: 'AAAAAAAAAAAAAAAAAAAAAA',
    touches: new Map(),
    title: 'Five features, two dimensions',
    agenda: [ITEM, { ...ITEM, id: 'second', label: 'Without sparsity', position: 1 }],
    item: ITEM,
    parameters: DEFAULT_PARAMETERS,
    spec: frozenSpec,
    specHash: specHash(frozenSpec),
    run: frozenRun(now - LONG_AGO, true),
    serverEngine: { name: 'fused-wasm', device: '8 threads · WebAssembly SIMD' },
    serverPace: null,
    serverOffers: [],
    serverChoice: null,
    browserEngine: { name: 'fused-wasm', device: '2 workers · WebAssembly SIMD' },
    browserPace: null,
    browserOffers: [],
    browserChoice: null,
    clockOffset: 0,
    problem: null,
  };
}

function sceneState(scene: Scene, now: number): Partial<SessionState> {
  const run = frozenRun(now - LONG_AGO, false);
  switch (scene) {
    case 'finished':
    case 'leading':
      return {};
    case 'together':
      return { handsOff: 'Bold Coxeter' as Id<'person'> };
    case 'empty':
      return { run: null };
    case 'joining':
      return { me: null, run: frozenRun(now, false) };
    case 'training':
      return {
        run: {
          ...run,
          record: { ...run.record, startedAt: now - 800, status: { phase: 'running', step: 400 } },
          best: null,
          bestTimeline: null,
          metrics: run.metrics.filter(({ step }) => step <= 400),
          timeline: { ...run.timeline, entries: run.timeline.entries.filter(({ step }) => step <= 400) },
          latest: null,
        },
      };
    case 'held':
      return {
        touches: new Map([
          ['Curious Noether' as Id<'person'>, { item: 'first', parameter: 'densityTo', value: 0.012 }],
        ]),
        parameters: { ...DEFAULT_PARAMETERS, densityTo: 0.012 },
        unsaved: 1,
      };
    case 'stale':
      return { specHash: 'another' };
    case 'orphaned':
      return {
        run: {
          ...run,
          record: {
            ...run.record,
            status: { phase: 'orphaned', step: 4_120, message: 'Emmy’s browser stopped training at step 4,120.' },
          },
          best: null,
          bestTimeline: null,
        },
      };
    case 'failed':
      return {
        run: {
          ...run,
          record: {
            ...run.record,
            status: { phase: 'failed', step: 4_120, message: 'the loss is not a number; take a lower learning rate.' },
          },
        },
      };
    case 'lost':
      return { connection: { phase: 'reconnecting', since: now - 9_000, nextAt: now + 60_000 }, unsaved: 3 };
    case 'missing':
      return { connection: { phase: 'refused', refusal: { code: 'not-found', message: 'No such room.' } } };
    case 'view':
      return { me: person('Quiet Euler', 6, 'viewer') };
  }
}

export function createFakeSession(scene: Scene, now: number): Session {
  const store = createStore<SessionState>(() => ({ ...calm(now), ...sceneState(scene, now) }));
  const change = (values: Partial<Parameters>): void => {
    const parameters = { ...store.getState().parameters, ...values };
    const spec = resolve(parameters);
    store.setState({ parameters, spec, specHash: specHash(spec) });
  };
  const showAgain = (): Promise<void> => {
    store.setState({ run: frozenRun(Date.now(), true) });
    return Promise.resolve();
  };
  const actions: SessionActions = {
    join: (name, colour, seat) => {
      const me = person(name, colour, seat ? 'owner' : 'viewer');
      store.setState({ me, people: [me, ...PEOPLE.slice(1)] });
      return Promise.resolve();
    },
    drag: (parameter, value) => {
      change({ [parameter]: value });
    },
    set: change,
    chooseEngine: () => undefined,
    chooseServerEngine: () => undefined,
    edit: () => undefined,
    manage: () => Promise.resolve({ access: ACCESS, key: null }),
    undo: () => undefined,
    redo: () => undefined,
    reconnect: () => undefined,
    letGo: () => {
      change(DEFAULT_PARAMETERS);
    },
    run: showAgain,
    change: () => Promise.resolve(),
    goOn: showAgain,
    pause: () => Promise.resolve(),
    step: () => Promise.resolve(),
    reset: showAgain,
    newSeed: showAgain,
    dismissLeftBehind: () => {
      store.setState({ leftBehind: null });
    },
    dismiss: () => {
      store.setState({ problem: null });
    },
    close: () => undefined,
  };
  return {
    store,
    actions,
    notes: stillNotes(fakeNotes),
    pastRuns: stillPastRuns(fakeRuns(Date.now())),
    time: stillTime(),
    company: stillCompany(fakeCompany(scene)),
    links: stillLinks(),
  };
}
