import type { BenchRow } from "../../lib/core/mod.ts";

export type { BenchRow };

/** A benchmark in `NAME_bench.ts`: reports rows as it measures them. */
export type Bench = (
  report: (row: BenchRow) => void,
  options: { quick: boolean; /** Folder of a built peer. */ peer?: string },
) => Promise<void>;

/** What two sides did in interleaved runs: rates, higher is better. */
export interface Duel {
  ours: number;
  peer: number;
  ratio: number;
  min: number;
  max: number;
  runs: number;
}

/**
 * Runs both sides in turn, so that a busy machine hurts both alike, after one round that does not
 * count. The medians are of the rates, the ratio's of the ratios of neighbouring runs.
 *
 * @param ours and `peer` return work done a second
 */
export async function duel(
  ours: () => Promise<number>,
  peer: () => Promise<number>,
  runs = 5,
): Promise<Duel> {
  const rates: [number, number][] = [];
  for (let run = -1; run < runs; run++) {
    const pair: [number, number] = [await ours(), await peer()];
    if (run >= 0) rates.push(pair);
  }
  const ratios = rates.map(([a, b]) => a / b);
  return {
    ours: median(rates.map(([a]) => a)),
    peer: median(rates.map(([, b]) => b)),
    ratio: median(ratios),
    min: Math.min(...ratios),
    max: Math.max(...ratios),
    runs,
  };
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
