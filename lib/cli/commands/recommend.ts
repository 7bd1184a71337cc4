import { setUpLogging, systemClock, UsageError } from "../../core/mod.ts";
import { loadNetwork } from "../../network/mod.ts";
import { channelStateOf, forwardEvent, readNodeFiles } from "../../nodes/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import type { CommandContext } from "../command.ts";
import { openLens } from "../lens_setup.ts";
import { namesNode } from "../lnd_options.ts";
import { withNode } from "../node_session.ts";
import { lensSetup } from "../operator_settings.ts";
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
  const found = options.channels === undefined
    ? await fromNode(options, signal)
    : await fromFiles(options, options.channels);
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

async function fromFiles(options: Options, channels: string): Promise<Found> {
  if (namesNode(options)) {
    throw new UsageError("recommend: found --channels and a node, expected one of them");
  }
  const { lens } = await openLens(await lensSetup(options));
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

async function fromNode(options: Options, signal: AbortSignal): Promise<Found> {
  return await withNode(options, { signal, passing: true }, async (session) => {
    const { lens, store, opened: { info: { nodeId, alias } }, graph, notes } = session;
    const table = recommendationsOf(lens, { nodeId, nodeName: alias, graph });
    await store.saveSuggestions(table.timeMs, table.plan.suggestions);
    return { table, notes };
  });
}
