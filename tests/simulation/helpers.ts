import { type ManualClock, parseIsoTime, seededRng, systemClock } from "../../lib/core/mod.ts";
import { Balances, type Network, NetworkBuilder } from "../../lib/network/mod.ts";
import type { LensEvent, Suggestion, SuggestionResult } from "../../lib/protocol/mod.ts";
import {
  Simulation,
  type SimulationOptions,
  SimulationServer,
  type SimulationServerOptions,
  ZERO_LATENCY,
} from "../../lib/simulation/mod.ts";

export const START_MS = parseIsoTime("2024-09-22T00:00:00Z")!;

/** Lets real time pass in little steps, in each of which what waits for the clock may go on. */
export async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 20) {
    clock.advanceTo(clock.nowMs() + 20);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
}

/** One channel of {@linkcode networkOf}: both ends, what each charges, and what the first owns. */
export type ChannelSpec = [a: string, b: string, ppmA: number, ppmB: number, balanceA: number];

/** A network of channels of 1,000,000 sat, named by their ends. */
export function networkOf(...channels: ChannelSpec[]): Network {
  const builder = new NetworkBuilder();
  const policy = (feeRatePpm: number) => ({
    baseFeeMsat: 0,
    feeRatePpm,
    cltvDelta: 40,
    minHtlcMsat: 1,
    maxHtlcMsat: 1e12,
    disabled: false,
  });
  for (const [a, b, ppmA, ppmB, balance1Sat] of channels) {
    for (const id of [a, b]) if (!builder.hasNode(id)) builder.addNode(id);
    builder.addChannel({
      channelId: a + b,
      node1: a,
      node2: b,
      capacitySat: 1_000_000,
      policy1: policy(ppmA),
      policy2: policy(ppmB),
      balance1Sat,
    });
  }
  return builder.build();
}

export function balancesOf(network: Network): Balances {
  return Balances.of(network, (channel) => network.givenBalanceSat[channel], { reserveRatio: 0 });
}

/**
 * A simulation of a small network that is quiet unless told otherwise, with its events. Everything
 * happens at once in it.
 */
export function smallSimulation(
  network: Network,
  operators: string[],
  options: Partial<SimulationOptions> = {},
): { simulation: Simulation; events: LensEvent[] } {
  const events: LensEvent[] = [];
  const simulation = new Simulation({
    network,
    balances: balancesOf(network),
    rng: seededRng(1),
    startMs: START_MS,
    operators,
    refreshPerDay: 0,
    htlc: { latency: ZERO_LATENCY },
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { simulation, events };
}

/** A suggestion for the ring of {@linkcode ringNetwork}. */
export function suggestion(change: Partial<Suggestion> = {}): Suggestion {
  return {
    id: "s1",
    node: "o",
    sourceNode: "a",
    sourceChannel: "oa",
    targetNode: "b",
    targetChannel: "ob",
    amountMsat: 100_000_000,
    feeLimitMsat: 100_000,
    confidence: 0.9,
    expectedGainMsat: 1,
    expectedFeeMsat: 1,
    sourceOptimalRatio: 0.5,
    targetOptimalRatio: 0.5,
    expiresAt: START_MS + 1000,
    reasons: [],
    ...change,
  };
}

/** What became of a suggestion that is applied without latency. */
export function applied(simulation: Simulation, made: Suggestion): SuggestionResult {
  const results: SuggestionResult[] = [];
  simulation.applySuggestion(made, (result) => results.push(result));
  if (results.length !== 1) throw new Error(`${results.length} results`);
  return results[0];
}

/** o has channels to a (full) and b (empty); a reaches b directly for 300 ppm or by c for 400 in all. */
export function ringNetwork(directBalanceSat = 500_000): Network {
  return networkOf(
    ["o", "a", 1, 1, 900_000],
    ["o", "b", 1, 100, 100_000],
    ["a", "b", 300, 1, directBalanceSat],
    ["a", "c", 200, 1, 900_000],
    ["c", "b", 200, 1, 900_000],
  );
}

/** A server on a small simulation of the operator `o`, stopped at the end. */
export async function withServer(
  options: Partial<SimulationServerOptions>,
  use: (server: SimulationServer, simulation: Simulation) => Promise<void>,
): Promise<void> {
  const { simulation } = smallSimulation(ringNetwork(), ["o"]);
  const server = new SimulationServer({
    simulation,
    clock: systemClock,
    host: "127.0.0.1",
    port: 0,
    minConfidence: 0.5,
    ...options,
  });
  simulation.onEvent = (event) => server.broadcast(event);
  try {
    await use(server, simulation);
  } finally {
    await server.stop();
  }
}
