import { expect, test } from 'vitest';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { CommandError } from './command.ts';
import { requestRun } from './request.ts';

test('settings change the experiment’s parameters; the last one wins', () => {
  const { experiment, spec } = requestRun(['introduction'], ['n=6', 'output=linear', 'n=7']);
  expect(experiment.key).toBe('introduction');
  expect(spec).toEqual(resolve({ ...DEFAULT_PARAMETERS, n: 7, output: 'linear' }));
});

const refusals: readonly [positionals: readonly string[], settings: readonly string[], sentence: RegExp][] = [
  [[], [], /^Name an experiment: introduction.*\.$/],
  [['nope'], [], /^There is no experiment nope; there is introduction.*\.$/],
  [['introduction', 'more'], [], /^One experiment at a time: introduction more are several\.$/],
  [['introduction'], ['foo=1'], /^There is no parameter foo; there are model, n, m, .*seed\.$/],
  [['introduction'], ['n'], /^--set takes key=value; n is not\.$/],
  [['introduction'], ['=3'], /^--set takes key=value; =3 is not\.$/],
  [['introduction'], ['n='], /^n: Features must be a number\.$/],
  [['introduction'], ['output=tanh'], /^output: Output must be one of relu, linear\.$/],
  [['introduction'], ['steps=2.5'], /^steps: Steps must be a whole number\.$/],
  [['introduction'], ['seed=-1'], /^seed: Seed must be between 0 and 4,294,967,295; -1 is not\.$/],
];

test.each(refusals)('%j with %j is refused', (positionals, settings, sentence) => {
  expect(() => requestRun(positionals, settings)).toThrow(CommandError);
  expect(() => requestRun(positionals, settings)).toThrow(sentence);
});
