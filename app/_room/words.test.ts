import { describe, expect, it, test } from 'vitest';
import { NOTEBOOK_TRAINING, QUICK_TRAINING } from '#lib/experiments/training';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { aboutSeconds, ownTrainingWords, progressOf, statusOf, timeLeft } from './words.ts';
import type { RunRecord } from '#lib/runs/record';
import type { Person } from '#lib/room/person';

const live = { phase: 'live' } as const;
const person = (role: Person['role']): Person => ({
  id: 'p' as Person['id'],
  name: 'Ada',
  colour: 0,
  role,
  seated: role !== 'viewer',
});

describe('the status in words', () => {
  it('says what is safe: nothing yet, being saved, saved', () => {
    const me = person('editor');
    expect(statusOf({ connection: live, unsaved: 0, me }, false, 0)[0]).toBe('Live');
    expect(statusOf({ connection: live, unsaved: 2, me }, true, 0)[0]).toBe('Saving…');
    expect(statusOf({ connection: live, unsaved: 0, me }, true, 0)[0]).toBe('Saved');
  });

  it('says that edits are kept while the connection is gone', () => {
    const connection = { phase: 'reconnecting', since: 0, nextAt: 4_000 } as const;
    const wordsAt = (now: number, unsaved = 0): string => statusOf({ connection, unsaved, me: null }, true, now)[0];
    expect(wordsAt(0, 3)).toBe('Offline, edits kept on this device (3)');
    expect([0, 3_500, 4_000].map((now) => wordsAt(now))).toEqual([
      'Reconnecting in 4 s',
      'Reconnecting in 1 s',
      'Reconnecting…',
    ]);
  });

  it('says View only to who may not edit', () => {
    expect(statusOf({ connection: live, unsaved: 0, me: person('viewer') }, false, 0)[0]).toBe('View only');
  });
});

describe('progress in words', () => {
  it('says how long a run took, and of a link’s, which nobody timed, how many steps it had', () => {
    const wordsFor = (seconds: number): string =>
      progressOf({ status: { phase: 'finished', step: 1_500, seconds } } as RunRecord, undefined);
    expect([0, 0.84].map(wordsFor)).toEqual(['Trained for 1,500 steps', 'Trained in 0.8 s']);
  });

  it('says who comes before a run that waits for the server', () => {
    const wordsFor = (place: number, of: number, seconds: number): string =>
      progressOf({ status: { phase: 'starting', step: 0, waiting: { place, of, seconds } } } as RunRecord, undefined);
    expect(wordsFor(1, 1, 0)).toBe('1st of 1 in line for the server');
    expect(wordsFor(2, 3, 20)).toBe('2nd of 3 in line for the server · in 0:20 at most');
    expect([3, 4, 11, 12, 13, 21].map((place) => wordsFor(place, 30, 0).split(' ')[0])).toEqual([
      ...['3rd', '4th', '11th', '12th', '13th', '21st'],
    ]);
  });
});

describe('timeLeft', () => {
  it('is minutes and seconds', () => {
    expect([0, 8.2, 75].map(timeLeft)).toEqual(['0:00', '0:08', '1:15']);
  });
});

test('aboutSeconds grows coarser with the time', () => {
  expect([0.2, 8.7, 89, 240, 3_000, 400_000].map(aboutSeconds)).toEqual([
    'under a second',
    'about 9 s',
    'about 89 s',
    'about 4 min',
    'about 50 min',
    'about 111 h',
  ]);
});

test('training that is neither of the two ways says what it is', () => {
  const quick = { ...DEFAULT_PARAMETERS, ...QUICK_TRAINING };
  expect(ownTrainingWords(quick, QUICK_TRAINING)).toBe('');
  expect(ownTrainingWords({ ...quick, ...NOTEBOOK_TRAINING }, QUICK_TRAINING)).toBe('');
  expect(ownTrainingWords({ ...quick, steps: 1_500 }, QUICK_TRAINING)).toBe('Quick, but T = 1,500');
  const slow = { ...quick, ...NOTEBOOK_TRAINING, batch: 512, schedule: 'cosine' } as const;
  expect(ownTrainingWords(slow, QUICK_TRAINING)).toBe('Notebook, but Schedule: Cosine · B = 512');
});
