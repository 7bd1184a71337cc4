/**
 * How long a sender waits until an event is told stored, at a steady rate over one WebSocket: one
 * event a message, each on disk before it is told.
 */
import { START_MS } from "../server/server_fixture.ts";
import { type BenchRow, median } from "./bench_row.ts";

const EVENTS_A_SECOND = 20_000;
const TICK_MS = 5;
const RUNS = 3;
/** Untold events at most, below what the server lets wait: a sender that falls behind holds back. */
const MOST_UNTOLD = 15_000;
/** Both sides run into their stride before it counts. */
const WARM_UP_SECONDS = 1;

/** Measures and reports. */
export async function ackLatency(report: (row: BenchRow) => void, seconds: number): Promise<void> {
  const p99s: number[] = [], rates: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const { latenciesMs, rate } = await oneRun(seconds);
    p99s.push(latenciesMs[Math.floor(latenciesMs.length * 0.99)]);
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

async function oneRun(seconds: number): Promise<{ latenciesMs: Float64Array; rate: number }> {
  const folder = await Deno.makeTempDir();
  const worker = new Worker(new URL("./ingest_ack_worker.ts", import.meta.url), { type: "module" });
  const ask = () =>
    new Promise<{ port: number }>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage({ folder });
    });
  try {
    const { port } = await ask();
    const result = await converse(`ws://127.0.0.1:${port}/ws`, seconds);
    await ask();
    return result;
  } finally {
    worker.terminate();
    await Deno.remove(folder, { recursive: true });
  }
}

function message(seq: number): string {
  const data = {
    node: "alice",
    in_channel: `c${seq % 50}`,
    out_channel: `c${(seq * 7 + 1) % 50}`,
    in_amount_msat: 1_000_000 + seq,
    out_amount_msat: 999_000 + seq,
    outcome: "settled",
  };
  const timestamp = new Date(START_MS + seq * 1000).toISOString();
  return JSON.stringify({ type: "forward", v: 1, seq, timestamp, event_id: `e${seq}`, data });
}

async function converse(uri: string, seconds: number) {
  const total = EVENTS_A_SECOND * (WARM_UP_SECONDS + seconds);
  const dueMs = new Float64Array(total + 1), latenciesMs = new Float64Array(total);
  const socket = new WebSocket(uri);
  let told = 0;
  const finished = new Promise<void>((resolve, reject) => {
    socket.onclose = ({ code }) => reject(new Error(`the server hung up with ${code}`));
    socket.onmessage = ({ data }) => {
      const nowMs = performance.now();
      const { type, data: { up_to: upTo } } = JSON.parse(data);
      if (type !== "stored") return reject(new Error(`found ${data}, expected stored`));
      for (; told < upTo; told++) latenciesMs[told] = nowMs - dueMs[told + 1];
      if (told === total) resolve();
    };
  });
  await new Promise((resolve) => socket.onopen = resolve);
  socket.send(JSON.stringify({
    type: "register",
    v: 1,
    seq: 0,
    timestamp: "2024-09-22T00:00:00Z",
    data: { client: "bench", wants: ["stored"] },
  }));
  const startMs = performance.now();
  let seq = 0;
  const timer = setInterval(() => {
    // As many as are due by now: a late tick makes up for itself. Who waits does so from when the
    // event was due, whether it could be sent then or not.
    const due = Math.min(total, EVENTS_A_SECOND * (performance.now() - startMs) / 1000);
    while (seq < due && seq - told < MOST_UNTOLD) {
      dueMs[++seq] = startMs + seq / EVENTS_A_SECOND * 1000;
      socket.send(message(seq));
    }
  }, TICK_MS);
  await finished;
  clearInterval(timer);
  const rate = total / (performance.now() - startMs) * 1000;
  socket.onclose = null;
  socket.close();
  const counted = latenciesMs.subarray(EVENTS_A_SECOND * WARM_UP_SECONDS);
  return { latenciesMs: counted.sort(), rate };
}
