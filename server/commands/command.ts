/** What a command of the command line is, and how it says no. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

export interface Command {
  readonly name: string;
  readonly usage: string;
  /** One line. */
  readonly summary: string;
  readonly help: string;
  /** Its arguments → the exit code. */
  readonly run: (args: readonly string[]) => Promise<number> | number;
}

export const EXIT_OK = 0;
/** The run failed, though it was asked for properly. */
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
/** Ctrl-C: 128 + SIGINT, as shells have it. */
export const EXIT_INTERRUPTED = 130;

/** What was asked for cannot be done; one sentence that names the field and says what is allowed. */
export class CommandError extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;

/** `parseArgs`, whose complaints become refusals. */
export function parseArguments<O extends Options>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CommandError(inOneSentence(error, Object.keys(options)));
  }
}

/** Node's complaint about arguments, without its further lines of advice. */
function inOneSentence({ message }: TypeError, options: readonly string[]): string {
  const complaint = (/^[^\n]*?(?=\.(\s|$)|\n|$)/.exec(message) ?? [message])[0];
  const ambiguous = /'(--[a-z]+)' argument is ambiguous/.exec(message)?.[1];
  if (ambiguous !== undefined) return `${complaint}; write ${ambiguous}=value.`;
  return `${complaint}; the options are ${options.map((option) => `--${option}`).join(', ')}.`;
}

/** A whole number of at least `least`, or a refusal that names the option. */
export function parseCount(option: string, text: string, least: number): number {
  const count = text.trim() === '' ? NaN : Number(text);
  if (Number.isInteger(count) && count >= least) return count;
  throw new CommandError(`--${option} must be a whole number of at least ${least}; ${text} is not.`);
}
