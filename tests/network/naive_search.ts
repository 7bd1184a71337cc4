import type { Network } from "../../lib/network/mod.ts";
import type { RouteRequest } from "../../lib/network/search/route_finder.ts";
import type { SearchLimits } from "../../lib/network/search/search_limits.ts";

/** What a search goes by. */
export interface NaiveRule {
  limits: SearchLimits;
  /** Chance that a direction holds the amount. */
  chance(direction: number, amountMsat: number): number;
  /** What a hop costs beside its chance. */
  weigh(direction: number, amountMsat: number, feeMsat: number, riskMsat: number): number;
}

interface Label {
  cost: number;
  weight: number;
  amountMsat: number;
  chance: number;
  cltv: number;
  hops: number;
}

/**
 * What the cheapest route costs, by LND's search without any shortcut: of all open nodes the one of
 * the least label is settled, again and again. Undefined where there is none.
 */
export function naiveCost(
  network: Network,
  rule: NaiveRule,
  { sender, receiver, amountMsat, feeLimitMsat = Infinity }: RouteRequest,
): number | undefined {
  const { limits } = rule;
  const attemptCost = attemptCostMsat(limits, amountMsat);
  const open = new Map<number, Label>([
    [receiver, { cost: 0, weight: 0, amountMsat, chance: 1, cltv: 40, hops: 0 }],
  ]);
  const settled = new Set<number>();
  while (open.size > 0) {
    const [node, label] = [...open].reduce((a, b) => b[1].cost < a[1].cost ? b : a);
    if (node === sender) return label.cost;
    settled.add(node);
    open.delete(node);
    if (label.hops >= limits.maxHops) continue;
    for (const out of network.directionsFrom(node)) {
      const direction = out ^ 1, from = network.source[direction];
      if (settled.has(from) || !network.carries(direction, label.amountMsat)) continue;
      const pays = from === sender;
      if (!pays && network.degree(from) === 1) continue;
      const feeMsat = pays ? 0 : network.feeMsat(direction, label.amountMsat);
      const delta = pays ? 0 : network.cltvDelta[direction];
      const sent = label.amountMsat + feeMsat, cltv = label.cltv + delta;
      if (sent - amountMsat > feeLimitMsat || cltv > limits.cltvLimit) continue;
      const chance = label.chance * rule.chance(direction, label.amountMsat);
      if (chance < limits.minProbability || chance === 0) continue;
      const riskMsat = sent * delta * limits.riskPerBlock;
      const weight = label.weight + rule.weigh(direction, label.amountMsat, feeMsat, riskMsat);
      const cost = weight + attemptCost / chance;
      if (cost >= (open.get(from)?.cost ?? Infinity)) continue;
      open.set(from, { cost, weight, amountMsat: sent, chance, cltv, hops: label.hops + 1 });
    }
  }
  return undefined;
}

/** What a route costs by the same rule, hop by hop. */
export function routeCost(
  network: Network,
  rule: NaiveRule,
  { directions, amountsMsat }: { directions: number[]; amountsMsat: number[] },
): number {
  let weight = 0, chance = 1;
  directions.forEach((direction, i) => {
    chance *= rule.chance(direction, amountsMsat[i]);
    if (i === 0) return;
    const sent = amountsMsat[i - 1];
    const riskMsat = sent * network.cltvDelta[direction] * rule.limits.riskPerBlock;
    weight += rule.weigh(direction, amountsMsat[i], sent - amountsMsat[i], riskMsat);
  });
  return weight + attemptCostMsat(rule.limits, amountsMsat[amountsMsat.length - 1]) / chance;
}

function attemptCostMsat(limits: SearchLimits, amountMsat: number): number {
  return limits.attemptCostMsat + amountMsat * limits.attemptCostPpm / 1e6;
}
