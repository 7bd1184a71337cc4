import type { LensEvent, RebalanceProgress, SuggestionResult } from "../protocol/mod.ts";

/** Runs that are kept. */
const MOST_RUNS = 50;

/** A rebalance that is being carried out, or was lately; times are those of the data, Unix ms. */
export interface Run {
  progress: RebalanceProgress;
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
    const run = { progress, begunMs: known?.begunMs ?? nowMs };
    this.#runs.set(progress.id, run);
    for (const id of this.#runs.keys()) {
      if (this.#runs.size <= MOST_RUNS) break;
      this.#runs.delete(id);
    }
    this.onChange(run);
  }

  /** A result ends its run. */
  see(event: LensEvent): void {
    if (event.kind !== "rebalance") return;
    const { rebalance: result, timeMs: endedMs } = event;
    const known = this.#runs.get(result.id);
    if (known === undefined) return;
    const tries = result.tries ?? known.progress.tries;
    const run = { ...known, progress: { ...known.progress, tries, underWay: [] }, endedMs, result };
    this.#runs.set(result.id, run);
    this.onChange(run);
  }

  get(id: string): Run | undefined {
    return this.#runs.get(id);
  }

  /** The newest first. */
  list(limit: number): Run[] {
    return [...this.#runs.values()].reverse().slice(0, limit);
  }
}
