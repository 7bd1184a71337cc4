import { HOUR_MS } from "../../core/mod.ts";

/** How long a message takes from one node to the next, channel update included; log-normal. */
export interface LatencyOptions {
  /** Median of one step, ms; 0 lets everything happen at once. */
  medianMs: number;
  /** Standard deviation of ln(time). */
  sdLog: number;
}

/**
 * Fitted so that forwards which settle take what was measured at a real routing node, from coming
 * in to having settled: median 2.8 s, 99 % within 119 s. Most steps are fast, a few very slow.
 */
export const LATENCY_OPTIONS = { medianMs: 480, sdLog: 2.04 } as const satisfies LatencyOptions;

/** Everything happens at once. */
export const ZERO_LATENCY = { medianMs: 0, sdLog: 0 } as const satisfies LatencyOptions;

/** No step takes longer. */
const LONGEST_MS = HOUR_MS;

/**
 * Times of steps. Each is a function of the seed, whose attempt it is and which step of it: the
 * same payment is as lucky in a twin, whatever happened to others before, and there is no state to
 * keep.
 */
export class Latency {
  readonly #seed: number;

  /** @param seed whole number of 32 bits */
  constructor(seed: number, readonly options: LatencyOptions = LATENCY_OPTIONS) {
    this.#seed = seed;
  }

  /** Whether everything happens at once. */
  get isZero(): boolean {
    return this.options.medianMs === 0;
  }

  /** The key of an attempt: the number of its payment, and its own within it. */
  keyOf(serial: number, attempt: number): number {
    return mixed(mixed(this.#seed ^ serial) + attempt);
  }

  /** Whole ms that a step takes. Steps of one attempt are numbered from 0. */
  stepMs(key: number, step: number): number {
    const { medianMs, sdLog } = this.options;
    if (medianMs === 0) return 0;
    const first = mixed(key + Math.imul(step + 1, 0x9e3779b9));
    // Box and Muller; halves keep both numbers off the ends of (0, 1).
    const u = ((first >>> 0) + 0.5) / 0x100000000;
    const v = ((mixed(first) >>> 0) + 0.5) / 0x100000000;
    const normal = Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
    return Math.ceil(Math.min(LONGEST_MS, medianMs * Math.exp(sdLog * normal)));
  }
}

/** The finaliser of splitmix32: every bit of the result depends on every bit of `value`. */
function mixed(value: number): number {
  let z = (value + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}
