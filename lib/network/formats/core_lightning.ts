import { InputError, MSAT_PER_SAT, msatToSat } from "../../core/mod.ts";
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
  channels: z.array(z.unknown(), "expected the array of Core Lightning's listchannels"),
  nodes: z.array(z.unknown(), "expected the array of Core Lightning's listnodes").default([]),
});

/**
 * The graph in the shape of Core Lightning's `listchannels`: one entry a direction. The `nodes` of
 * `listnodes` may stand beside them and give the aliases.
 *
 * @param onFault is told of entries that are left out; without it the first fault is thrown
 * @throws {InputError} naming the member, such as `channels.17.amount_msat`
 */
export function networkFromListchannels(value: unknown, file: string, onFault?: OnFault): Network {
  const graph = parseWith(graphSchema, value, { file });
  const attempt = attempter(onFault);
  const builder = new NetworkBuilder();
  addNodes(builder, graph.nodes, { file, keyName: "nodeid", attempt });
  const channels = new Map<string, { channel: ChannelInput; place: MemberPlace }>();
  graph.channels.forEach((entry, index) =>
    attempt(() => {
      const place = { file, field: `channels.${index}` };
      addDirection(channels, membersOf(entry, file, place.field), place);
    })
  );
  for (const { channel, place } of channels.values()) {
    attempt(() => {
      for (const id of [channel.node1, channel.node2]) {
        if (!builder.hasNode(id)) builder.addNode(id, "", place);
      }
      builder.addChannel(channel, place);
    });
  }
  return builder.build();
}

/** Puts one direction to the other one of its channel. */
function addDirection(
  channels: Map<string, { channel: ChannelInput; place: MemberPlace }>,
  entry: Members,
  place: MemberPlace,
): void {
  const channelId = text(entry, "short_channel_id", place);
  const source = text(entry, "source", place), destination = text(entry, "destination", place);
  const [node1, node2] = source < destination ? [source, destination] : [destination, source];
  const capacitySat = msatToSat(amount(entry, "amount_msat", place));
  const known = channels.get(channelId)?.channel ??
    { channelId, node1, node2, capacitySat, policy1: null, policy2: null };
  const side = source === node1 ? "policy1" : "policy2";
  const fault = (field: string, found: unknown, expected: string) =>
    new InputError({ ...place, field: `${place.field}.${field}`, found, expected });
  if (known.node1 !== node1 || known.node2 !== node2) {
    throw fault("source", source, "the same two nodes in both directions of a channel");
  }
  if (known.capacitySat !== capacitySat) {
    throw fault("amount_msat", capacitySat * MSAT_PER_SAT, "the same in both directions");
  }
  if (known[side] !== null) throw fault("short_channel_id", channelId, "each direction once");
  known[side] = policyFromEntry(entry, capacitySat, place);
  if (!channels.has(channelId)) channels.set(channelId, { channel: known, place });
}

function policyFromEntry(entry: Members, capacitySat: number, place: MemberPlace): Policy {
  const optional = (name: string, fallback: number) =>
    entry[name] === undefined ? fallback : amount(entry, name, place);
  return {
    baseFeeMsat: whole(entry, "base_fee_millisatoshi", place),
    feeRatePpm: whole(entry, "fee_per_millionth", place),
    cltvDelta: whole(entry, "delay", place),
    minHtlcMsat: optional("htlc_minimum_msat", 0),
    maxHtlcMsat: optional("htlc_maximum_msat", Math.max(0, capacitySat) * MSAT_PER_SAT),
    disabled: entry.active === false,
  };
}

/** Millisatoshis: a number, or a text such as `1000msat` as older versions have it. */
function amount(entry: Members, name: string, place: MemberPlace): number {
  const value = entry[name];
  const plain = typeof value === "string" ? value.replace(/msat$/, "") : value;
  return whole({ [name]: plain }, name, place);
}
