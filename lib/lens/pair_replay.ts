import { channelKey, type TimeSpan } from "../liquidity/mod.ts";
import type { PairMove } from "../planning/mod.ts";
import type { ChannelState } from "../protocol/mod.ts";
import type { PastFlows, TimedFlow } from "./past_flows.ts";

/**
 * Replays what was attempted through two channels of a node in (fromMs, toMs]. Tells what a rebalance
 * between them earns of it, msat: the fees served with it less those served without it, negative where
 * it is missed at the source. What other channels hold is taken to suffice.
 */
export function pairReplay(
  flows: PastFlows,
  { source, target }: Pick<PairMove, "source" | "target">,
  { fromMs, toMs }: TimeSpan,
): (move: Pick<PairMove, "amountMsat" | "feeMsat">) => number {
  const ends = [source, target];
  const [ofSource, ofTarget] = ends.map(({ node, channelId }) =>
    flows.between(channelKey(node, channelId), fromMs, toMs)
  );
  const wishes = pairWishes(ofSource, ofTarget);
  const served = (changesMsat: readonly number[]) =>
    servedMsat(wishes, ends.map((end, i) => balanceOf(end, changesMsat[i])));
  const withoutMsat = served([0, 0]);
  return ({ amountMsat, feeMsat }) => served([-(amountMsat + feeMsat), amountMsat]) - withoutMsat;
}

/** What a forward asks of the source and of the target channel; undefined where it doesn't touch it. */
type Wish = readonly [TimedFlow | undefined, TimedFlow | undefined];

interface Balance {
  localMsat: number;
  capacityMsat: number;
}

function balanceOf({ capacitySat, localBalanceSat }: ChannelState, changeMsat: number): Balance {
  const capacityMsat = capacitySat * 1000;
  const localMsat = Math.min(capacityMsat, Math.max(0, localBalanceSat * 1000 + changeMsat));
  return { localMsat, capacityMsat };
}

/** Flows of two channels in order of time; a forward that came by one and left by the other is one wish. */
function pairWishes(ofSource: readonly TimedFlow[], ofTarget: readonly TimedFlow[]): Wish[] {
  const wishes: Wish[] = [];
  let at = 0;
  for (const flow of ofSource) {
    while (at < ofTarget.length && ofTarget[at].timeMs < flow.timeMs) {
      wishes.push([undefined, ofTarget[at++]]);
    }
    const other = ofTarget[at];
    const same = other !== undefined && other.timeMs === flow.timeMs &&
      other.feeMsat === flow.feeMsat && other.direction !== flow.direction;
    wishes.push([flow, same ? other : undefined]);
    if (same) at++;
  }
  for (; at < ofTarget.length; at++) wishes.push([undefined, ofTarget[at]]);
  return wishes;
}

/** Fees of the wishes that balances could serve in turn: on all the channels they touch, or not at all. */
function servedMsat(wishes: readonly Wish[], balances: Balance[]): number {
  let feesMsat = 0;
  for (const wish of wishes) {
    const after = wish.map((flow, i) => {
      const { localMsat } = balances[i];
      if (flow === undefined) return localMsat;
      return flow.direction === "out" ? localMsat - flow.amountMsat : localMsat + flow.amountMsat;
    });
    if (after.some((msat, i) => msat < 0 || msat > balances[i].capacityMsat)) continue;
    after.forEach((localMsat, i) => balances[i].localMsat = localMsat);
    feesMsat += (wish[0] ?? wish[1])!.feeMsat;
  }
  return feesMsat;
}
