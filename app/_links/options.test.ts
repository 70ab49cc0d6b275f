import { expect, test } from 'vitest';
import { EVERYTHING, readOptions, readTheme } from './options.ts';

test('an address says what is shown; what it does not say, or says wrongly, is shown', () => {
  expect(readOptions({})).toEqual(EVERYTHING);
  expect(readOptions({ figure: 'gram', scrubber: 'off', density: '0', notes: 'false', cell: '3' })).toEqual({
    figure: 'gram',
    scrubber: false,
    density: false,
    notes: false,
    cell: 3,
  });
  expect(readOptions({ figure: ['norms', 'gram'], cell: '-1', notes: 'yes' })).toEqual({
    ...EVERYTHING,
    figure: 'norms',
  });
  expect(readOptions({ figure: 'constructor', cell: 'x' })).toEqual(EVERYTHING);
  expect([readTheme({ theme: 'dark' }), readTheme({ theme: 'blue' }), readTheme({})]).toEqual(['dark', null, null]);
});
