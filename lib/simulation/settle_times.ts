import type { Rng } from "../core/mod.ts";

/** Time to settle: median 2.8 s, 99 % at 119 s, as measured; log-normal. */
const MEDIAN_MS = 2800;
const SD_LOG = Math.log(119 / 2.8) / 2.326;
/** A route that fails is given up sooner. */
const FAILED_ATTEMPT_MS = 1500;

/** How long payments take. For reports: balances move at once. */
export class SettleTimes {
  constructor(readonly rng: Rng) {}

  /** @param attempts tried routes; the last one counts in full */
  draw(attempts: number): number {
    if (attempts === 0) return 0;
    const last = MEDIAN_MS * Math.exp(SD_LOG * this.rng.normal());
    return Math.round(last + (attempts - 1) * FAILED_ATTEMPT_MS);
  }
}
