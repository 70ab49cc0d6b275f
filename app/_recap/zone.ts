'use client';
/** In which zone times are told: the reader's own, which no server knows; until the page is alive in UTC, as the server drew it. */
import { useSyncExternalStore } from 'react';

/** A part of `Intl.DateTimeFormatOptions`. */
export type Zone = Pick<Intl.DateTimeFormatOptions, 'timeZone'>;

const OWN: Zone = {};
const SERVERS: Zone = { timeZone: 'UTC' };
const never = (): (() => void) => () => undefined;

export const useZone = (): Zone =>
  useSyncExternalStore(
    never,
    () => OWN,
    () => SERVERS,
  );
