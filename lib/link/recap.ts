/** What a room has done: what was tried, in order, what came of it, what was said about it, and the minutes; as a value, and as Markdown. */
import { experimentOf, experimentParameters } from '#lib/experiments/index';
import { polytopes } from '#lib/measure/polytope';
import type { Anchor } from '#lib/room/anchor';
import { typedMentions } from '#lib/room/mention';
import type { Thread } from '#lib/room/threads';
import { drawnMatrix, type Frame } from '#lib/runs/frame';
import type { KeptRun } from '#lib/runs/kept';
import { cellCount, cellParameters } from '#lib/spec/cells';
import { differingParameters, parametersOfRun, parameterWords } from '#lib/spec/parameters-of';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';

/** What a recap asks of a run. */
export interface TriedRun extends Pick<
  KeptRun,
  'id' | 'name' | 'experiment' | 'spec' | 'amendments' | 'source' | 'startedAt' | 'phase' | 'step'
> {
  /** An empty name: nobody's, or left out. */
  readonly startedBy: { readonly name: string };
}

export interface RecapParts {
  readonly title: string;
  readonly address: string;
  /** In any order. */
  readonly runs: readonly TriedRun[];
  /** W of one instance for each cell, as a run ended. */
  readonly pictures: ReadonlyMap<string, Frame>;
  readonly threads: readonly Thread[];
  readonly nameOf: (author: Thread['author']) => string;
  readonly minutes: string;
  /** ms since 1970 → words. */
  readonly timeWords: (at: number) => string;
  readonly anchorWords: (anchor: Anchor) => string;
}

/** What was tried, in order, and what was said of it; then what was said of nothing that was trained. */
export interface Recap {
  readonly runs: readonly RecapRun[];
  readonly others: readonly Thread[];
}

export interface RecapRun {
  readonly run: TriedRun;
  readonly name: string;
  /** "By Ada; n = 6, S = 0.90; finished, 3000 steps" */
  readonly words: string;
  /** "S = 0.86 to 0.95: pentagon", one for neighbours that came to the same; none where it did not finish. */
  readonly results: readonly string[];
  readonly threads: readonly Thread[];
}

export type RecapSources = Pick<RecapParts, 'runs' | 'pictures' | 'threads'>;

export function recapOf({ runs: unsorted, pictures, threads }: RecapSources): Recap {
  const runs = unsorted.toSorted((a, b) => a.startedAt - b.startedAt);
  const said = threads.filter(({ text }) => text !== '');
  const about = new Set(runs.map(({ id }) => id as string));
  return {
    runs: runs.map((run, k) => ({
      run,
      name: nameOfRun(run),
      words: [
        ...(run.startedBy.name === '' ? [] : [`By ${run.startedBy.name}`]),
        ...changesSince(run, runs[k - 1]),
        ...beginningWords(run, runs),
        endWords(run),
      ].join('; '),
      results: resultWords(run, pictures.get(run.id)),
      threads: said.filter(({ anchor }) => anchor?.run === run.id),
    })),
    others: said.filter(({ anchor }) => !about.has(anchor?.run ?? '')),
  };
}

export function recapMarkdown(parts: RecapParts): string {
  const { title, address, minutes } = parts;
  const { runs, others } = recapOf(parts);
  return [
    `# ${inline(title)}`,
    `${counted(runs.length, 'run')}, ${counted(parts.threads.length, 'note')}. <${address}>`,
    ...(runs.length === 0 ? [] : ['## What was tried']),
    ...runs.flatMap((run) => runParts(parts, run)),
    ...(others.length === 0 ? [] : ['## Other notes', ...others.map((thread) => noteWords(parts, thread))]),
    ...(minutes.trim() === '' ? [] : ['## Minutes', minutes.trim()]),
    '',
  ].join('\n\n');
}

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Text within a line: what would be Markdown in it is not. */
const inline = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>#|]/g, '\\$&');

const runParts = (parts: RecapParts, { run, name, words, results, threads }: RecapRun): readonly string[] => [
  `### ${parts.timeWords(run.startedAt)} · ${inline(name)}`,
  `${inline(words)}.`,
  ...(results.length === 0 ? [] : [results.map((line) => `- ${line}`).join('\n')]),
  ...threads.map((thread) => noteWords(parts, thread)),
];

const nameOfRun = ({ name, experiment }: TriedRun): string => name ?? experimentOf(experiment)?.title ?? 'Run';

/** "went on from “Five” at step 300" */
function beginningWords({ source }: TriedRun, runs: readonly TriedRun[]): readonly string[] {
  if (source === null) return [];
  const from = runs.find(({ id }) => id === source.run);
  const which = from === undefined ? 'the weights of an earlier run' : `“${nameOfRun(from)}”`;
  return [`went on from ${which} at step ${String(source.step)}`];
}

/** Against the run before; the first one's against what its experiment begins with. */
function changesSince(run: TriedRun, before: TriedRun | undefined): readonly string[] {
  const [now, then] = [
    parametersOf(run),
    before === undefined ? (experimentParameters(run.experiment) ?? DEFAULT_PARAMETERS) : parametersOf(before),
  ];
  if (now === undefined || then === undefined) return [];
  const changed = differingParameters(now, then).map((key) => parameterWords(key, now[key]));
  return changed.length === 0
    ? [before === undefined ? 'as the experiment begins' : 'as before']
    : [changed.join(', ')];
}

const parametersOf = (run: TriedRun): Parameters | undefined => parametersOfRun(run, DEFAULT_PARAMETERS);

const endWords = ({ phase, step }: TriedRun): string =>
  phase === 'finished' ? `finished, ${String(step)} steps` : `${phase} at step ${String(step)}`;

/** Neighbours are told together while sparsity goes one way through them; over two axes it begins anew with every row. */
function resultWords({ spec, phase }: TriedRun, picture: Frame | undefined): readonly string[] {
  const W = picture && drawnMatrix(picture);
  if (W === undefined || phase !== 'finished') return [];
  const { n, m } = spec.model;
  const size = n * m;
  const shown = W.data.length / size;
  // Where all cells would have been too much, it is of the middle one (`lib/runs/kept`).
  const first = shown === 1 ? Math.floor(cellCount(spec) / 2) : 0;
  const found: { readonly from: string; to: string; readonly words: string }[] = [];
  for (let row = 0; row < shown; row++) {
    const names = polytopes(W.data.subarray(row * size, (row + 1) * size), spec.model).map(({ name }) => name);
    const [S, words] = [(1 - cellParameters(spec, first + row).density).toFixed(2), namesWords(names)];
    const last = found.at(-1);
    if (last?.words === words && (spec.axes.length < 2 || last.to === S)) last.to = S;
    else found.push({ from: S, to: S, words });
  }
  return found.map(({ from, to, words }) => `S = ${from}${to === from ? '' : ` to ${to}`}: ${words}`);
}

/** "2 × digon, triangle" */
function namesWords(names: readonly string[]): string {
  const kinds = [...new Set(names)].map((kind) => ({ kind, count: names.filter((name) => name === kind).length }));
  return names.length === 0
    ? 'nothing'
    : kinds.map(({ kind, count }) => (count === 1 ? kind : `${count} × ${kind}`)).join(', ');
}

function noteWords({ nameOf, anchorWords }: RecapParts, { author, text, anchor, replies }: Thread): string {
  const said = (by: Thread['author'], words: string): string =>
    `**${inline(nameOf(by))}:** ${typedMentions(words.trim())}`;
  const where = anchor === null ? '' : `_${inline(anchorWords(anchor))}_ `;
  const answers = replies.filter((reply) => reply.text !== '').map((reply) => said(reply.author, reply.text));
  return [`${where}${said(author, text)}`, ...answers]
    .flatMap((words) => [...words.split(/\r\n?|\n/), ''])
    .map((line) => `> ${line}`.trimEnd())
    .slice(0, -1)
    .join('\n');
}
