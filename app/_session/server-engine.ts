import type { EngineName } from '#lib/runs/events';
import type { RunRecord } from '#lib/runs/record';

/** The engine behind "the server", which may have been told while it was being loaded: a run on it says what it is. */
export function engineSeen(
  known: EngineName | null,
  { place, engine }: Pick<RunRecord, 'place' | 'engine'>,
): EngineName | null {
  const isNews = place === 'server' && engine?.name === known?.name && engine?.device !== known?.device;
  return isNews ? engine : known;
}
