/**
 * One measurement of the `nodes` benchmark in a process of its own, for its peak of memory. Prints
 * JSON: seconds, megabytes, and what was read.
 *
 *     deno run -A tests/bench/nodes_bench_part.ts history|recommend|serve|graph PORT
 */
import { systemClock } from "../../lib/core/mod.ts";
import { Lens } from "../../lib/lens/mod.ts";
import { BaselineForecaster } from "../../lib/learning/mod.ts";
import { LndConnection, LndNode, syncHistory } from "../../lib/nodes/mod.ts";
import { LOOKS_ONCE } from "../../lib/cli/lens_setup.ts";
import { NodeSink } from "../../lib/cli/node_sink.ts";
import { SqliteStore } from "../../lib/store/mod.ts";

const [what, port] = Deno.args;
const connection = new LndConnection({
  address: `https://127.0.0.1:${port}`,
  host: "127.0.0.1",
  port: Number(port),
  certificate: Deno.readTextFileSync("tests/fixtures/tls/cert.pem"),
});
const node = new LndNode(connection, systemClock);

/**
 * The whole history into a store, and into a lens as well where it is to learn: as `recommend` does,
 * or as `serve` does, which keeps samples for retraining.
 */
async function history(): Promise<number> {
  const folder = await Deno.makeTempDir();
  const store = SqliteStore.open(folder);
  const lens = new Lens({
    forecaster: new BaselineForecaster(),
    ...(what === "serve" ? {} : LOOKS_ONCE),
  });
  const sink = new NodeSink(store, lens, async (events, notes) => {
    const { accepted } = await store.append(events, notes);
    if (what !== "history") { for (const event of accepted) lens.ingest(event); }
  });
  const { nodeId } = await node.info();
  const { forwards } = await syncHistory({ node, nodeId, sink });
  await store.close();
  await Deno.remove(folder, { recursive: true });
  return forwards;
}

const startMs = performance.now();
const items = what === "graph" ? (await node.graph()).channelCount : await history();
const seconds = (performance.now() - startMs) / 1000;
node.close();
const status = await Deno.readTextFile("/proc/self/status");
const megabytes = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? NaN) / 1000;
console.log(JSON.stringify({ seconds, megabytes, items }));
