/** Both servers of the benchmark in a thread of their own: ours, and a bare handler. */
import { Hono } from "hono";
import { ManualClock } from "../../lib/core/mod.ts";
import { Lens } from "../../lib/lens/mod.ts";
import { createApp, LensServer } from "../../lib/server/mod.ts";
import { MemoryStore } from "../contracts/memory_store.ts";
import { START_MS, steadyForecaster } from "../server/server_fixture.ts";

const CHANNELS = 1000;

const server = await LensServer.open({
  engine: new Lens({ forecaster: steadyForecaster }),
  store: new MemoryStore(),
  clock: new ManualClock(START_MS),
  folder: "",
});
for (const hour of [0, 30]) {
  await server.ingest(Array.from({ length: CHANNELS }, (_, i) => ({
    kind: "channel_state" as const,
    timeMs: START_MS + hour * 3_600_000,
    channel: {
      node: `node-${i % 10}`,
      channelId: `8000${i}x12x1`,
      peer: `peer-${i}`,
      capacitySat: 1_000_000,
      localBalanceSat: (i * 7919) % 1_000_000,
      remoteBalanceSat: 1_000_000 - (i * 7919) % 1_000_000,
      active: true,
    },
  })));
}
await server.renew();
const { bytes } = server.recommendations;

const bare = new Hono().get(
  "/api/recommendations",
  () => new Response(bytes, { headers: { "content-type": "application/json" } }),
);
const ours = createApp(server, { ratePerSecond: 1e9 });
const listen = (fetch: Deno.ServeHandler) =>
  Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, fetch).addr.port;
const ports = { ours: listen(ours.fetch), bare: listen(bare.fetch), bytes: bytes.length };

declare const self: { postMessage(message: unknown): void };
self.postMessage(ports);
