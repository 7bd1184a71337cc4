import { type BenchRow, median } from "./bench_row.ts";

/** Runs of two sides, in pairs that were measured one after the other. */
export interface PairedRuns {
  ours: number[];
  /** Empty without a peer. */
  theirs: number[];
}

/** A row of times, errors or sizes, of which less is better. */
export function lessIsBetter(
  what: { bench: string; case: string; metric: string; unit: string; peer?: string },
  { ours, theirs }: PairedRuns,
): BenchRow {
  const ratios = theirs.map((their, i) => their / ours[i]);
  const spread = ratios.length > 0 ? ratios : ours;
  return {
    ...what,
    value: median(ours),
    ...(ratios.length > 0 && { peer_value: median(theirs), ratio: median(ratios) }),
    runs: ours.length,
    min: Math.min(...spread),
    max: Math.max(...spread),
  };
}
