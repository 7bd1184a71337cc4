/**
 * The server of a benchmark in a process of its own: 1,000 channels, 50 events a second. Prints its
 * address; once 200 readers are there it measures its processor time and prints that.
 *
 *     deno run -A tests/bench/dashboard_bench_server.ts READERS SECONDS
 */
import { listen } from "../../lib/server/mod.ts";
import { START_MS } from "../server/server_fixture.ts";
import { cpuSeconds } from "./cpu_seconds.ts";
import { serverOfChannels } from "./server_of_channels.ts";

const [readers, seconds] = Deno.args.map(Number);
const EVENTS_PER_SECOND = 50;
const HOUR_MS = 3_600_000;

const server = await serverOfChannels(1000);
const listening = listen(server, { host: "127.0.0.1", port: 0 });
console.log(listening.url);
let event = 0;
const sender = setInterval(() => {
  const i = event++ % 1000;
  void server.ingest([{
    kind: "channel_state",
    timeMs: START_MS + 31 * HOUR_MS + event * 20,
    channel: {
      node: `node-${i % 10}`,
      channelId: `8000${i}x12x1`,
      peer: `peer-${i}`,
      capacitySat: 1_000_000,
      localBalanceSat: (event * 104_729) % 1_000_000,
      remoteBalanceSat: 1_000_000 - (event * 104_729) % 1_000_000,
      active: true,
    },
  }]);
}, 1000 / EVENTS_PER_SECOND);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
while (server.live.readers < readers) await pause(50);
// Snapshots of the beginning don't count.
await pause(2000);
const [startMs, startCpu] = [performance.now(), cpuSeconds()];
const startEvents = event;
await pause(seconds * 1000);
const passed = (performance.now() - startMs) / 1000;
console.log(JSON.stringify({
  cores: (cpuSeconds() - startCpu) / passed,
  eventsPerSecond: (event - startEvents) / passed,
}));
clearInterval(sender);
Deno.exit(0);
