import { probabilityAbove } from "../../liquidity/mod.ts";
import { type ChannelOutlook, PlannedChannel } from "../../planning/mod.ts";

/** Balances that are asked about. */
const STEPS = 40;

/** What another local balance would be worth, as the planner reckons. */
export interface WhatIf {
  localSat: number;
  /** Expected fees more (less, below 0) than with today's balance, msat. */
  gainMsat: number;
  /** Chance to run short within the horizon, 0 to 1. */
  shortOutbound: number;
  shortInbound: number;
}

/** Balances from empty to full in equal steps; none while there is no forecast. */
export function whatIf(outlook: ChannelOutlook): WhatIf[] {
  const { channel, forecast } = outlook;
  if (forecast === undefined) return [];
  const planned = new PlannedChannel(outlook);
  // What can be moved: the rest is in payments under way.
  const movableSat = channel.localBalanceSat + channel.remoteBalanceSat;
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const localSat = Math.round(movableSat * step / STEPS);
    const changeSat = localSat - channel.localBalanceSat;
    return {
      localSat,
      gainMsat: changeSat >= 0
        ? planned.gainOfReceivingMsat(changeSat)
        : -planned.lossOfGivingMsat(-changeSat),
      shortOutbound: probabilityAbove(forecast.outboundNeed, localSat),
      shortInbound: probabilityAbove(forecast.inboundNeed, movableSat - localSat),
    };
  });
}
