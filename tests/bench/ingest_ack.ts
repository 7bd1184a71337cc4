/**
 * How long a sender waits until an event is told stored, at a steady rate over one WebSocket: one
 * event a message, each on disk before it is told. The server has the main thread, as in `serve`;
 * the sender has another.
 */
import { systemClock } from "../../lib/core/mod.ts";
import { Lens } from "../../lib/lens/mod.ts";
import { LensServer, listen } from "../../lib/server/mod.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import { steadyForecaster } from "../server/server_fixture.ts";
import { type BenchRow, median } from "./bench_row.ts";
import type { AckAnswer, AckOrder } from "./ingest_ack_worker.ts";

const EVENTS_A_SECOND = 20_000;
const RUNS = 3;

/** Measures and reports. */
export async function ackLatency(report: (row: BenchRow) => void, seconds: number): Promise<void> {
  const p99s: number[] = [], rates: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const { latenciesMs, rate } = await oneRun(seconds);
    p99s.push(latenciesMs.sort()[Math.floor(latenciesMs.length * 0.99)]);
    rates.push(rate);
  }
  report({
    bench: "ingest",
    case: `WebSocket, ${Math.round(median(rates))} events a second told stored`,
    metric: "99th percentile",
    value: median(p99s),
    unit: "ms",
    runs: RUNS,
    min: Math.min(...p99s),
    max: Math.max(...p99s),
  });
}

async function oneRun(seconds: number): Promise<AckAnswer> {
  const folder = await Deno.makeTempDir();
  const store = SqliteStore.open(folder);
  const server = await LensServer.open({
    engine: new Lens({ forecaster: steadyForecaster }),
    store,
    clock: systemClock,
    folder,
  });
  const listening = listen(server, { host: "127.0.0.1", port: 0 });
  const uri = `ws://127.0.0.1:${listening.port}/ws`;
  try {
    return await send({ uri, seconds, eventsASecond: EVENTS_A_SECOND });
  } finally {
    await listening.stop();
    await store.close();
    await Deno.remove(folder, { recursive: true });
  }
}

function send(order: AckOrder): Promise<AckAnswer> {
  const worker = new Worker(new URL("./ingest_ack_worker.ts", import.meta.url), { type: "module" });
  return new Promise<AckAnswer>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(order);
  }).finally(() => worker.terminate());
}
