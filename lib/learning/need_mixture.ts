import { HOUR_MS } from "../core/mod.ts";
import { type AmountQuantiles, chanceOfNone, QUANTILE_LEVELS } from "../liquidity/mod.ts";
import { ExpertMixture, type ExpertRound } from "./expert_mixture.ts";
import { LEAST_NEED_SAT, tidyQuantiles } from "./forecaster.ts";
import { OwnPast, PAST_HALF_LIVES_MS } from "./own_past.ts";
import { type Side, SIDES } from "./reference_scale.ts";
import { VersionedVector } from "./versioned_vector.ts";

/** Weights to begin with: the model's, and those of the pasts, which have little to say at first. */
const PRIOR = [0.9, ...PAST_HALF_LIVES_MS.map(() => 0.1 / PAST_HALF_LIVES_MS.length)];
const EXPERTS = PRIOR.length;
/** The levels, and the chance of no need. */
const VALUES = QUANTILE_LEVELS.length + 1;

/** A forecast mixed of several, with what each said. */
export interface MixedNeed {
  quantiles: AmountQuantiles;
  said: readonly (readonly number[])[];
}

/** Which channel's which side a need is of. */
export interface NeedPlace {
  key: string;
  side: Side;
}

interface SideMixture {
  experts: ExpertMixture;
  /** Weights less those they began with, one value after the other. */
  weights: VersionedVector;
  /** Rounds that became known at one time, not yet learned from. */
  waiting: ExpertRound[];
  waitingMs: number;
}

/**
 * A model's forecasts of needs mixed with the distributions of the channel's own past needs. Weights are
 * those that the forecasts have earned so far, by side and level, over all channels. A model fitted long
 * ago does not follow a channel that changes its ways; the past of the last days does, and where it has
 * been the better guide it gets the say.
 *
 * Forecasts can be read as of earlier times, up to one horizon back, so that each is judged as it was.
 */
export class NeedMixture {
  readonly #pasts = new Map<string, OwnPast>();
  readonly #sides: Record<Side, SideMixture>;

  constructor(readonly horizonMs: number) {
    const [outbound, inbound] = SIDES.map(() => ({
      experts: new ExpertMixture(PRIOR, VALUES),
      weights: new VersionedVector(EXPERTS * VALUES, HOUR_MS),
      waiting: [],
      waitingMs: -Infinity,
    }));
    this.#sides = { outbound, inbound };
  }

  /** The mixture as of a time, not earlier than a horizon before the newest need. */
  forecast(
    place: NeedPlace,
    model: AmountQuantiles,
    { atMs, capacitySat }: { atMs: number; capacitySat: number },
  ): MixedNeed {
    const own = this.#past(place).forecasts(atMs);
    const said = [model, ...own].map((q) => [...q.sat, chanceOfNone(q)]);
    const side = this.#sides[place.side];
    if (atMs > side.waitingMs) this.#learnWaiting(side);
    const at = side.weights.at(atMs);
    const mixed = Array.from(
      { length: VALUES },
      (_, v) =>
        said.reduce((sum, values, k) => sum + (at[v * EXPERTS + k] + PRIOR[k]) * values[v], 0),
    );
    const none = mixed.pop() ?? 0;
    return { quantiles: { sat: tidyQuantiles(mixed, capacitySat), none }, said };
  }

  /** Takes note of a need for which no forecast was made. Needs come as they become known. */
  remember(place: NeedPlace, needSat: number, knownMs: number): void {
    this.#past(place).add(needSat, knownMs);
  }

  /** Learns what became of a forecast, and remembers the need. */
  learn(place: NeedPlace, mixed: MixedNeed, needSat: number, knownMs: number): void {
    const side = this.#sides[place.side];
    if (knownMs > side.waitingMs) this.#learnWaiting(side);
    side.waitingMs = knownMs;
    const { sat, none = 0 } = mixed.quantiles;
    const slope = sat.map((value, l) =>
      needSat > value ? -QUANTILE_LEVELS[l] : needSat < value ? 1 - QUANTILE_LEVELS[l] : 0
    );
    // The chance of no need by its squared error.
    const hit = needSat < LEAST_NEED_SAT ? 1 : 0;
    side.waiting.push({
      said: mixed.said,
      made: [...sat, none],
      slope: [...slope, 2 * (none - hit)],
    });
    this.remember(place, needSat, knownMs);
  }

  #learnWaiting(side: SideMixture): void {
    if (side.waiting.length === 0) return;
    const { experts, waitingMs } = side;
    experts.learn(side.waiting);
    side.waiting = [];
    side.weights.change(waitingMs, waitingMs - this.horizonMs, (values) => {
      experts.weights.forEach((own, v) =>
        own.forEach((weight, k) => values[v * EXPERTS + k] = weight - PRIOR[k])
      );
    });
  }

  #past({ key, side }: NeedPlace): OwnPast {
    const name = `${side}/${key}`;
    let past = this.#pasts.get(name);
    if (past === undefined) this.#pasts.set(name, past = new OwnPast(this.horizonMs));
    return past;
  }
}
