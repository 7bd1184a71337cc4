import { satToMsat } from "../../core/mod.ts";
import { z } from "zod";
import { parseWith, type Policy } from "../../protocol/mod.ts";
import { type ChannelInput, NetworkBuilder } from "../builder.ts";
import {
  addNodes,
  attempter,
  type MemberPlace,
  type Members,
  membersOf,
  type OnFault,
  text,
  whole,
} from "./json_members.ts";
import type { Network } from "../network.ts";

const graphSchema = z.looseObject({
  nodes: z.array(z.unknown(), "expected the array of nodes of LND's describegraph"),
  edges: z.array(z.unknown(), "expected the array of channels of LND's describegraph"),
});

/**
 * The graph in the shape of LND's `describegraph`: numbers may be quoted, as LND does.
 *
 * @param onFault is told of channels that are left out; without it the first fault is thrown
 * @throws {InputError} naming the member, such as `edges.17.capacity`
 */
export function networkFromDescribegraph(value: unknown, file: string, onFault?: OnFault): Network {
  const graph = parseWith(graphSchema, value, { file });
  const builder = new NetworkBuilder();
  const attempt = attempter(onFault);
  addNodes(builder, graph.nodes, { file, keyName: "pub_key", attempt });
  graph.edges.forEach((edge, index) =>
    attempt(() => {
      const place = { file, field: `edges.${index}` };
      builder.addChannel(channelFromEdge(membersOf(edge, file, place.field), place), place);
    })
  );
  return builder.build();
}

function channelFromEdge(edge: Members, place: MemberPlace): ChannelInput {
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
  { file, field }: MemberPlace,
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
