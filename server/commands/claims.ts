/** `polytope claims`: holds every claim about the models against the models, and writes the ledger. */
import { availableParallelism, loadavg } from 'node:os';
import path from 'node:path';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Budget, Claim } from '#lib/experiments/claim';
import type { Subject } from '#lib/experiments/experiment';
import { holdClaim } from '#lib/experiments/hold';
import { SUBJECTS } from '#lib/experiments/subjects';
import { ledgerAsMarkdown } from '#lib/experiments/ledger-markdown';
import { LEDGER_VERSION, type Ledger, type LedgerClaim } from '#lib/experiments/ledger';
import { createNodeTrainers } from '../compute/trainers.ts';
import { readConfig } from '../config.ts';
import { createClaimRuns, Interrupted } from './claim-runs.ts';
import { CommandError, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, parseArguments, type Command } from './command.ts';

const KINDS = ['exact', 'statistical'] as const satisfies readonly Claim['kind'][];
const BUDGETS = ['small', 'full'] as const satisfies readonly Budget[];

export const claims: Command = {
  name: 'claims',
  usage: 'claims [experiment] [--kind exact|statistical] [--budget small|full] [--fresh] [--ledger] [--json]',
  summary: 'Holds the claims about the models against the models; exits with 1 where one fails.',
  help: `  --kind NAME    exact: computed without sampling. statistical: trained, for three seeds, and against wrong models
  --budget NAME  full, unless given; small is what the tests train
  --fresh        trains what was trained before, too
  --ledger       writes lib/experiments/ledger.json and LEDGER.md; only with all claims at the full budget
  --json         { claims: [{ id, experiment, section, sentence, kind, status, measured, expected, tolerance, quantities,
                 engine, seeds, seconds, nulls, … }] } on standard output. status: holds, differs (as we expect, and not as
                 the paper says; reason says why) or fails

  Trained runs are kept in DATA_DIR/claims by the hash of their spec: a command that was interrupted goes on where it was.`,
  async run(args) {
    const { values, positionals } = parseArguments(args, {
      kind: { type: 'string' },
      budget: { type: 'string', default: 'full' },
      fresh: { type: 'boolean', default: false },
      ledger: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    });
    const budget = oneOf('budget', values.budget, BUDGETS);
    const kind = values.kind === undefined ? undefined : oneOf('kind', values.kind, KINDS);
    const asked = requestedClaims(positionals, kind);
    if (values.ledger && (asked.length < requestedClaims([], undefined).length || budget === 'small'))
      throw new CommandError(
        '--ledger takes all claims at the full budget: leave out the experiment, --kind and --budget.',
      );
    const trainers = createNodeTrainers();
    const train = createClaimRuns(trainers, path.join(readConfig().dataDir, 'claims'), values.fresh);
    try {
      const held: LedgerClaim[] = [];
      for (const [i, { subject, claim }] of asked.entries()) {
        process.stderr.write(`${i + 1} of ${asked.length}: ${subject.key}/${claim.id}\n`);
        const result = await holdClaim(subject, claim.id, { budget, train, now: () => performance.now() });
        held.push(result);
        if (!values.json) process.stdout.write(asText(result));
      }
      if (values.json) process.stdout.write(`${JSON.stringify({ claims: held }, null, 2)}\n`);
      else process.stdout.write(`\n${summary(held)}\n`);
      if (values.ledger) writeLedger(held);
      return held.some(({ status }) => status === 'fails') ? EXIT_FAILED : EXIT_OK;
    } catch (error) {
      if (error instanceof Interrupted) return EXIT_INTERRUPTED;
      throw error;
    } finally {
      trainers.fused.close();
    }
  },
};

function oneOf<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === text);
  if (found === undefined) throw new CommandError(`--${option} must be one of ${allowed.join(', ')}; ${text} is not.`);
  return found;
}

interface Asked {
  readonly subject: Subject;
  readonly claim: Claim;
}

function requestedClaims([key, ...more]: readonly string[], kind: Claim['kind'] | undefined): readonly Asked[] {
  const known = SUBJECTS.map((subject) => subject.key);
  if (more.length > 0) throw new CommandError(`One experiment at a time; there are ${known.join(', ')}.`);
  if (key !== undefined && !known.includes(key))
    throw new CommandError(`There are no claims about ${key}; there are some about ${known.join(', ')}.`);
  return SUBJECTS.filter((subject) => key === undefined || subject.key === key).flatMap((subject) =>
    subject.claims.filter((claim) => kind === undefined || claim.kind === kind).map((claim) => ({ subject, claim })),
  );
}

const MARKS = { holds: '✓', differs: '≠', fails: '✗' } as const;

function asText({ experiment, id, sentence, status, measured, expected, reason, nulls, seconds }: LedgerClaim): string {
  const lines = [
    `${MARKS[status]} ${experiment}/${id} ${status}, ${seconds.toFixed(1)} s: ${sentence}`,
    `    measured: ${measured}`,
    ...(status === 'holds' ? [] : [`    expected: ${expected}`]),
    ...(reason === undefined ? [] : [`    differs:  ${reason}`]),
    ...nulls.map(({ words, passed, of }) => `    ${passed} of ${of} wrong models pass: ${words}`),
  ];
  return `${lines.join('\n')}\n`;
}

function summary(held: readonly LedgerClaim[]): string {
  const count = (status: LedgerClaim['status']): number => held.filter((each) => each.status === status).length;
  return `${held.length} claims: ${count('holds')} hold, ${count('differs')} differ from the paper's words, ${count('fails')} fail`;
}

/** Beside the claims, where the page reads it. */
function writeLedger(held: readonly LedgerClaim[]): void {
  const cores = availableParallelism();
  // Times say little where others compute as well.
  const isShared = (loadavg()[2] ?? 0) > 1.5 * cores;
  const machine = `${cores} cores${isShared ? ', shared with other work' : ''}, Node ${process.versions.node}`;
  const ledger: Ledger = { version: LEDGER_VERSION, machine, claims: held };
  const folder = fileURLToPath(new URL('../../lib/experiments/', import.meta.url));
  writeFileSync(path.join(folder, 'ledger.json'), `${JSON.stringify(ledger, null, 2)}\n`);
  writeFileSync(path.join(folder, 'LEDGER.md'), ledgerAsMarkdown(ledger, SUBJECTS));
}
