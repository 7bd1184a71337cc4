import type { LensEvent, RebalanceProgress, SuggestionResult } from "../../protocol/mod.ts";

/** Runs that are kept. */
const MOST_RUNS = 50;

/** A rebalance that is being carried out, or was lately; times are those of the data, Unix ms. */
export interface Run {
  /** The fee limit is unknown where only the result was told. */
  progress: Omit<RebalanceProgress, "feeLimitMsat"> & { feeLimitMsat?: number };
  begunMs: number;
  endedMs?: number;
  result?: SuggestionResult;
}

/** Rebalances as they are carried out, wherever: attempt by attempt, with the route of each. */
export class Runs {
  readonly #runs = new Map<string, Run>();

  /** @param onChange told of every step */
  constructor(private readonly onChange: (run: Run) => void) {}

  /** Takes what an executor or a simulation tells of a run. */
  progress(progress: RebalanceProgress, nowMs: number): void {
    const known = this.#runs.get(progress.id);
    if (known?.result !== undefined) return;
    this.#keep({ progress, begunMs: known?.begunMs ?? nowMs });
  }

  /** A result ends its run, or is all that is known of one. */
  see(event: LensEvent): void {
    if (event.kind !== "rebalance" || event.rebalance.attempts === 0) return;
    const { rebalance: result, timeMs: endedMs } = event;
    const known = this.#runs.get(result.id);
    const { id, node, sourceChannel, targetChannel, amountMsat } = result;
    const progress = {
      ...known?.progress ?? { id, node, sourceChannel, targetChannel, amountMsat },
      tries: result.tries ?? known?.progress.tries ?? [],
      underWay: [],
    };
    this.#keep({ progress, begunMs: known?.begunMs ?? endedMs, endedMs, result });
  }

  get(id: string): Run | undefined {
    return this.#runs.get(id);
  }

  #keep(run: Run): void {
    this.#runs.set(run.progress.id, run);
    for (const id of this.#runs.keys()) {
      if (this.#runs.size <= MOST_RUNS) break;
      this.#runs.delete(id);
    }
    this.onChange(run);
  }

  /** The newest first. */
  list(limit: number): Run[] {
    return [...this.#runs.values()].reverse().slice(0, limit);
  }
}
