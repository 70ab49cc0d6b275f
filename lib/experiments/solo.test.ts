import { expect, test } from 'vitest';
import { PARAMETER_KEYS, definitionOf, type Parameters } from '#lib/spec/parameters';
import { startOf } from './experiment.ts';
import { EXPERIMENTS } from './index.ts';
import { introduction } from './introduction.ts';
import { readSolo, SOLO_LIMITS, soloAddress } from './solo.ts';

const LINK = 'AAAAAAAAAAAAAAAAAAAAAA';
const read = (address: string): ReturnType<typeof readSolo> => {
  const { pathname, searchParams } = new URL(address, 'http://here');
  return readSolo(pathname.split('/').at(-1) ?? '', [...searchParams]);
};

test('an address says where an experiment differs from its beginning, and is read as what it was made of', () => {
  expect(soloAddress({ experiment: 'introduction', parameters: {} })).toBe('/solo/introduction');
  const address = soloAddress({ experiment: 'introduction', parameters: { n: 6, densityTo: 0.01 }, runs: true });
  expect(address).toBe('/solo/introduction?n=6&p2=0.01&run');
  expect(read(address)).toEqual({
    ok: true,
    value: {
      experiment: 'introduction',
      parameters: { ...startOf(introduction), n: 6, densityTo: 0.01 },
      link: null,
      runs: true,
    },
  });
  expect(read(soloAddress({ experiment: 'introduction', parameters: {}, link: LINK }))).toMatchObject({
    value: { link: LINK, runs: false },
  });
});

test('every parameter of every experiment has its place in an address, all of them together in half of what one may hold', () => {
  for (const { key: experiment } of EXPERIMENTS) {
    const parameters = Object.fromEntries(
      PARAMETER_KEYS.map((key) => {
        const definition = definitionOf(key);
        return [key, definition.kind === 'choice' ? definition.choices.at(-1)?.value : definition.max];
      }),
    ) as unknown as Parameters;
    for (const key of PARAMETER_KEYS) {
      const address = soloAddress({ experiment, parameters: { [key]: parameters[key] } });
      const answer = read(address);
      if (answer.ok) expect(answer.value.parameters[key]).toBe(parameters[key]);
      // Too large to be trained; never for want of the parameter.
      else expect(answer.error.message).not.toContain('There is no');
    }
    const whole = soloAddress({ experiment, parameters, link: LINK, runs: true });
    expect(whole.split('?')[1]?.length).toBeLessThan(SOLO_LIMITS.query / 2);
  }
});

test.each([
  ['nothing', '', 'There is no experiment'],
  ['constructor', '', 'There is no experiment'],
  ['introduction', 'n=five', 'n: '],
  ['introduction', 'n=0', 'n: '],
  ['introduction', 'n=5&n=6', 'stands twice'],
  ['introduction', 'nn=5', 'There is no parameter “nn”'],
  ['introduction', '__proto__=5', 'There is no parameter'],
  ['introduction', 'mod=other', 'mod: '],
  ['introduction', 'link=short', 'link: '],
  ['introduction', `n=${'5'.repeat(1_000)}`, 'at most 1000 characters'],
  ['introduction', 'n=1024&m=256&k=64&r=64', ''],
])('/solo/%s?%s is refused in words', (key, query, words) => {
  const answer = readSolo(key, [...new URLSearchParams(query)]);
  expect(answer.ok).toBe(false);
  if (!answer.ok) expect(answer.error.message).toContain(words);
});
