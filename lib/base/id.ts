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

/** 22 characters of base64url → bytes [16]; undefined where it is no id. */
export function bytesFromId(id: string): Uint8Array | undefined {
  if (!isId(id)) return undefined;
  const bytes = new Uint8Array(ID_BYTES);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const letter of id) {
    held = (held << 6) | ALPHABET.indexOf(letter);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    if (at < ID_BYTES) bytes[at++] = (held >> bits) & 255;
    held &= (1 << bits) - 1;
  }
  return bytes;
}
