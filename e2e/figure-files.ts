/** What a figure looked like, as the SVG that it saves: text in e2e/figures, compared mark by mark. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'e2e/figures';

/** px that a coordinate may be off: rounding in another browser, no more. */
const TOLERANCE_PX = 0.1;
/** Of 255, that a colour channel may be off: browsers mix colours to the last bit differently. */
const TOLERANCE_COLOUR = 2;

/**
 * Differences between the drawing in `svg` and the one kept under `name`, in words; none where they are alike. The line above the
 * drawing is not compared: it stands where fonts put it. With UPDATE_FIGURES=1 it is kept instead.
 */
export function differences(name: string, svg: string): readonly string[] {
  const file = join(FOLDER, `${name}.svg`);
  if (process.env['UPDATE_FIGURES'] === '1') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, svg);
    return [];
  }
  if (!existsSync(file)) return [`${file} is not there: look at the figure, then keep it with UPDATE_FIGURES=1`];
  return compare(drawingOf(readFileSync(file, 'utf8')), drawingOf(svg));
}

/** Recharts numbers its names by the charts made before; which is no part of the picture. */
const drawingOf = (svg: string): readonly string[] =>
  svg
    .slice(svg.indexOf('<g id="drawing">'))
    .replaceAll(/\brecharts\d+/g, 'recharts')
    .split('\n');

/** At most this many are told. */
const MOST = 5;

export function compare(kept: readonly string[], found: readonly string[]): readonly string[] {
  const told = kept.flatMap((line, k) =>
    areMarksAlike(line, found[k] ?? '') ? [] : [`${line}\n  is now ${found[k] ?? ''}`],
  );
  const count = kept.length === found.length ? [] : [`${kept.length} lines are now ${found.length}`];
  return [...count, ...told.slice(0, MOST)];
}

const NUMBER = /#[0-9a-f]{6}|-?\d+(?:\.\d+)?/g;

function areMarksAlike(kept: string, found: string): boolean {
  if (kept.replaceAll(NUMBER, '') !== found.replaceAll(NUMBER, '')) return false;
  const [a, b] = [kept.match(NUMBER) ?? [], found.match(NUMBER) ?? []];
  return a.length === b.length && a.every((value, k) => isClose(value, b[k] ?? ''));
}

function isClose(a: string, b: string): boolean {
  if (!a.startsWith('#')) return !b.startsWith('#') && Math.abs(Number(a) - Number(b)) <= TOLERANCE_PX;
  return [1, 3, 5].every((from) => Math.abs(channel(a, from) - channel(b, from)) <= TOLERANCE_COLOUR);
}

const channel = (colour: string, from: number): number => parseInt(colour.slice(from, from + 2), 16);
