/** What is before a person's eyes, as far as notes are concerned: to pin one, and to find where the others are. */
import { featureRoles } from '#lib/measure/role';
import type { Anchor, AnchorFigure, Quote, Role, Target } from '#lib/room/anchor';
import { placeAnchor, type Placement, type PlaceScene } from '#lib/room/place';
import { cellParameters, importances } from '#lib/spec/cells';
import { AXES, type Axis, type RunSpec } from '#lib/spec/spec';
import type { CellView } from '../_figures/cell-view.ts';
import type { Spot } from '../_figures/spot.ts';

/** A model as it is drawn. */
export interface LiveModel {
  readonly view: CellView;
  /** null while nothing has been trained. */
  readonly step: number | null;
  /** Of its training, at a step; null: not known */
  readonly lossAt: (step: number) => number | null;
  /** What is read of the whole model where it is one of a diagram's; else its shape and loss. */
  readonly read?: readonly Quote[];
}

/** Also of a parameter, which is in no figure. */
export type Subject =
  Spot | { readonly kind: 'parameter'; readonly parameter: string; readonly value: number | string };

export interface SceneParts {
  readonly place: PlaceScene;
  readonly spec: RunSpec;
  readonly cell: number;
  /** Where a note on a whole model is pinned. */
  readonly whole: 'directions' | 'map';
  readonly live: (cell: number) => LiveModel;
  /** Brings a model, a step (null: the newest) and a figure before the eyes. */
  readonly turnTo: (cell: number, step: number | null, figure: AnchorFigure) => void;
  /** Of a scene with the same places, which knows where some notes are already. */
  readonly placed?: Placing;
}

/** Where a note is. */
export type Placing = (anchor: Anchor) => Placement;

export interface Scene extends SceneParts {
  readonly placed: Placing;
  /** Of the chosen model, or of another. */
  readonly anchorAt: (figure: AnchorFigure, subject: Subject, cell?: number) => Anchor;
  /** False while the model is still forming, where it cannot be told yet what the note speaks of. */
  readonly show: (anchor: Anchor) => boolean;
}

/** Each is looked for once: the list, the marks and every figure ask, and ask again with each cell that is chosen. */
export function createPlacing(place: PlaceScene): Placing {
  const known = new WeakMap<Anchor, Placement>();
  return (anchor) => {
    const placement = known.get(anchor) ?? placeAnchor(anchor, place);
    known.set(anchor, placement);
    return placement;
  };
}

export function createScene(parts: SceneParts): Scene {
  const { place, spec, cell, live, turnTo, placed = createPlacing(place) } = parts;
  return {
    ...parts,
    placed,
    anchorAt(figure, subject, of = cell) {
      const model = live(of);
      const moment = subject.kind === 'step' ? subject.step : model.step;
      // A showing glides between steps.
      const step = moment === null ? null : Math.round(moment);
      return {
        item: place.item,
        run: place.run,
        instance: place.instance(of),
        density: place.densities[of] ?? spec.data.density,
        ...axesOf(spec, of, figure === 'map' && subject.kind !== 'cell'),
        step,
        figure,
        target: targetOf(subject, model.view, () => rolesOf(model.view, spec, of)),
        quotes: [...quotesOf(subject, model, step), ...importanceOf(subject, spec, of)],
      };
    },
    show(anchor) {
      const placement = placed(anchor);
      if (placement.state === 'waiting') return false;
      // A parameter is in no model and at no step.
      if (placement.state !== 'placed' || anchor.target.kind === 'parameter') return true;
      // In another run the step is another moment: what it has come to is shown.
      const isItsStep = anchor.run === place.run || anchor.target.kind === 'step';
      turnTo(placement.cell ?? cell, isItsStep ? anchor.step : null, anchor.figure);
      return true;
    },
  };
}

/**
 * The numbers that tell a cell where its density alone does not: of the run's axes; and unless the whole diagram is spoken of, those
 * that a cell brought along when it was explored, which has no axes.
 */
function axesOf(spec: RunSpec, cell: number, ofWhole: boolean): Pick<Anchor, 'axes'> {
  const parameters = cellParameters(spec, cell);
  const told = AXES.filter((over) => isAxis(spec, over) || (!ofWhole && isSetApart(spec, over)));
  if (told.every((over) => over === 'density')) return {};
  return { axes: Object.fromEntries(told.map((over) => [over, parameters[over]])) };
}

const isAxis = ({ axes }: RunSpec, over: Axis['over']): boolean => axes.some((axis) => axis.over === over);

/** One feature is not as the others are, in every cell. */
const isSetApart = ({ data }: RunSpec, over: Axis['over']): boolean =>
  (over === 'relativeDensity' || over === 'relativeImportance') && data[over] !== undefined;

/** What the last feature matters, where that is not what its place among the others says. */
function importanceOf(subject: Subject, spec: RunSpec, cell: number): readonly Quote[] {
  const last = spec.model.n - 1;
  if (subject.kind !== 'feature' || subject.feature !== last) return [];
  if (!isAxis(spec, 'relativeImportance') && !isSetApart(spec, 'relativeImportance')) return [];
  return [{ label: 'importance', value: short(importances(spec, cell)[last] ?? NaN) }];
}

/** What tells features apart. */
export type Told = Pick<CellView, 'gram' | 'norms'>;

/** What a feature matters may be another thing in each cell. */
export const rolesOf = ({ gram }: Told, spec: RunSpec, cell = 0): readonly Role[] =>
  featureRoles(Float64Array.from(gram), importances(spec, cell)).map(rounded);

export const cosineOf = ({ gram, norms }: Told, i: number, j: number): number =>
  (gram[i * norms.length + j] ?? NaN) / ((norms[i] ?? NaN) * (norms[j] ?? NaN));

/** Three digits are as much as anybody reads, and an anchor has little room. */
const rounded = ({ importance, norm, share, shape, cosines }: Role): Role => ({
  importance: short(importance),
  norm: short(norm),
  share: short(share),
  shape,
  cosines: cosines.map(short),
});

const short = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(3)) : 0);

function targetOf(subject: Subject, view: CellView, roles: () => readonly Role[]): Target {
  switch (subject.kind) {
    case 'feature':
      return { kind: 'feature', feature: subject.feature, role: roles()[subject.feature] ?? NO_ROLE };
    case 'pair': {
      const [i, j] = subject.features;
      const [a = NO_ROLE, b = NO_ROLE] = [roles()[i], roles()[j]];
      return { kind: 'pair', features: [i, j], roles: [a, b], cosine: short(cosineOf(view, i, j)) };
    }
    case 'region':
      return { kind: 'region', from: pointOf(subject.from), to: pointOf(subject.to) };
    case 'parameter':
      return { kind: 'parameter', parameter: subject.parameter };
    case 'step':
      return { kind: 'step' };
    case 'cell':
      return { kind: 'cell' };
    case 'axis':
      return subject;
  }
}

const pointOf = ([x, y]: readonly [number, number]): readonly [number, number] => [short(x), short(y)];

const NO_ROLE: Role = { importance: 1, norm: 0, share: 0, shape: null, cosines: [] };

function quotesOf(subject: Subject, { view, lossAt, read }: LiveModel, step: number | null): readonly Quote[] {
  const n = view.norms.length;
  const loss = step === null ? undefined : (lossAt(step) ?? undefined);
  const quote = (label: string, value: number | undefined): Quote[] =>
    value === undefined || !Number.isFinite(value) ? [] : [{ label, value: short(value) }];
  switch (subject.kind) {
    case 'feature': {
      const i = subject.feature;
      return [
        ...quote('‖W‖', view.norms[i]),
        ...quote('superposition', view.superposition[i]),
        ...quote('bias', view.bias[i]),
      ];
    }
    case 'pair': {
      const [i, j] = subject.features;
      const angle = (Math.acos(Math.min(1, Math.max(-1, cosineOf(view, i, j)))) * 180) / Math.PI;
      return [...quote('W · W', view.gram[i * n + j]), ...quote('angle °', angle)];
    }
    case 'parameter':
      return [{ label: 'value', value: subject.value }];
    case 'cell':
      return read ?? [{ label: 'shape', value: view.shape() }, ...quote('loss', loss)];
    case 'step':
      return quote('loss', loss);
    case 'axis':
    case 'region':
      // Of a diagram they speak of no cell alone.
      return read === undefined ? quote('loss', loss) : [];
  }
}

/** What a figure is asked for: a target, with the step that its anchor has. */
function spotOf(target: Target, step: number | null): Spot | null {
  switch (target.kind) {
    case 'parameter':
      return null;
    case 'step':
      return step === null ? null : { kind: 'step', step };
    case 'feature':
    case 'pair':
    case 'cell':
    case 'region':
    case 'axis':
      return target;
  }
}

/** What a note speaks of in a figure of that cell; null: it is not in it. A diagram holds every model: what is said of one, in any figure, is at its cell. */
export function spotIn(figure: AnchorFigure, anchor: Anchor, placement: Placement, cell: number): Spot | null {
  if (placement.state !== 'placed' || anchor.target.kind === 'parameter') return null;
  if (figure === 'map')
    return anchor.figure === 'map' && anchor.target.kind !== 'cell'
      ? spotOf(placement.target, anchor.step)
      : placement.cell === null
        ? null
        : { kind: 'cell', cell: placement.cell };
  return anchor.figure === figure && placement.cell === cell ? spotOf(placement.target, anchor.step) : null;
}
