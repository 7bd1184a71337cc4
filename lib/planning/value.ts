import { MSAT_PER_SAT } from "../core/mod.ts";
import { expectedBetween, probabilityAbove } from "../liquidity/mod.ts";
import type { ChannelState } from "../protocol/mod.ts";
import {
  type ChannelLimits,
  type ChannelOutlook,
  PLANNER_DEFAULTS,
  type PlannerOptions,
} from "./types.ts";

/**
 * What is expected of what a forecast alone promises. Not measured: it keeps a channel that was
 * watched for less than three days to gains of twice the cost.
 */
const FORECAST_SHARE = 0.5;

/**
 * Above its reserve a side keeps this share of the capacity: who opened the channel pays for its
 * commitment, and must be able to pay more with every HTLC that is added.
 */
const SPARE_RATIO = 0.01;

/**
 * A channel while a plan is made: suggestions already chosen have moved its balance.
 *
 * The value of liquidity is what is expected to be earned by it, by the past where that is long
 * enough, else by the forecast:
 * - the past: what the change would have earned in the windows before, see `replayCurve`;
 * - the forecast: each satoshi of local balance up to the deepest net outflow U serves outflow that
 *   pays the channel's own fee rate, each satoshi of remote balance up to the deepest net inflow D
 *   lets in what pays at the channels it leaves by. With P(U > x) and P(D > x) the value of balances
 *   (b, r) is out_ppm * int_0^b P(U > x) dx + in_ppm * int_0^r P(D > x) dx, concave in either.
 *
 * What a source gives away is charged by both, see {@linkcode PlannedChannel.expectedUseMsat}.
 */
export class PlannedChannel {
  movedSat = 0;
  readonly #leastLocalSat: number;
  readonly #leastRemoteSat: number;
  /** What was found for a local balance, by amount: one source is looked at for many targets. */
  #uses = { localSat: NaN, byAmount: new Map<number, number>() };
  readonly limits: ChannelLimits;

  constructor(
    readonly outlook: ChannelOutlook,
    { reserveRatio, ruleOf }: Pick<PlannerOptions, "reserveRatio" | "ruleOf"> = PLANNER_DEFAULTS,
  ) {
    this.limits = ruleOf(outlook.channel);
    const { capacitySat, localReserveSat, remoteReserveSat } = outlook.channel;
    const { role = "both", low = 0, high = 1 } = this.limits;
    const leastSat = (reserveSat = 0, ratio: number) =>
      Math.max(Math.max(reserveRatio, ratio) * capacitySat, reserveSat + SPARE_RATIO * capacitySat);
    this.#leastLocalSat = role === "target" ? Infinity : leastSat(localReserveSat, low);
    this.#leastRemoteSat = role === "source" ? Infinity : leastSat(remoteReserveSat, 1 - high);
  }

  get id(): string {
    return this.outlook.channel.channelId;
  }
  /** As it is once what is chosen has moved. */
  get state(): ChannelState {
    const { localSat: localBalanceSat, remoteSat: remoteBalanceSat } = this;
    return { ...this.outlook.channel, localBalanceSat, remoteBalanceSat };
  }
  get localSat(): number {
    return this.outlook.channel.localBalanceSat + this.movedSat;
  }
  get remoteSat(): number {
    return this.outlook.channel.remoteBalanceSat - this.movedSat;
  }
  /** What may leave by this channel at most. */
  get givableSat(): number {
    return Math.max(0, this.localSat - this.#leastLocalSat);
  }
  /** What may arrive by this channel at most. */
  get takeableSat(): number {
    return Math.max(0, this.remoteSat - this.#leastRemoteSat);
  }

  /** Fee of bringing an amount in by this channel at most, msat. */
  feeCapMsat(amountSat: number): number {
    return feeMsat(amountSat, this.limits.maxFeePpm ?? Infinity);
  }

  /** Expected fees gained by receiving `amountSat` on the local side, msat; negative when it harms. */
  gainOfReceivingMsat(amountSat: number): number {
    return this.#changeMsat(amountSat);
  }

  /** Expected fees lost by giving `amountSat` away, msat; negative when giving helps. */
  lossOfGivingMsat(amountSat: number): number {
    return this.expectedUseMsat(amountSat) - this.#changeMsat(-amountSat);
  }

  /**
   * What a forecast expects of the part given away, beside what the past says: the fees of the
   * outflow within its horizon that would use it, msat. The source that is chosen is the one whose
   * past promises to miss least, so its past was luckier than what comes. The forecast is that of the
   * own past, whatever model serves: the rule was judged with it (docs/uplift.md). 0 where a forecast
   * alone values the channel: then it is counted there.
   */
  expectedUseMsat(amountSat: number): number {
    const { curve, earnedOutPpm, forecast, pastForecast = forecast } = this.outlook;
    if (curve === undefined || pastForecast === undefined) return 0;
    const { localSat } = this;
    if (this.#uses.localSat !== localSat) this.#uses = { localSat, byAmount: new Map() };
    let useMsat = this.#uses.byAmount.get(amountSat);
    if (useMsat === undefined) {
      const usedSat = expectedBetween(pastForecast.outboundNeed, localSat - amountSat, localSat);
      this.#uses.byAmount.set(amountSat, useMsat = feeMsat(usedSat, earnedOutPpm));
    }
    return useMsat;
  }

  /** Chance that outflow uses up the present balance and `furtherSat` more. */
  chanceOfUse(furtherSat: number): number {
    const { forecast } = this.outlook;
    return forecast === undefined
      ? 0
      : probabilityAbove(forecast.outboundNeed, this.localSat + furtherSat);
  }

  /** Value after a change of the local balance less that before, msat. */
  #changeMsat(changeSat: number): number {
    const { curve } = this.outlook;
    return curve === undefined
      ? FORECAST_SHARE * this.#forecastChangeMsat(changeSat)
      : curve.changeMsat(this.localSat, changeSat);
  }

  #forecastChangeMsat(changeSat: number): number {
    const { forecast, earnedOutPpm, earnedInPpm } = this.outlook;
    if (forecast === undefined) return 0;
    const { outboundNeed, inboundNeed } = forecast;
    const [low, high] = changeSat < 0 ? [changeSat, 0] : [0, changeSat];
    const out = expectedBetween(outboundNeed, this.localSat + low, this.localSat + high);
    const into = expectedBetween(inboundNeed, this.remoteSat - high, this.remoteSat - low);
    const rise = feeMsat(out, earnedOutPpm) - feeMsat(into, earnedInPpm);
    return changeSat < 0 ? -rise : rise;
  }
}

/** The proportional fee of an amount, msat. */
export function feeMsat(amountSat: number, ratePpm: number): number {
  return amountSat * MSAT_PER_SAT * ratePpm / 1e6;
}
