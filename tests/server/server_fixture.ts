import { type Clock, ManualClock } from "../../lib/core/mod.ts";
import type { Forecaster } from "../../lib/learning/mod.ts";
import { Lens } from "../../lib/lens/mod.ts";
import { createApp, LensServer, type LensServerOptions } from "../../lib/server/mod.ts";
import type { AppOptions } from "../../lib/server/mod.ts";
import type { SimulationStatus } from "../../lib/protocol/mod.ts";
import type { Store } from "../../lib/store/mod.ts";
import { MemoryStore } from "../contracts/memory_store.ts";

/** 2024-09-22T00:00:00Z. */
export const START_MS = Date.UTC(2024, 8, 22);
const HOUR_MS = 3_600_000;

/** Needs grow with capacity: a tenth to half of it outwards, a quarter of that inwards. */
export const steadyForecaster: Forecaster = {
  id: "steady",
  horizonMs: 24 * HOUR_MS,
  predict: (_vectors, capacitiesSat) =>
    Array.from(capacitiesSat, (capacity) => ({
      horizonMs: 24 * HOUR_MS,
      outboundNeed: { sat: [0.1, 0.2, 0.3, 0.4, 0.5].map((f) => f * capacity) },
      inboundNeed: { sat: [0.02, 0.05, 0.07, 0.1, 0.12].map((f) => f * capacity) },
      feesAtStakeMsat: 50_000,
    })),
};

/** A server in this process over a store in memory, with the app's `request`. */
export async function testServer(
  options: Partial<LensServerOptions> & { store?: Store; clock?: Clock } = {},
  appOptions: AppOptions = {},
) {
  const lens = new Lens({ forecaster: steadyForecaster });
  const server = await LensServer.open({
    engine: lens,
    store: new MemoryStore(),
    clock: new ManualClock(START_MS),
    folder: await Deno.makeTempDir(),
    modelId: "steady",
    ...options,
  });
  const app = createApp(server, appOptions);
  const request = (path: string, init: RequestInit = {}) =>
    Promise.resolve(
      app.request(path, { ...init, headers: { host: "localhost", ...init.headers } }),
    );
  const post = (body: unknown, type = "application/json") =>
    request("/api/update", {
      method: "POST",
      headers: { "content-type": type },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const dispose = async () => {
    await server.close();
    await Deno.remove(server.options.folder, { recursive: true });
  };
  return { server, app, lens, request, post, dispose };
}

/** What a simulation tells that earned as much as is given, beside a twin. */
export function simulationStatus(
  { timeMs = START_MS, lensMsat = 4900, baselineMsat = 4900, ...more }:
    & { timeMs?: number; lensMsat?: number; baselineMsat?: number }
    & Partial<SimulationStatus> = {},
): SimulationStatus {
  const figures = (netIncomeMsat: number) => ({
    payments: 10,
    successRate: 0.9,
    forwards: 3,
    feesEarnedMsat: netIncomeMsat + 100,
    rebalanceCostMsat: 100,
    netIncomeMsat,
  });
  return {
    time: new Date(timeMs).toISOString(),
    speed: 60,
    reached: 59.5,
    seed: 1,
    nodes: 100,
    channels: 300,
    operators: [{ id: "alice", alias: "" }],
    payments: 10,
    successRate: 0.9,
    inFlight: 0,
    suggestions: { applied: 0, refused: 0, failed: 0 },
    faults: [],
    lens: figures(lensMsat),
    baseline: figures(baselineMsat),
    ...more,
  };
}

/** The line of a simulation that nobody gives orders to. */
export const deafLine = { order: () => {} };

/** A channel state as it is posted; `hours` after the start. */
export function channelBody(channel: string, hours = 0, localSat = 400_000) {
  return {
    event_type: "channel_state",
    node: "alice",
    remote_pubkey: `peer-${channel}`,
    channel_id: channel,
    capacity: 1_000_000,
    local_balance: localSat,
    timestamp: new Date(START_MS + hours * HOUR_MS).toISOString(),
  };
}
