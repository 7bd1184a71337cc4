import { z } from "zod";
import type { InputPlace } from "../core/mod.ts";
import { parseWith } from "../protocol/mod.ts";

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
