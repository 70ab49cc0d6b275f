/** `polytope list`: the experiments and what each can be asked with. */
import { EXPERIMENTS } from '#lib/experiments/index';
import { parametersOf, type Experiment } from '#lib/experiments/experiment';
import { definitionOf, PARAMETER_KEYS, type ParameterKey, type Parameters } from '#lib/spec/parameters';
import { EXIT_OK, parseArguments, type Command } from './command.ts';

export const list: Command = {
  name: 'list',
  usage: 'list [--json]',
  summary: 'The experiments and their parameters.',
  help: '  --json  one JSON array: key, title, section, question and parameters of each experiment',
  run(args) {
    const { values } = parseArguments(args, { json: { type: 'boolean' } });
    const text =
      values.json === true ? JSON.stringify(EXPERIMENTS.map(asJson), null, 2) : EXPERIMENTS.map(asText).join('\n\n');
    process.stdout.write(`${text}\n`);
    return EXIT_OK;
  },
};

const asJson = (experiment: Experiment): unknown => {
  const { key, title, section, question } = experiment;
  return { key, title, section, question, parameters: parametersAsJson(parametersOf(experiment)) };
};

/** Each as the table has it, its default the experiment's own. */
const parametersAsJson = (defaults: Parameters): unknown =>
  Object.fromEntries(
    PARAMETER_KEYS.map((key) => {
      const definition = definitionOf(key);
      const { kind, label, unit, help } = definition;
      const range =
        definition.kind === 'choice'
          ? { choices: definition.choices.map(({ value }) => value) }
          : { min: definition.min, max: definition.max };
      return [key, { kind, label, unit, help, default: defaults[key], ...range }];
    }),
  );

function asText(experiment: Experiment): string {
  const defaults = parametersOf(experiment);
  const width = Math.max(...PARAMETER_KEYS.map((key) => key.length));
  const lines = PARAMETER_KEYS.map(
    (key) => `    ${key.padEnd(width)}  ${String(defaults[key]).padEnd(8)}  ${rangeOf(key)}`,
  );
  const { key, title, section, question } = experiment;
  return [`${key}: ${title} (${section})`, `  ${question}`, '', ...lines].join('\n');
}

function rangeOf(key: ParameterKey): string {
  const definition = definitionOf(key);
  const range =
    definition.kind === 'choice'
      ? definition.choices.map(({ value }) => value).join(' | ')
      : `${definition.min} … ${definition.max}`;
  return `${range}  ${definition.label}`;
}
