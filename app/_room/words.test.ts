import { describe, expect, it } from 'vitest';
import { statusOf, timeLeft } from './words.ts';
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

describe('timeLeft', () => {
  it('is minutes and seconds', () => {
    expect([0, 8.2, 75].map(timeLeft)).toEqual(['0:00', '0:08', '1:15']);
  });
});
