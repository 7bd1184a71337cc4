import type { HopModel } from "./hop_model.ts";
import type { Network } from "../network.ts";
import type { SearchEnds, SearchLimits } from "./search_limits.ts";

/** Directions that are looked at to find out whether a payer is cut off. */
const MOST_LOOKS = 200;

/**
 * Whether a payer can't get far: what can be reached from it over hops that could carry the
 * amount, each within the fee limit, is small and doesn't hold the receiver. Not knowing is no.
 */
export function isCutOff(
  network: Network,
  model: HopModel,
  { start, stop, deliveredMsat }: SearchEnds,
  { feeLimitMsat }: SearchLimits,
): boolean {
  const { incomingSource, outgoing, outgoingMostMsat, outgoingStart } = network;
  const reached = [stop];
  let looked = 0;
  for (let i = 0; i < reached.length; i++) {
    const node = reached[i];
    looked += outgoingStart[node + 1] - outgoingStart[node];
    if (looked > MOST_LOOKS) return false;
    for (let at = outgoingStart[node]; at < outgoingStart[node + 1]; at++) {
      if (outgoingMostMsat[at] < deliveredMsat) continue;
      if (model.rulesOut(outgoing[at], deliveredMsat)) continue;
      if (node !== stop && network.feeMsat(outgoing[at], deliveredMsat) > feeLimitMsat) continue;
      const to = incomingSource[at];
      if (to === start) return false;
      if (!reached.includes(to)) reached.push(to);
    }
  }
  return true;
}
