import { z } from "zod";
import { InputError, type InputPlace, logger } from "../core/mod.ts";
import { type Network, networkFromDescribegraph } from "../network/mod.ts";
import { parseWith } from "../protocol/mod.ts";
import { JsonElements } from "./json_elements.ts";

const updateSchema = z.object({
  channel_updates: z.array(z.object({
    advertising_node: z.string().default(""),
    connecting_node: z.string().default(""),
  })).default([]),
});

/** Whether a message of the graph stream is about channels of `nodeId`, or about others only. */
export function graphNewsFromLnd(
  value: unknown,
  nodeId: string,
  place: InputPlace,
): "channels_changed" | "graph_changed" {
  const { channel_updates } = parseWith(updateSchema, value, place);
  const own = channel_updates.some((update) =>
    update.advertising_node === nodeId || update.connecting_node === nodeId
  );
  return own ? "channels_changed" : "graph_changed";
}

/** A text this long is no refusal. */
const LONGEST_REFUSAL = 2000;
/** Characters of what is no graph that are shown. */
const SHOWN = 80;
const EDGE_MEMBERS = ["channel_id", "node1_pub", "node2_pub", "capacity"] as const;
const POLICY_MEMBERS = [
  "time_lock_delta",
  "min_htlc",
  "fee_base_msat",
  "fee_rate_milli_msat",
  "disabled",
  "max_htlc_msat",
] as const;

/**
 * The graph from the pieces of `DescribeGraph`'s answer. Of each node and channel only what is
 * needed is kept while the next ones arrive: most of the text is features and addresses.
 *
 * @throws {InputError} for an answer that breaks off or is no graph
 */
export async function graphFromPieces(
  pieces: AsyncIterable<string>,
  file: string,
): Promise<Network> {
  const nodes: Record<string, unknown>[] = [], edges: Record<string, unknown>[] = [];
  let head = "";
  const elements = new JsonElements((member, element) => {
    if (member === "nodes") nodes.push(pick(element, ["pub_key", "alias"]));
    if (member === "edges") edges.push(slimEdge(element));
  });
  const fault = () =>
    new InputError({ file, found: "an answer that breaks off", expected: "a whole graph" });
  try {
    for await (const piece of pieces) {
      if (head.length < LONGEST_REFUSAL) head += piece;
      elements.push(piece);
    }
  } catch (error) {
    throw error instanceof SyntaxError ? fault() : error;
  }
  if (!elements.ended) throw fault();
  // A refusal has neither list, but a message.
  if (nodes.length === 0 && edges.length === 0 && /"message"\s*:/.test(head)) {
    throw new InputError({ file, found: head.slice(0, SHOWN), expected: "a graph" });
  }
  const faults: InputError[] = [];
  const whole = { nodes: [...nodes, ...missingNodes(nodes, edges)], edges };
  const network = networkFromDescribegraph(whole, file, (fault) => faults.push(fault));
  if (faults.length > 0) tellOf(faults, network);
  return network;
}

/** What others announce may be odd: a channel less is no reason to do without the graph. */
function tellOf(faults: readonly InputError[], network: Network): void {
  if (network.channelCount === 0) throw faults[0];
  logger("nodes").warn`${faults.length} entries of the graph are left out: ${faults[0].message}`;
}

/** Ends of channels that are not among the nodes: they came while the answer was on its way. */
function missingNodes(
  nodes: readonly Record<string, unknown>[],
  edges: readonly Record<string, unknown>[],
): Record<string, unknown>[] {
  const known = new Set(nodes.map(({ pub_key }) => pub_key));
  const ends = edges.flatMap(({ node1_pub, node2_pub }) => [node1_pub, node2_pub]);
  const missing = new Set(ends.filter((key) => typeof key === "string" && !known.has(key)));
  return [...missing].map((pub_key) => ({ pub_key, alias: "" }));
}

function slimEdge(edge: unknown) {
  return {
    ...pick(edge, EDGE_MEMBERS),
    node1_policy: slimPolicy(edge, "node1_policy"),
    node2_policy: slimPolicy(edge, "node2_policy"),
  };
}

function slimPolicy(edge: unknown, name: string): unknown {
  const policy = pick(edge, [name])[name];
  return typeof policy === "object" && policy !== null ? pick(policy, POLICY_MEMBERS) : null;
}

function pick(value: unknown, names: readonly string[]): Record<string, unknown> {
  const members = Object(value) as Record<string, unknown>;
  return Object.fromEntries(names.map((name) => [name, members[name]]));
}
