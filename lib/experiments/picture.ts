/** What an exact claim looks like: curves that are computed point by point, so that they can be drawn as they are found. */
import { exp, log } from '#lib/base/ieee';

export interface Picture {
  /** In words, with its letter: "density p". */
  readonly x: string;
  readonly y: string;
  readonly scale: 'linear' | 'log';
  /** A name for each curve. */
  readonly series: readonly string[];
  /** x, in the order in which it is computed. */
  readonly at: readonly number[];
  /** Begins afresh → what gives the value of each curve at x: it may follow a minimum from the x before. */
  readonly begin: () => (x: number) => readonly number[];
  /** A level to compare with. */
  readonly guide?: number;
  /** The name of the quantity that is an x of this picture: it is marked where it was measured. */
  readonly mark?: string;
}

/** A picture that has been computed, as the ledger keeps it. */
export interface Curves extends Pick<Picture, 'x' | 'y' | 'scale' | 'series' | 'guide' | 'mark'> {
  /** [points] x, then the value of each curve. */
  readonly points: readonly (readonly number[])[];
}

export const curvesOf = (picture: Picture, points: readonly (readonly number[])[]): Curves => {
  const { x, y, scale, series, guide, mark } = picture;
  return {
    ...{ x, y, scale, series, points },
    ...(guide === undefined ? {} : { guide }),
    ...(mark === undefined ? {} : { mark }),
  };
};

/** All of it at once. */
export function draw(picture: Picture): Curves {
  const value = picture.begin();
  return curvesOf(
    picture,
    picture.at.map((x) => [x, ...value(x)]),
  );
}

export const linearly = (from: number, to: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

export const logarithmically = (from: number, to: number, count: number): readonly number[] =>
  linearly(log(from), log(to), count).map(exp);
