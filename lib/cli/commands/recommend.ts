import { setUpLogging } from "../../core/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import type { CommandContext } from "../command.ts";
import { LOOKS_ONCE, openLens } from "../lens_setup.ts";
import { namesNode } from "../lnd_options.ts";
import { readNodeDump } from "../node_dump.ts";
import { withNode } from "../node_session.ts";
import { lensSetup } from "../operator_settings.ts";
import {
  recommendationLines,
  type Recommendations,
  recommendationsJson,
  recommendationsOf,
} from "../recommendations.ts";
import { outputColumns } from "../terminal.ts";

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
  const count = options.all ? Infinity : options.top;
  recommendationLines(found.table, count, outputColumns()).forEach(print);
  found.notes.forEach((note) => print(`Note: ${note}`));
}

/** What was found, and what the reader should know of its grounds. */
interface Found {
  table: Recommendations;
  notes: string[];
}

async function fromFiles(options: Options, channels: string): Promise<Found> {
  const { lens } = await openLens({ ...await lensSetup(options), ...LOOKS_ONCE });
  const { nodeId, graph, events, notes } = await readNodeDump(channels, options);
  for (const event of events) lens.ingest(event);
  if (graph !== undefined) lens.setTopology(graph);
  // The environment may name a node for other tools.
  if (namesNode(options)) notes.push("from files (--channels): the node was not asked");
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
