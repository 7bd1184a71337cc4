import { MSAT_PER_SAT } from "../core/mod.ts";
import { expectedBetween, probabilityAbove } from "../liquidity/mod.ts";
import type { ChannelOutlook } from "./types.ts";

/**
 * A channel while a plan is made: suggestions already chosen have moved its balance.
 *
 * The value of liquidity is what the forecast says it will earn: each satoshi of local balance up
 * to the deepest net outflow U serves outflow that pays the channel's own fee rate, each satoshi of
 * remote balance up to the deepest net inflow D lets in what pays at the channels it leaves by. So
 * with P(U > x) and P(D > x) from the forecast the value of balances (b, r) is
 * out_ppm * int_0^b P(U > x) dx + in_ppm * int_0^r P(D > x) dx, concave in either.
 */
export class PlannedChannel {
  movedSat = 0;
  constructor(readonly outlook: ChannelOutlook, readonly reserveRatio: number) {}

  get id(): string {
    return this.outlook.channel.channelId;
  }
  get localSat(): number {
    return this.outlook.channel.localBalanceSat + this.movedSat;
  }
  get remoteSat(): number {
    return this.outlook.channel.remoteBalanceSat - this.movedSat;
  }
  /** What may leave by this channel at most. */
  get givableSat(): number {
    return Math.max(0, this.localSat - this.#reserveSat);
  }
  /** What may arrive by this channel at most. */
  get takeableSat(): number {
    return Math.max(0, this.remoteSat - this.#reserveSat);
  }
  get #reserveSat(): number {
    return this.reserveRatio * this.outlook.channel.capacitySat;
  }

  /** Expected fees gained by receiving `amountSat` on the local side, msat; negative when it harms. */
  gainOfReceivingMsat(amountSat: number): number {
    return this.#outValue(this.localSat, this.localSat + amountSat) -
      this.#inValue(this.remoteSat - amountSat, this.remoteSat);
  }

  /** Expected fees lost by giving `amountSat` away, msat; negative when giving helps. */
  lossOfGivingMsat(amountSat: number): number {
    return this.#outValue(this.localSat - amountSat, this.localSat) -
      this.#inValue(this.remoteSat, this.remoteSat + amountSat);
  }

  /** Fees that the next satoshi of local balance is expected to earn, ppm. */
  marginalPpm(): number {
    const { forecast, earnedOutPpm, earnedInPpm } = this.outlook;
    if (forecast === undefined) return 0;
    return earnedOutPpm * probabilityAbove(forecast.outboundNeed, this.localSat) -
      earnedInPpm * probabilityAbove(forecast.inboundNeed, this.remoteSat);
  }

  /** Chance that outflow uses up the present balance and `furtherSat` more. */
  chanceOfUse(furtherSat: number): number {
    const { forecast } = this.outlook;
    return forecast === undefined
      ? 0
      : probabilityAbove(forecast.outboundNeed, this.localSat + furtherSat);
  }

  #outValue(fromSat: number, toSat: number): number {
    const { forecast, earnedOutPpm } = this.outlook;
    if (forecast === undefined) return 0;
    return feeMsat(expectedBetween(forecast.outboundNeed, fromSat, toSat), earnedOutPpm);
  }
  #inValue(fromSat: number, toSat: number): number {
    const { forecast, earnedInPpm } = this.outlook;
    if (forecast === undefined) return 0;
    return feeMsat(expectedBetween(forecast.inboundNeed, fromSat, toSat), earnedInPpm);
  }
}

/** The proportional fee of an amount, msat. */
export function feeMsat(amountSat: number, ratePpm: number): number {
  return amountSat * MSAT_PER_SAT * ratePpm / 1e6;
}
