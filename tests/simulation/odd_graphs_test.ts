import assert from "node:assert/strict";
import { DAY_MS, HOUR_MS, type Rng, seededRng } from "../../lib/core/mod.ts";
import { NetworkBuilder, ROUTER_KINDS } from "../../lib/network/mod.ts";
import type { Policy } from "../../lib/protocol/mod.ts";
import { simulationOf } from "../../lib/simulation/mod.ts";
import { START_MS } from "./helpers.ts";

const USUAL: Policy = {
  baseFeeMsat: 1000,
  feeRatePpm: 100,
  cltvDelta: 40,
  minHtlcMsat: 1000,
  maxHtlcMsat: Number.MAX_SAFE_INTEGER,
  disabled: false,
};

/** A graph that is legal and looks like no real one. */
interface Odd {
  name: string;
  nodes: number;
  /** Pairs of nodes with a channel; 240 random ones when left out. */
  pairs?: (rng: Rng) => [number, number][];
  /** Terms of one side; null for none. */
  policy?: (side: 1 | 2, rng: Rng) => Partial<Policy> | null;
  capacitySat?: (rng: Rng) => number;
  /** Whether anything can arrive. */
  pays?: false;
}

const chain = (nodes: number, from = 0): [number, number][] =>
  Array.from({ length: nodes - 1 }, (_, i) => [from + i, from + i + 1]);

const ODD_GRAPHS: Odd[] = [
  { name: "two channels", nodes: 3, pairs: () => chain(3) },
  { name: "a star", nodes: 40, pairs: () => chain(40).map(([, node]) => [0, node]) },
  { name: "a chain", nodes: 30, pairs: () => chain(30) },
  { name: "two parts", nodes: 40, pairs: () => [...chain(20), ...chain(20, 20)] },
  {
    name: "all pairs",
    nodes: 20,
    pairs: () => chain(20).flatMap(([, b]) => chain(b + 1).map(([a]): [number, number] => [a, b])),
  },
  {
    name: "many channels between the same nodes",
    nodes: 10,
    pairs: (rng) => Array.from({ length: 400 }, () => [rng.int(5), 5 + rng.int(5)]),
  },
  { name: "nodes without channels", nodes: 120, pairs: randomPairs(60) },
  { name: "one way only", nodes: 60, policy: (side) => ({ disabled: side === 1 }) },
  { name: "all switched off", nodes: 60, policy: () => ({ disabled: true }), pays: false },
  { name: "no terms", nodes: 60, policy: () => null, pays: false },
  { name: "terms of half of the sides", nodes: 60, policy: (_, rng) => rng.int(2) ? {} : null },
  { name: "no fees", nodes: 60, policy: () => ({ baseFeeMsat: 0, feeRatePpm: 0, minHtlcMsat: 0 }) },
  {
    name: "the dearest terms there can be",
    nodes: 60,
    policy: () => ({ baseFeeMsat: 0xffffffff, feeRatePpm: 0xffffffff }),
  },
  { name: "time locks of two weeks", nodes: 60, policy: () => ({ cltvDelta: 2016 }) },
  { name: "tiny channels", nodes: 60, capacitySat: (rng) => 1 + rng.int(5000) },
  { name: "huge channels", nodes: 60, capacitySat: () => 100_000_000_000 },
];

function randomPairs(nodes: number) {
  return (rng: Rng): [number, number][] =>
    Array.from({ length: 4 * nodes }, () => {
      const one = rng.int(nodes);
      return [one, (one + 1 + rng.int(nodes - 1)) % nodes];
    });
}

function networkOf({ nodes, pairs, policy, capacitySat }: Odd, rng: Rng) {
  const builder = new NetworkBuilder();
  for (let node = 0; node < nodes; node++) builder.addNode(`n${node}`);
  const side = (which: 1 | 2) => {
    const terms = policy === undefined ? {} : policy(which, rng);
    return terms === null ? null : { ...USUAL, ...terms };
  };
  (pairs ?? randomPairs(nodes))(rng).forEach(([a, b], channel) =>
    builder.addChannel({
      channelId: `c${channel}`,
      node1: `n${a}`,
      node2: `n${b}`,
      capacitySat: capacitySat?.(rng) ?? 20_000 + rng.int(5_000_000),
      policy1: side(1),
      policy2: side(2),
    })
  );
  return builder.build();
}

ODD_GRAPHS.forEach((odd, index) => {
  const router = ROUTER_KINDS[index % ROUTER_KINDS.length];
  Deno.test(`Simulation on a graph of ${odd.name}, with ${router} and drift: no satoshi is lost`, () => {
    for (const seed of [1, 2]) {
      const network = networkOf(odd, seededRng(seed));
      const simulation = simulationOf({ network, operators: ["n1"], seed }, {
        startMs: START_MS,
        warmUpMs: HOUR_MS,
        paymentsPerDay: 400,
        router,
        drift: {},
        checkEveryMs: HOUR_MS,
      });
      simulation.runUntil(START_MS + DAY_MS / 2);
      simulation.check();
      const { payments, successRate } = simulation.statistics();
      assert(payments > 40, `${payments} payments`);
      assert.equal(successRate > 0, odd.pays !== false, `${successRate}`);
    }
  });
});
