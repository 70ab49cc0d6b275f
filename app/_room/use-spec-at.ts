'use client';
import { useMemo } from 'react';
import { amendAll, type Amendment } from '#lib/spec/change';
import type { RunSpec } from '#lib/spec/spec';
import type { RunView } from '../_session/state.ts';

/** What the run was trained under at `step`: it may have been changed on the way. */
export function useSpecAt(run: RunView | null, step: number): RunSpec | null {
  const { spec = null, amendments = NO_AMENDMENTS } = run?.record ?? {};
  const made = amendments.filter((amendment) => amendment.step <= step).length;
  return useMemo(() => spec && amendAll(spec, amendments.slice(0, made)), [spec, amendments, made]);
}

const NO_AMENDMENTS: readonly Amendment[] = [];
