import { ManualClock } from "../../lib/core/mod.ts";
import { Lens } from "../../lib/lens/mod.ts";
import { LensServer } from "../../lib/server/mod.ts";
import { MemoryStore } from "../contracts/memory_store.ts";
import { START_MS, steadyForecaster } from "../server/server_fixture.ts";

/** A server over a store in memory that knows so many channels, and has planned for them. */
export async function serverOfChannels(channels: number): Promise<LensServer> {
  const server = await LensServer.open({
    engine: new Lens({ forecaster: steadyForecaster }),
    store: new MemoryStore(),
    clock: new ManualClock(START_MS),
    folder: "",
  });
  for (const hour of [0, 30]) {
    await server.ingest(Array.from({ length: channels }, (_, i) => ({
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
  return server;
}
