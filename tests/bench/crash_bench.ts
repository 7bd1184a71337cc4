/**
 * Servers killed with -9 at random moments under load, while models are promoted: reports how many
 * of them lost nothing, which is all of them, or fails.
 */
import { crashTrial } from "../server/crash_trial.ts";
import type { BenchRow } from "./bench_row.ts";

/** Runs the trial. */
export async function run(
  report: (row: BenchRow) => void,
  { quick }: { quick: boolean },
): Promise<void> {
  const kills = quick ? 20 : 200;
  const { acknowledged } = await crashTrial({ kills, seed: 1 });
  report({
    bench: "crash",
    case: `kill -9 under load, ${acknowledged} events acknowledged`,
    metric: "kills without a loss",
    value: kills,
    unit: "kills",
    runs: 1,
    min: kills,
    max: kills,
  });
}
