/**
 * How long a reader waits for the recommendations of 1,000 channels while a model is trained,
 * beside how long it waits when nothing else happens; in turn, so that a busy machine hurts both.
 * The server has a process of its own with the V8 flags of the task `serve`.
 */
import { type BenchRow, median } from "./bench_row.ts";
import { KeptConnection } from "./kept_connection.ts";
import { taskFlags } from "./task_flags.ts";

const ROUNDS = 3;
const PAUSE_MS = 2;
const SERVER = new URL("./server_latency_server.ts", import.meta.url);

/** Measures and reports. */
export async function latencyWhileTraining(report: (row: BenchRow) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  const process = startServer(folder);
  try {
    const { port, trainPort } = await ports(process);
    const reader = await KeptConnection.open(port, "/api/recommendations");
    const train = async () => (await fetch(`http://127.0.0.1:${trainPort}/`)).text();
    await p99While(reader, pause(3000));
    const pairs: [idle: number, busy: number][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const startMs = performance.now();
      const busy = await p99While(reader, train());
      pairs.push([await p99While(reader, pause(performance.now() - startMs)), busy]);
    }
    reader.close();
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
    process.kill("SIGKILL");
    await process.status;
    await Deno.remove(folder, { recursive: true });
  }
}

function startServer(folder: string): Deno.ChildProcess {
  const args = ["run", ...taskFlags("serve"), "-A", "--no-check", SERVER.pathname, folder];
  return new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
}

/** Those that the server prints first. */
async function ports(process: Deno.ChildProcess): Promise<{ port: number; trainPort: number }> {
  const output = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await output.read();
  output.releaseLock();
  return JSON.parse(value);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks one after the other until something has happened. */
async function p99While(reader: KeptConnection, end: Promise<unknown>): Promise<number> {
  let ended = false;
  const ending = end.then(() => ended = true);
  const latenciesMs: number[] = [];
  while (!ended) {
    const startMs = performance.now();
    await reader.get();
    latenciesMs.push(performance.now() - startMs);
    await pause(PAUSE_MS);
  }
  await ending;
  return latenciesMs.sort((a, b) => a - b)[Math.floor(latenciesMs.length * 0.99)];
}
