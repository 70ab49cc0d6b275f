/** What happened, as JSON lines on stderr: for operators. Never a name, a note or a ticket. */
import { destination, pino, type Logger } from 'pino';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/** stdout is for people: it has the address and the code to point a phone at. */
export const createLog = (level: string): Log =>
  pino({ level, base: null, serializers: { error: pino.stdSerializers.err } }, destination(2));
