import { z } from "zod";
import { InputError, type InputPlace } from "../core/mod.ts";
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
  const nodes: unknown[] = [], edges: unknown[] = [];
  const elements = new JsonElements((member, element) => {
    if (member === "nodes") nodes.push(pick(element, ["pub_key", "alias"]));
    if (member === "edges") edges.push(slimEdge(element));
  });
  const fault = () =>
    new InputError({ file, found: "an answer that breaks off", expected: "a whole graph" });
  try {
    for await (const piece of pieces) elements.push(piece);
  } catch (error) {
    throw error instanceof SyntaxError ? fault() : error;
  }
  if (!elements.ended) throw fault();
  return networkFromDescribegraph({ nodes, edges }, file);
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
