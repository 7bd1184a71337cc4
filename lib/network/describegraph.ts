import { InputError, satToMsat } from "../core/mod.ts";
import { z } from "zod";
import { parseWith, type Policy } from "../protocol/mod.ts";
import { type ChannelInput, NetworkBuilder } from "./builder.ts";
import type { Network } from "./network.ts";

/** Called with each fault of an input that is to be read on in spite of it. */
export type OnFault = (fault: InputError) => void;

const graphSchema = z.looseObject({
  nodes: z.array(z.unknown(), "expected the array of nodes of LND's describegraph"),
  edges: z.array(z.unknown(), "expected the array of channels of LND's describegraph"),
});

type Members = Record<string, unknown>;

/**
 * The graph in the shape of LND's `describegraph`: numbers may be quoted, as LND does.
 *
 * @param onFault is told of channels that are left out; without it the first fault is thrown
 * @throws {InputError} naming the member, such as `edges.17.capacity`
 */
export function networkFromDescribegraph(value: unknown, file: string, onFault?: OnFault): Network {
  const graph = parseWith(graphSchema, value, { file });
  const builder = new NetworkBuilder();
  const attempt = (add: () => void) => {
    try {
      add();
    } catch (error) {
      if (!(error instanceof InputError) || onFault === undefined) throw error;
      onFault(error);
    }
  };
  graph.nodes.forEach((node, index) =>
    attempt(() => {
      const place = { file, field: `nodes.${index}` };
      const members = membersOf(node, file, place.field);
      const alias = typeof members.alias === "string" ? members.alias : "";
      builder.addNode(text(members, "pub_key", place), alias, place);
    })
  );
  graph.edges.forEach((edge, index) =>
    attempt(() => {
      const place = { file, field: `edges.${index}` };
      builder.addChannel(channelFromEdge(membersOf(edge, file, place.field), place), place);
    })
  );
  return builder.build();
}

interface EdgePlace {
  file: string;
  field: string;
}

function channelFromEdge(edge: Members, place: EdgePlace): ChannelInput {
  const capacitySat = whole(edge, "capacity", place);
  return {
    channelId: text(edge, "channel_id", place),
    node1: text(edge, "node1_pub", place),
    node2: text(edge, "node2_pub", place),
    capacitySat,
    policy1: policyFromLnd(edge.node1_policy, capacitySat, place, "node1_policy"),
    policy2: policyFromLnd(edge.node2_policy, capacitySat, place, "node2_policy"),
  };
}

function policyFromLnd(
  value: unknown,
  capacitySat: number,
  { file, field }: EdgePlace,
  name: string,
): Policy | null {
  if (value === null || value === undefined) return null;
  const place = { file, field: `${field}.${name}` };
  const policy = membersOf(value, file, place.field);
  // Nodes of old don't announce a greatest HTLC: then the capacity limits it.
  const most = policy.max_htlc_msat === undefined ? 0 : whole(policy, "max_htlc_msat", place);
  return {
    baseFeeMsat: whole(policy, "fee_base_msat", place),
    feeRatePpm: whole(policy, "fee_rate_milli_msat", place),
    cltvDelta: whole(policy, "time_lock_delta", place),
    minHtlcMsat: policy.min_htlc === undefined ? 0 : whole(policy, "min_htlc", place),
    maxHtlcMsat: most === 0 ? satToMsat(Math.max(0, capacitySat)) : most,
    disabled: policy.disabled === true,
  };
}

function membersOf(value: unknown, file: string, field: string): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError({ file, field, found: value, expected: "an object" });
  }
  return value as Members;
}

function text(members: Members, name: string, place: EdgePlace): string {
  const value = members[name];
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  throw new InputError({
    ...place,
    field: `${place.field}.${name}`,
    found: value,
    expected: "a text",
  });
}

/** A whole number that may be quoted. Its range is for the builder to judge. */
function whole(members: Members, name: string, place: EdgePlace): number {
  const value = members[name];
  if (typeof value === "number" && Number.isInteger(value)) return value;
  if (typeof value === "string" && /^-?\d{1,20}$/.test(value)) return Number(value);
  throw new InputError({
    ...place,
    field: `${place.field}.${name}`,
    found: value,
    expected: "a whole number",
  });
}
