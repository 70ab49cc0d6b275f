/** What someone who has joined a room may say: one line each, the schema that the message passes and what it does. */
import type { z } from 'zod';
import { ok, refuse, type Result } from '#lib/base/result';
import type { ClientToServer } from '#lib/wire/protocol';
import {
  amendSchema,
  askNamesSchema,
  checkpointPartSchema,
  checkpointSchema,
  companySchema,
  continueSchema,
  curateSchema,
  controlSchema,
  frameSchema,
  historySchema,
  lendNameSchema,
  linkRequestSchema,
  lookSchema,
  manageSchema,
  parse,
  pastSchema,
  pointSchema,
  publishSchema,
  putAwaySchema,
  recapRequestSchema,
  renameSchema,
  showSchema,
  startSchema,
  subscribeSchema,
  timelineSchema,
  timeSchema,
  touchSchema,
  triedSchema,
} from '#lib/wire/schemas';
import type { Member } from './rooms/people.ts';
import type { Room } from './rooms/room.ts';

type Answer = Result<unknown> | Promise<Result<unknown>>;
type Handler = (room: Room, member: Member, argument: unknown) => Answer;

export const MESSAGES: Readonly<Record<Exclude<keyof ClientToServer, 'join' | 'clock'>, Handler>> = {
  rename: message(renameSchema, (room, member, request) => room.rename(member, request)),
  touch: message(touchSchema, (room, member, touch) => {
    room.touch(member, touch);
    return ok(null);
  }),
  look: message(lookSchema, (room, member, request) => {
    room.company.look(member, request);
    return ok(null);
  }),
  point: message(pointSchema, (room, member, bytes) =>
    room.cursors.point(member, bytes) ? ok(null) : refuse('invalid', 'These bytes are no cursor.'),
  ),
  company: message(companySchema, (room, member, command) => room.company.obey(member, command)),
  show: message(showSchema, (room, member, request) => room.tries.show(member, request)),
  putAway: message(putAwaySchema, (room, member, { person }) => room.tries.putAway(member, person)),
  tried: message(triedSchema, (room, _member, { person, run }) => room.tries.open(person, run)),
  manage: message(manageSchema, (room, member, command) => room.manage(member, command)),
  start: turning(startSchema, (room, member, request) => room.runs.start(member, request)),
  control: turning(controlSchema, (room, member, request) => room.runs.control(member, request)),
  amend: turning(amendSchema, (room, member, request) => room.runs.amend(member, request)),
  continue: message(continueSchema, (room, member, request) => room.runs.continue(member, request)),
  checkpoint: message(checkpointSchema, (room, member, request) => room.runs.checkpoint(member, request)),
  checkpointPart: message(checkpointPartSchema, (room, member, request) => room.runs.checkpointPart(member, request)),
  publish: message(publishSchema, (room, member, request) => room.runs.publish(member, request)),
  frame: message(frameSchema, (room, member, bytes) => room.runs.frame(member, bytes)),
  subscribe: message(subscribeSchema, (room, member, request) => room.runs.subscribe(member, request)),
  timeline: message(timelineSchema, (room, _member, request) =>
    room.runs.isCurrent(request.run) ? room.runs.timeline(request) : room.history.timeline(request),
  ),
  history: message(historySchema, (room) => room.history.list()),
  past: message(pastSchema, (room, _member, { run }) => room.history.open(run)),
  link: message(linkRequestSchema, (room, member, request) => room.links.make(member, request)),
  recap: message(recapRequestSchema, (room, member, request) => room.links.recap(member, request)),
  askNames: message(askNamesSchema, (room, member, { people }) => room.links.askNames(member, people)),
  lendName: message(lendNameSchema, (room, member, { allowed }) => room.links.lendName(member, allowed)),
  time: message(timeSchema, (room, member, moment) => room.time(member, moment)),
  curate: message(curateSchema, (room, member, request) => room.history.curate(member, request)),
};

function message<T>(schema: z.ZodType<T>, act: (room: Room, member: Member, value: T) => Answer): Handler {
  return (room, member, argument) => {
    const parsed = parse(schema, argument);
    return parsed.ok ? act(room, member, parsed.value) : parsed;
  };
}

/** Of those who would change the run, only the one who has the knobs, where somebody has them. */
function turning<T>(schema: z.ZodType<T>, act: (room: Room, member: Member, value: T) => Answer): Handler {
  return message(schema, (room, member, value) => room.company.whyHandsOff(member) ?? act(room, member, value));
}
