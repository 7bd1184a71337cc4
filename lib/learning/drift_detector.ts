import { HOUR_MS } from "../core/mod.ts";

/** Settings of a {@linkcode DriftDetector}. */
export interface DriftDetectorOptions {
  /** Errors within one block of time count as one, their mean: errors of one moment go together. */
  blockMs: number;
  /** Blocks that show what is usual; nothing is said before. */
  referenceBlocks: number;
  /** Shift of the mean rank that is put up with, 0 to 0.5. */
  tolerance: number;
  /** Sum of ranks beyond the tolerance that is an alarm. */
  threshold: number;
}

/**
 * Values of {@linkcode DriftDetectorOptions} where none is given. The reference is a week of hours,
 * so that the daily and weekly rhythm is within it. Under no change an alarm comes about once in
 * 3,000 blocks or more (four months of hours); errors that double are noticed within about a day.
 */
export const DRIFT_DETECTOR_DEFAULTS = {
  blockMs: HOUR_MS,
  referenceBlocks: 168,
  tolerance: 0.1,
  threshold: 3,
} satisfies DriftDetectorOptions;

/** What a {@linkcode DriftDetector} says. */
export interface DriftState {
  /** `learning`: the reference is not full. `drift`: an alarm in the newest block. */
  state: "learning" | "steady" | "warning" | "drift";
  /** Which way errors have moved, where anything is said. */
  direction?: "up" | "down";
  /** The larger of both sums over the threshold: 1 and more is an alarm. */
  level: number;
  /** When the change seems to have begun, Unix ms; with a warning or an alarm. */
  sinceMs?: number;
  /** Alarms so far. */
  alarms: number;
  /** Whole blocks seen since the last alarm, or the beginning. */
  blocks: number;
}

/** Part of the threshold from which on it is a warning. */
const WARNING = 0.6;

/**
 * Tells when the errors of a forecaster are no longer what they were: Page's cumulative sums (1954;
 * the Page-Hinkley test), not on the errors but on their ranks among those of a reference period.
 * A rank is spread evenly from 0 to 1 whatever the distribution of errors, heavy tails included, so
 * that one threshold has the same rate of false alarms for all of them.
 *
 * After an alarm it starts anew: what comes next is the new reference.
 *
 * @example
 * ```ts
 * import { DriftDetector } from "../../lib/learning/mod.ts";
 * const detector = new DriftDetector({ referenceBlocks: 50 });
 * const hour = 3_600_000;
 * for (let i = 0; i < 100; i++) detector.observe(i % 10, i * hour);
 * if (detector.state.state !== "steady") throw new Error("nothing has changed");
 * for (let i = 100; i < 110; i++) detector.observe(20 + i % 10, i * hour);
 * if (detector.state.alarms !== 1) throw new Error("errors have grown");
 * ```
 */
export class DriftDetector {
  readonly options: DriftDetectorOptions;
  #reference: number[] = [];
  #sorted: Float64Array | undefined;
  #block = { fromMs: NaN, sum: 0, count: 0 };
  #up: PageSum = newSum();
  #down: PageSum = newSum();
  #alarms = 0;
  #blocks = 0;
  #state: DriftState = { state: "learning", level: 0, alarms: 0, blocks: 0 };

  constructor(options: Partial<DriftDetectorOptions> = {}) {
    this.options = { ...DRIFT_DETECTOR_DEFAULTS, ...options };
  }

  /** As of the last whole block. */
  get state(): DriftState {
    return this.#state;
  }

  /**
   * Takes an error, such as the pinball loss of a forecast whose horizon has passed. Times should
   * not run backwards; an error that does counts in the block under way. Errors that are no number
   * are passed over.
   *
   * @returns the state after it
   */
  observe(error: number, timeMs: number): DriftState {
    if (!Number.isFinite(error) || !Number.isFinite(timeMs)) return this.#state;
    const block = this.#block;
    if (timeMs >= block.fromMs + this.options.blockMs) this.#close();
    if (Number.isNaN(this.#block.fromMs)) {
      const { blockMs } = this.options;
      this.#block.fromMs = Math.floor(timeMs / blockMs) * blockMs;
    }
    this.#block.sum += error;
    this.#block.count++;
    return this.#state;
  }

  /** Forgets everything but the number of alarms: for a forecaster that is new. */
  reset(): void {
    this.#startAnew();
    this.#block = { fromMs: NaN, sum: 0, count: 0 };
    this.#state = { state: "learning", level: 0, alarms: this.#alarms, blocks: 0 };
  }

  #close(): void {
    const { fromMs, sum, count } = this.#block;
    this.#block = { fromMs: NaN, sum: 0, count: 0 };
    this.#blocks++;
    const mean = sum / count;
    if (this.#sorted === undefined) this.#learn(mean);
    else this.#judge(mean, fromMs, this.#sorted);
  }

  #learn(mean: number): void {
    this.#reference.push(mean);
    if (this.#reference.length >= this.options.referenceBlocks) {
      this.#sorted = Float64Array.from(this.#reference).sort();
    }
    this.#state = { state: "learning", level: 0, alarms: this.#alarms, blocks: this.#blocks };
  }

  #judge(mean: number, fromMs: number, sorted: Float64Array): void {
    const { tolerance, threshold } = this.options;
    const excess = midRank(sorted, mean) - 0.5;
    this.#up = added(this.#up, excess - tolerance, fromMs);
    this.#down = added(this.#down, -excess - tolerance, fromMs);
    const direction = this.#up.sum >= this.#down.sum ? "up" : "down";
    const { sum, sinceMs } = direction === "up" ? this.#up : this.#down;
    const level = sum / threshold;
    const blocks = this.#blocks;
    if (level < WARNING) {
      this.#state = { state: "steady", level, alarms: this.#alarms, blocks };
      return;
    }
    const state = level >= 1 ? "drift" : "warning";
    if (state === "drift") {
      this.#alarms++;
      this.#startAnew();
    }
    this.#state = { state, direction, level, sinceMs, alarms: this.#alarms, blocks };
  }

  #startAnew(): void {
    this.#reference = [];
    this.#sorted = undefined;
    this.#up = newSum();
    this.#down = newSum();
    this.#blocks = 0;
  }
}

/** A cumulative sum that never falls below 0, and since when it is above. */
interface PageSum {
  sum: number;
  sinceMs: number;
}

function newSum(): PageSum {
  return { sum: 0, sinceMs: NaN };
}

function added({ sum, sinceMs }: PageSum, step: number, timeMs: number): PageSum {
  const next = Math.max(0, sum + step);
  return { sum: next, sinceMs: sum === 0 ? timeMs : sinceMs };
}

/** Share of the reference below a value, equal ones counting half: 0 to 1. */
function midRank(sorted: Float64Array, value: number): number {
  return (countBelow(sorted, value, false) + countBelow(sorted, value, true)) / 2 / sorted.length;
}

function countBelow(sorted: Float64Array, value: number, orEqual: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value || (orEqual && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
