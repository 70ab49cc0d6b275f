/** Entry of the worker that holds an exact claim before the reader: its picture point by point, then its quantities. */
import { SUBJECTS } from '#lib/experiments/subjects';
import { isMet } from '#lib/experiments/claim';
import type { ClaimRequest, ClaimReport } from './claim-report.ts';

const tell = (report: ClaimReport): void => {
  postMessage(report);
};

function hold({ experiment, id }: ClaimRequest): void {
  const claim = SUBJECTS.find(({ key }) => key === experiment)?.claims.find((each) => each.id === id);
  if (claim?.kind !== 'exact') throw new RangeError(`There is no exact claim ${experiment}/${id}: reload the page.`);
  const before = performance.now();
  const value = claim.picture?.begin();
  for (const x of claim.picture?.at ?? []) tell({ type: 'point', point: [x, ...(value?.(x) ?? [])] });
  const quantities = claim.measure();
  const isAsExpected = quantities.every((quantity) => isMet(quantity, 'full'));
  tell({ type: 'held', quantities, isAsExpected, seconds: (performance.now() - before) / 1_000 });
}

addEventListener('message', ({ data }: MessageEvent<ClaimRequest>) => {
  try {
    hold(data);
  } catch (error) {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
});
