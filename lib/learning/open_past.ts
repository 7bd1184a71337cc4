import { DAY_MS } from "../core/mod.ts";
import {
  chanceOfNone,
  channelKey,
  DecayedCount,
  type DemandForecast,
  FEATURE_NAMES,
  type FeatureSample,
} from "../liquidity/mod.ts";
import { meetableNeed, tidyQuantiles } from "./forecaster.ts";
import { OwnPast, PAST_HALF_LIVES_MS } from "./own_past.ts";
import { type Side, SIDES } from "./reference_scale.ts";

/** A side with less than this share of the capacity counts as drained: part of its demand goes unseen. */
const OPEN_SHARE = 0.1;
const HALF_LIFE = PAST_HALF_LIVES_MS.indexOf(30 * DAY_MS);
/** Windows that earned nothing, which every past begins with. */
const PRIOR_WINDOWS = 6;

const [CAPACITY, LOCAL, REMOTE] = ["capacity", "local_balance", "remote_balance"].map((name) =>
  FEATURE_NAMES.indexOf(name)
);

/** How a channel stands. */
export interface ChannelBalances {
  capacitySat: number;
  localBalanceSat: number;
  remoteBalanceSat: number;
}

/** What was wanted of one side of a channel in windows that it began with balance. */
interface OpenWindows {
  needs: OwnPast;
  feesMsat: DecayedCount;
  count: DecayedCount;
}

/**
 * What drained channels would be asked for if they had balance. Senders learn that a side is empty and
 * stay away, so its windows look idle and forecasts made from them say that it is not worth filling. Here
 * only windows count that a side began with balance; where a side is drained, its forecast is raised to
 * their distribution. A side that was never seen with balance stays as forecast: nothing is known of it.
 */
export class OpenPast {
  readonly #sides = new Map<string, OpenWindows>();
  #newestMs = 0;

  constructor(readonly horizonMs: number) {}

  /** Takes a sample whose label is known; samples come as their windows end. */
  observe(sample: FeatureSample): void {
    const { label, vector, timeMs } = sample;
    if (label === undefined) return;
    const knownMs = timeMs + this.horizonMs;
    this.#newestMs = Math.max(this.#newestMs, knownMs);
    const balances = {
      capacitySat: vector[CAPACITY],
      localBalanceSat: vector[LOCAL],
      remoteBalanceSat: vector[REMOTE],
    };
    for (const side of SIDES) {
      if (!(sideShare(side, balances) >= OPEN_SHARE)) continue;
      const windows = this.#windows(`${side}/${channelKey(sample.node, sample.channelId)}`);
      windows.needs.add(meetableNeed(label[`${side}NeedSat`], balances.capacitySat), knownMs);
      windows.feesMsat.add(knownMs, label.feesAtStakeMsat);
      windows.count.add(knownMs, 1);
    }
  }

  /** The forecast, raised on drained sides to what was wanted while they had balance. */
  lift(key: string, forecast: DemandForecast, balances: ChannelBalances): DemandForecast {
    const lifted = { ...forecast };
    for (const side of SIDES) {
      const windows = this.#sides.get(`${side}/${key}`);
      if (windows === undefined || !(sideShare(side, balances) < OPEN_SHARE)) continue;
      const made = forecast[`${side}Need`];
      const open = windows.needs.forecasts(this.#newestMs)[HALF_LIFE];
      lifted[`${side}Need`] = {
        sat: tidyQuantiles(
          made.sat.map((sat, l) => Math.max(sat, open.sat[l])),
          balances.capacitySat,
        ),
        none: Math.min(chanceOfNone(made), chanceOfNone(open)),
      };
      const meanMsat = windows.feesMsat.at(this.#newestMs) /
        (PRIOR_WINDOWS + windows.count.at(this.#newestMs));
      lifted.feesAtStakeMsat = Math.max(lifted.feesAtStakeMsat, meanMsat);
    }
    return lifted;
  }

  #windows(name: string): OpenWindows {
    let windows = this.#sides.get(name);
    if (windows === undefined) {
      const halfLifeMs = PAST_HALF_LIVES_MS[HALF_LIFE];
      this.#sides.set(
        name,
        windows = {
          needs: new OwnPast(this.horizonMs),
          feesMsat: new DecayedCount(halfLifeMs),
          count: new DecayedCount(halfLifeMs),
        },
      );
    }
    return windows;
  }
}

/** Share of the capacity that a side holds; NaN where it is not known. */
function sideShare(side: Side, balances: ChannelBalances): number {
  const { capacitySat, localBalanceSat, remoteBalanceSat } = balances;
  return (side === "outbound" ? localBalanceSat : remoteBalanceSat) / capacitySat;
}
