/** What people of a room have tried alone and put before all: at most one of each person, in memory, the oldest making way. */
import type { PersonId, RunId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import { shapeOf, type StateTensor } from '#lib/engine/checkpoint';
import { weightNames } from '#lib/model/toy';
import { COMPANY_LIMITS } from '#lib/room/limits';
import { can } from '#lib/room/roles';
import { checkTried, type Tried, type TriedDetail } from '#lib/room/tried';
import { decodeFrame, type Frame } from '#lib/runs/frame';
import { unpackFrames } from '#lib/runs/frame-pack';
import { cellCount } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import type { ShowRequest } from '#lib/wire/protocol';
import type { Audience } from './connection.ts';
import type { Member } from './people.ts';
import { createThrottle } from './throttle.ts';

export interface Tries {
  show(member: Member, request: UncheckedShow): Result<null>;
  /** By whose it is, or by the owner. */
  putAway(member: Member, person: PersonId): Result<null>;
  open(person: PersonId, run: RunId): Result<TriedDetail>;
  /** The newest first. */
  list(): readonly Tried[];
  close(): void;
}

/** Parameters as anybody may have typed them. */
export type UncheckedShow = Omit<ShowRequest, 'parameters'> & {
  readonly parameters: Readonly<Record<string, number | string>>;
};

export interface TriesDependencies {
  readonly audience: Audience;
  readonly now: () => number;
}

/** ms */
const TELL_MS = 100;

export function createTries({ audience, now }: TriesDependencies): Tries {
  /** The oldest first. */
  const shown = new Map<PersonId, { readonly tried: Tried; readonly detail: TriedDetail }>();
  const list = (): readonly Tried[] => [...shown.values()].map(({ tried }) => tried).reverse();
  const tell = createThrottle(() => audience.tell(null, 'tries', list()), TELL_MS);

  return {
    show({ person: { id, name, role, seated } }, { metrics, evaluationLoss, seconds, frames, parameters, ...rest }) {
      if (!seated || !can(role, 'show'))
        return refuse('forbidden', 'Showing what you tried needs the role of a commenter.');
      const detail = { metrics, evaluationLoss, seconds, frames };
      const spec = checkTried(parameters, detail, rest.step);
      if (!spec.ok) return spec;
      const refusal = whyWrongFrames(spec.value, frames);
      if (refusal !== undefined) return refusal;
      const tried: Tried = {
        ...rest,
        parameters: parameters as Tried['parameters'],
        by: { id, name },
        at: now(),
      };
      shown.delete(id);
      shown.set(id, { tried, detail });
      const [oldest] = shown.keys();
      if (shown.size > COMPANY_LIMITS.tries && oldest !== undefined) shown.delete(oldest);
      tell.call();
      return ok(null);
    },
    putAway({ person: { id, role } }, person) {
      if (person !== id && !can(role, 'moderate-room'))
        return refuse('forbidden', 'What is shown is put away by whose it is, or by the owner.');
      if (shown.delete(person)) tell.call();
      return ok(null);
    },
    open(person, run) {
      const held = shown.get(person);
      return held?.tried.run === run ? ok(held.detail) : refuse('not-found', 'It is no longer shown.', 'person');
    },
    list,
    close: () => tell.cancel(),
  };
}

function whyWrongFrames(spec: RunSpec, packed: Uint8Array): Result<never> | undefined {
  const frames = unpackFrames(packed);
  if (frames.length === 0) return refuse('invalid', 'There is no frame to show. Train it first.', 'frames');
  if (frames.length > COMPANY_LIMITS.tryFrames)
    return refuse('limit', `At most ${COMPANY_LIMITS.tryFrames} frames are shown.`, 'frames');
  for (const bytes of frames) {
    const frame = decodeFrame(bytes);
    if (!frame.ok) return frame;
    const wrong = whyWrongFrame(spec, frame.value);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** One instance for each cell of the model's own tensors. */
function whyWrongFrame(spec: RunSpec, { step, tensors }: Frame): Result<never> | undefined {
  if (step > spec.steps) return refuse('invalid', `step must be at most ${spec.steps}.`, 'frames');
  const names: readonly string[] = weightNames(spec.model);
  const wrong = tensors.find(({ name, shape }) => {
    if (!names.includes(name)) return true;
    return shape.join() !== [cellCount(spec), ...shapeOf(spec, name as StateTensor).slice(1)].join();
  });
  if (wrong === undefined && tensors.length > 0) return undefined;
  return refuse('invalid', `A frame that is shown holds ${names.join(', ')} of one instance for each cell.`, 'frames');
}
