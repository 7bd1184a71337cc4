import {
  DAY_MS,
  formatDuration,
  logger,
  RefusedError,
  seededRng,
  setUpLogging,
  systemClock,
  UsageError,
} from "../../core/mod.ts";
import type { Lens } from "../../lens/mod.ts";
import { loadNetwork } from "../../network/mod.ts";
import {
  channelStateOf,
  forwardEvent,
  NodeFollower,
  openLnd,
  readNodeFiles,
} from "../../nodes/mod.ts";
import type { CommandOptions, LensEvent } from "../../protocol/mod.ts";
import { SqliteStore } from "../../store/mod.ts";
import type { CommandContext } from "../command.ts";
import { openLens } from "../lens_setup.ts";
import { lndSettings, namesNode } from "../lnd_options.ts";
import { NodeSink, unheardMs } from "../node_sink.ts";
import {
  recommendationLines,
  type Recommendations,
  recommendationsJson,
  recommendationsOf,
} from "../recommendations.ts";

type Options = CommandOptions<"recommend">;

/** `recommend`: what each channel of a node needs, from the node itself or from files. */
export async function run(options: Options, { print, signal }: CommandContext): Promise<void> {
  await setUpLogging({ verbose: options.verbose });
  const { lens } = await openLens({
    folder: options["data-dir"],
    model: options.model,
    seed: options.seed,
    clock: systemClock,
  });
  const found = options.channels === undefined
    ? await fromNode(lens, options, signal)
    : await fromFiles(lens, options, options.channels);
  if (options.json) {
    print(JSON.stringify({ ...recommendationsJson(found.table), notes: found.notes }, null, 2));
    return;
  }
  recommendationLines(found.table, options.all ? Infinity : options.top).forEach(print);
  found.notes.forEach((note) => print(`Note: ${note}`));
}

/** What was found, and what the reader should know of its grounds. */
interface Found {
  table: Recommendations;
  notes: string[];
}

async function fromFiles(lens: Lens, options: Options, channels: string): Promise<Found> {
  if (namesNode(options)) {
    throw new UsageError("recommend: found --channels and a node, expected one of them");
  }
  const graph = options.graph === undefined ? undefined : await loadNetwork(options.graph);
  const dump = await readNodeFiles({
    channels,
    forwards: options.forwards,
    nodeId: options["node-id"],
    graph,
  });
  const { nodeId } = dump;
  for (const forward of dump.forwards) lens.ingest(forwardEvent(nodeId, forward));
  // Dumps don't say when they were made: taken to be just after the last forward.
  const timeMs = dump.forwards.at(-1)?.timeMs ?? systemClock.nowMs();
  for (const channel of dump.channels) {
    lens.ingest({ kind: "channel_state", timeMs, channel: channelStateOf(nodeId, channel) });
  }
  if (graph !== undefined) lens.setTopology(graph);
  const notes = [
    ...(options.forwards === undefined
      ? ["without --forwards there is no history to forecast from"]
      : dump.forwards.some(({ outcome }) => outcome === "failed_here")
      ? []
      : ["the files tell of no failed forward: demand that empty channels hid is estimated"]),
    ...(graph === undefined ? ["without --graph the cost of routes is a guess"] : []),
  ];
  return { table: recommendationsOf(lens, { nodeId, nodeName: "", graph }), notes };
}

async function fromNode(lens: Lens, options: Options, signal: AbortSignal): Promise<Found> {
  const { node, info } = await openLnd(lndSettings(options), {
    clock: systemClock,
    allowAdmin: options["allow-admin-macaroon"],
  });
  const { store, notes, dispose } = await openStore(options["data-dir"]);
  try {
    const sink = new NodeSink(store, lens, async (events) => {
      learn(lens, (await store.append(events)).accepted);
    });
    for await (const { events } of store.replay(0)) learn(lens, events);
    const rng = seededRng(options.seed);
    const follower = new NodeFollower({ node, sink, clock: systemClock, rng });
    await follower.start((counts) => {
      logger("nodes").info`${counts.forwards} forwards, ${counts.payments} payments read`;
    }, signal);
    const { nodeId, alias } = info;
    const table = recommendationsOf(lens, { nodeId, nodeName: alias, graph: sink.graph });
    await store.saveSuggestions(table.timeMs, table.plan.suggestions);
    const nowMs = systemClock.nowMs();
    const unheard = await unheardMs(store, nodeId, { fromMs: nowMs - 7 * DAY_MS, nowMs });
    if (unheard > DAY_MS / 24) {
      notes.push(
        `failed forwards are unknown for ${formatDuration(unheard)} of the last 7 d: LND tells ` +
          "them only to who listens; leave deno task serve --lnddir running",
      );
    }
    return { table, notes };
  } finally {
    node.close();
    await dispose();
  }
}

function learn(lens: Lens, events: readonly LensEvent[]): void {
  for (const event of events) lens.ingest(event);
}

/** The data folder's store; a passing one where a server has it. */
async function openStore(folder: string) {
  try {
    const store = SqliteStore.open(folder);
    return { store, notes: [] as string[], dispose: () => store.close() };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
  }
  const passing = await Deno.makeTempDir({ prefix: "lightning-lens-" });
  const store = SqliteStore.open(passing);
  const dispose = async () => {
    await store.close();
    await Deno.remove(passing, { recursive: true });
  };
  return { store, notes: [`${folder} is in use by a server: nothing of this was kept`], dispose };
}
