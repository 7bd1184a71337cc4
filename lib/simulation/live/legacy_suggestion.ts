import { HOUR_MS, satToMsat } from "../../core/mod.ts";
import type { Network } from "../../network/mod.ts";
import type { LegacySuggestion, Suggestion } from "../../protocol/mod.ts";
import type { Simulation } from "../simulation.ts";

/** The legacy shape names no fee limit: this share of the amount. */
const FEE_LIMIT_PPM = 1000;

/**
 * What a legacy suggestion means here: an operator that has channels to both nodes moves the
 * amount out by its channel to the one and back by its channel to the other.
 *
 * @returns the suggestion under the name `id`, or why there is none
 */
export function suggestionFromLegacy(
  simulation: Simulation,
  legacy: LegacySuggestion,
  id: string,
): Suggestion | string {
  const { network, balances } = simulation;
  const from = network.nodeOf(legacy.fromNode), to = network.nodeOf(legacy.toNode);
  if (from === undefined) return `unknown node ${legacy.fromNode}`;
  if (to === undefined) return `unknown node ${legacy.toNode}`;
  if (from === to) return "from_node and to_node are the same";
  const amountMsat = satToMsat(legacy.amountSat);
  const pairs = simulation.operators.flatMap((node) => {
    const owner = network.nodeOf(node)!;
    const out = fullest(network, owner, from, (d) => balances.availableMsat(d));
    const back = fullest(network, owner, to, (d) => balances.availableMsat(d ^ 1));
    return out === undefined || back === undefined ? [] : [{ node, out, back }];
  });
  const able = pairs.find(({ out, back }) =>
    balances.availableMsat(out) >= amountMsat && balances.availableMsat(back ^ 1) >= amountMsat
  );
  const pair = able ?? pairs[0];
  if (pair === undefined) return "no operator has channels to both nodes";
  return {
    id,
    node: pair.node,
    sourceNode: legacy.fromNode,
    sourceChannel: network.channelIds[pair.out >> 1],
    targetNode: legacy.toNode,
    targetChannel: network.channelIds[pair.back >> 1],
    amountMsat,
    feeLimitMsat: Math.floor(amountMsat * FEE_LIMIT_PPM / 1_000_000),
    confidence: legacy.confidence,
    expectedGainMsat: 0,
    expectedFeeMsat: 0,
    sourceOptimalRatio: 0.5,
    targetOptimalRatio: 0.5,
    expiresAt: simulation.nowMs + HOUR_MS,
    reasons: ["legacy suggestion"],
  };
}

/** Of the channels between two nodes, the direction from `owner` for which `liquidity` is most. */
function fullest(
  network: Network,
  owner: number,
  peer: number,
  liquidity: (direction: number) => number,
): number | undefined {
  const between = [...network.directionsFrom(owner)].filter((d) => network.source[d ^ 1] === peer);
  return between.sort((a, b) => liquidity(b) - liquidity(a))[0];
}
