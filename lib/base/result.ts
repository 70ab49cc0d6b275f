/** A refusal is normal: it names the field that was wrong and says what to do. Never an exception. */
export interface Refusal {
  /** Stable, for programs. */
  readonly code: RefusalCode;
  /** One sentence for people: what happened and what to do about it. */
  readonly message: string;
  /** Path of the offending field, e.g. `spec.model.n`. */
  readonly field?: string;
}

export type RefusalCode = 'invalid' | 'not-found' | 'forbidden' | 'limit' | 'conflict' | 'unavailable';

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Refusal };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export const refuse = (code: RefusalCode, message: string, field?: string): { ok: false; error: Refusal } => ({
  ok: false,
  error: field === undefined ? { code, message } : { code, message, field },
});
