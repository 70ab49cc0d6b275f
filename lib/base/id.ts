/** Branded ids: a room's id cannot be passed where a run's is wanted. All are base64url text. */
declare const brand: unique symbol;
export type Id<Name extends string> = string & { readonly [brand]: Name };

export type RoomId = Id<'room'>;
export type RunId = Id<'run'>;
export type PersonId = Id<'person'>;

/** 128 bits: a room's id is a capability, so it must not be guessable. */
export const ID_BYTES = 16;
const ID_PATTERN = /^[A-Za-z0-9_-]{22}$/;

export const isId = (text: string): boolean => ID_PATTERN.test(text);

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** bytes [16] of a cryptographic source → 22 characters of base64url. */
export function idFromBytes<Name extends string>(bytes: Uint8Array): Id<Name> {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes.subarray(0, ID_BYTES)) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += ALPHABET.charAt((held >> bits) & 63);
    }
    held &= (1 << bits) - 1;
  }
  if (bits > 0) text += ALPHABET.charAt((held << (6 - bits)) & 63);
  return text as Id<Name>;
}
