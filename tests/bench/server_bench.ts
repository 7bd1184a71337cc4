/**
 * Requests a second for the recommendations of 1,000 channels over HTTP, against a bare Hono
 * handler that returns the same bytes. Both serve from one thread, the caller is another.
 */
import { type BenchRow, duel } from "./bench_row.ts";
import { latencyWhileTraining } from "./server_latency.ts";

const REQUESTS = 2000;
const CONNECTIONS = 8;

async function requestRate(port: number, bytes: number): Promise<number> {
  const url = `http://127.0.0.1:${port}/api/recommendations`;
  const start = performance.now();
  const caller = async () => {
    for (let i = 0; i < REQUESTS / CONNECTIONS; i++) {
      const body = await (await fetch(url)).arrayBuffer();
      if (body.byteLength !== bytes) throw new Error(`${body.byteLength} bytes`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, caller));
  return REQUESTS / (performance.now() - start) * 1000;
}

/** Runs the benchmark. */
export async function run(report: (row: BenchRow) => void): Promise<void> {
  const worker = new Worker(new URL("./server_bench_worker.ts", import.meta.url), {
    type: "module",
  });
  const { ours, bare, bytes } = await new Promise<{ ours: number; bare: number; bytes: number }>(
    (resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
    },
  );
  const result = await duel(() => requestRate(ours, bytes), () => requestRate(bare, bytes), 7);
  worker.terminate();
  report({
    bench: "server",
    case: `GET recommendations of 1,000 channels (${Math.round(bytes / 1000)} kB)`,
    metric: "requests a second",
    value: result.ours,
    unit: "1/s",
    peer: "bare Hono handler, same bytes",
    peer_value: result.peer,
    ratio: result.ratio,
    runs: result.runs,
    min: result.min,
    max: result.max,
  });
  await latencyWhileTraining(report);
}
