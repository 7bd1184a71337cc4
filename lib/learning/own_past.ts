import { DAY_MS } from "../core/mod.ts";
import { type AmountQuantiles, QUANTILE_LEVELS } from "../liquidity/mod.ts";
import { LEAST_NEED_SAT } from "./forecaster.ts";

/** After these times a past window counts half, one forecast for each. */
export const PAST_HALF_LIVES_MS: readonly number[] = [10 * DAY_MS, 30 * DAY_MS, 90 * DAY_MS];
/** Windows without a need that every past begins with: a day of samples. */
const PRIOR_WINDOWS = 6;
/** Windows with a need that are remembered; of more the oldest are forgotten. */
const MOST_NEEDS = 512;

/**
 * The distribution of one side's needs over a channel's own past windows, recent ones counting more.
 * The distribution as it was at an earlier time, up to `keepMs` before the newest window, can still be
 * read: what a forecast is judged by must not know what came after it.
 */
export class OwnPast {
  /** Windows with a need, smallest need first, and when each was known. */
  readonly #needs: { sat: number; knownMs: number }[] = [];
  /** Windows without a need that became known lately, and the decayed number of those before. */
  readonly #lately: number[] = [];
  readonly #nones = PAST_HALF_LIVES_MS.map(() => 0);
  #nonesMs = 0;

  constructor(readonly keepMs: number) {}

  /** Enters a window's need; windows come in the order in which they became known. */
  add(needSat: number, knownMs: number): void {
    this.#fold(knownMs - this.keepMs);
    if (needSat < LEAST_NEED_SAT) {
      this.#lately.push(knownMs);
      return;
    }
    const place = this.#needs.findIndex(({ sat }) => sat > needSat);
    this.#needs.splice(place < 0 ? this.#needs.length : place, 0, { sat: needSat, knownMs });
    if (this.#needs.length > MOST_NEEDS) {
      const oldest = this.#needs.reduce((a, b, i, all) => b.knownMs < all[a].knownMs ? i : a, 0);
      this.#needs.splice(oldest, 1);
    }
  }

  /**
   * One forecast a half-life, from what was known by `atMs`.
   *
   * @param atMs no earlier than `keepMs` before the newest window
   */
  forecasts(atMs: number): AmountQuantiles[] {
    const needs = this.#needs.filter(({ knownMs }) => knownMs <= atMs);
    return PAST_HALF_LIVES_MS.map((halfLifeMs, h) => {
      const weight = (knownMs: number) => 0.5 ** ((atMs - knownMs) / halfLifeMs);
      const nones = this.#lately.reduce(
        (sum, knownMs) => knownMs <= atMs ? sum + weight(knownMs) : sum,
        PRIOR_WINDOWS + this.#nones[h] * weight(this.#nonesMs),
      );
      return distribution(nones, needs.map(({ sat }) => sat), needs.map((n) => weight(n.knownMs)));
    });
  }

  /** Sums up the windows without a need that were known by a time. */
  #fold(untilMs: number): void {
    const count = this.#lately.findIndex((knownMs) => knownMs > untilMs);
    const old = this.#lately.splice(0, count < 0 ? this.#lately.length : count);
    if (old.length === 0) return;
    const newestMs = old[old.length - 1];
    PAST_HALF_LIVES_MS.forEach((halfLifeMs, h) => {
      const keep = (ms: number) => 0.5 ** ((newestMs - ms) / halfLifeMs);
      this.#nones[h] = old.reduce(
        (sum, knownMs) => sum + keep(knownMs),
        this.#nones[h] * keep(this.#nonesMs),
      );
    });
    this.#nonesMs = newestMs;
  }
}

/** @param sat ascending, with their weights */
function distribution(nones: number, sat: number[], weights: number[]): AmountQuantiles {
  const total = weights.reduce((sum, weight) => sum + weight, nones);
  let [below, i] = [nones, -1];
  return {
    sat: QUANTILE_LEVELS.map((level) => {
      while (below <= level * total && i + 1 < sat.length) below += weights[++i];
      return i < 0 ? 0 : sat[i];
    }),
    none: nones / total,
  };
}
