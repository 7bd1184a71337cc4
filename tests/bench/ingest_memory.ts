/**
 * Memory of a server over ten million events: a thousand channels, one event every two seconds of
 * their time, so that samples, names and journal reach their bounds early and go on turning over.
 */
import { ManualClock } from "../../lib/core/mod.ts";
import { Lens } from "../../lib/lens/mod.ts";
import { eventFromUpdate } from "../../lib/protocol/mod.ts";
import { LensServer } from "../../lib/server/mod.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import { START_MS, steadyForecaster } from "../server/server_fixture.ts";
import type { BenchRow } from "./bench_row.ts";

const EVERY_MS = 2000;
const DAY_MS = 86_400_000;
const CHANNELS = 1000;
const RUN = 1000;
const PRUNE_EVERY = 100_000;

/** Takes `events` events and reports the most resident memory from a quarter of them on beside the least. */
export async function memoryOverTime(
  report: (row: BenchRow) => void,
  events: number,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const store = SqliteStore.open(folder);
  const server = await LensServer.open({
    engine: new Lens({ forecaster: steadyForecaster }),
    store,
    clock: new ManualClock(START_MS),
    folder,
  });
  const megabytes: number[] = [];
  for (let n = 0; n < events; n += RUN) {
    await server.ingest(Array.from({ length: RUN }, (_, i) => event(n + i)));
    if ((n + RUN) % PRUNE_EVERY === 0) await store.prune(server.options.engine.nowMs - 30 * DAY_MS);
    if ((n + RUN) % (events / 20) === 0) {
      megabytes.push(Deno.memoryUsage().rss / 1e6);
      console.error(`${(n + RUN) / 1e6} million events: ${Math.round(megabytes.at(-1)!)} MB`);
    }
  }
  server.drain();
  await store.close();
  await Deno.remove(folder, { recursive: true });
  const warm = megabytes.slice(Math.floor(megabytes.length / 4));
  const most = Math.max(...warm), least = Math.min(...warm);
  report({
    bench: "ingest",
    case: `${events / 1e6} million events`,
    metric: "most resident memory after a quarter of them",
    value: most,
    unit: "MB",
    peer: "the least",
    peer_value: least,
    ratio: most / least,
    runs: 1,
    min: most / least,
    max: most / least,
  });
}

function event(n: number) {
  const timestamp = new Date(START_MS + n * EVERY_MS).toISOString();
  const from = n % CHANNELS, to = (n * 7 + 1) % CHANNELS;
  const update = n % 10 === 0
    ? {
      event_type: "channel_state",
      remote_pubkey: `peer-${from}`,
      channel_id: `c${from}`,
      capacity: 1_000_000,
      local_balance: (n * 7919) % 1_000_000,
    }
    : {
      event_type: "forward",
      in_channel: `c${from}`,
      out_channel: `c${to}`,
      in_amount_msat: 1_000_000 + n % 1000,
      out_amount_msat: 999_000 + n % 1000,
      outcome: n % 9 === 0 ? "failed_here" : "settled",
    };
  return eventFromUpdate({ ...update, node: `node-${from % 20}`, event_id: `m${n}`, timestamp }, 0);
}
