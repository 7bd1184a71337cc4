/**
 * How long a reader waits for the recommendations of 1,000 channels while a model is trained,
 * beside how long it waits when nothing else happens; in turn, so that a busy machine hurts both.
 */
import { type BenchRow, median } from "./bench_row.ts";

const ROUNDS = 3;
const PAUSE_MS = 2;

/** Measures and reports. */
export async function latencyWhileTraining(report: (row: BenchRow) => void): Promise<void> {
  const worker = new Worker(new URL("./server_latency_worker.ts", import.meta.url), {
    type: "module",
  });
  const heard = <T>() =>
    new Promise<T>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
    });
  const folder = await Deno.makeTempDir();
  try {
    const { port } = await heard<{ port: number }>();
    const url = `http://127.0.0.1:${port}/api/recommendations`;
    await p99While(url, pause(1000));
    const pairs: [idle: number, busy: number][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const trained = heard<{ reason: string }>();
      worker.postMessage({ folder });
      const startMs = performance.now();
      const busy = await p99While(url, trained);
      pairs.push([await p99While(url, pause(performance.now() - startMs)), busy]);
    }
    const ratios = pairs.map(([idle, busy]) => idle / busy);
    report({
      bench: "server",
      case: "GET recommendations while a model is trained",
      metric: "99th percentile",
      value: median(pairs.map(([, busy]) => busy)),
      unit: "ms",
      peer: "when nothing else happens",
      peer_value: median(pairs.map(([idle]) => idle)),
      ratio: median(ratios),
      runs: ROUNDS,
      min: Math.min(...ratios),
      max: Math.max(...ratios),
    });
  } finally {
    worker.terminate();
    await Deno.remove(folder, { recursive: true });
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks one after the other until something has happened. */
async function p99While(url: string, end: Promise<unknown>): Promise<number> {
  let ended = false;
  const ending = end.then(() => ended = true);
  const latenciesMs: number[] = [];
  while (!ended) {
    const startMs = performance.now();
    await (await fetch(url)).arrayBuffer();
    latenciesMs.push(performance.now() - startMs);
    await pause(PAUSE_MS);
  }
  await ending;
  return latenciesMs.sort((a, b) => a - b)[Math.floor(latenciesMs.length * 0.99)];
}
