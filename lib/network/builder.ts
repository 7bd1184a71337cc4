import { InputError, type InputPlace, MSAT_PER_SAT } from "../core/mod.ts";
import type { TopologyChannel } from "../protocol/mod.ts";
import { Network, type NetworkColumns } from "./network.ts";

/** A channel on its way into a {@linkcode NetworkBuilder}. */
export interface ChannelInput extends TopologyChannel {
  /** Balance of node1 where known. */
  balance1Sat?: number;
}

/** More than all bitcoin there will ever be, in sat. */
const ALL_BITCOIN_SAT = 2_100_000_000_000_000;
/** Fees travel as 32 bits, time locks as 16 (BOLT 7). */
const MAX_U32 = 0xffffffff;
const MAX_U16 = 0xffff;
/** Members of a policy and what they may be at most. */
const POLICY_LIMITS = [
  ["baseFeeMsat", MAX_U32],
  ["feeRatePpm", MAX_U32],
  ["cltvDelta", MAX_U16],
  ["minHtlcMsat", ALL_BITCOIN_SAT],
  ["maxHtlcMsat", Number.MAX_SAFE_INTEGER],
] as const;

/**
 * Collects nodes and channels, checks them and makes a {@linkcode Network}.
 *
 * @example
 * ```ts
 * import { NetworkBuilder } from "../../lib/network/mod.ts";
 * const builder = new NetworkBuilder();
 * builder.addNode("alice").addNode("bob");
 * builder.addChannel({
 *   channelId: "1x1x0", node1: "alice", node2: "bob", capacitySat: 1_000_000,
 *   policy1: null, policy2: null,
 * });
 * if (builder.build().channelCount !== 1) throw new Error("expected one channel");
 * ```
 */
export class NetworkBuilder {
  readonly #nodeIds: string[] = [];
  readonly #aliases: string[] = [];
  readonly #nodeIndex = new Map<string, number>();
  readonly #channels: ChannelInput[] = [];
  readonly #channelIds = new Set<string>();

  /** @throws {InputError} for an id that is there already or empty */
  addNode(id: string, alias = "", place: InputPlace = {}): this {
    if (id === "" || this.#nodeIndex.has(id)) {
      throw new InputError({
        ...place,
        field: fieldName(place, "node"),
        found: id,
        expected: id === "" ? "a name that is not empty" : "each node once",
      });
    }
    this.#nodeIndex.set(id, this.#nodeIds.length);
    this.#nodeIds.push(id);
    // Aliases come from strangers and end up on terminals: no control or layout characters.
    this.#aliases.push(alias.replace(/\p{C}/gu, "").trim());
    return this;
  }

  hasNode(id: string): boolean {
    return this.#nodeIndex.has(id);
  }

  /**
   * @throws {InputError} naming the field under `place.field`: a node that was not added, a
   *   channel from a node to itself, an id that is there already, a capacity or a term of a
   *   policy that can't be
   */
  addChannel(channel: ChannelInput, place: InputPlace = {}): this {
    this.#check(channel, place);
    this.#channelIds.add(channel.channelId);
    this.#channels.push(channel);
    return this;
  }

  #check(channel: ChannelInput, place: InputPlace): void {
    const fault = (field: string, found: unknown, expected: string) =>
      new InputError({ ...place, field: fieldName(place, field), found, expected });
    const { channelId, node1, node2, capacitySat, balance1Sat } = channel;
    if (channelId === "") throw fault("channel_id", channelId, "a name that is not empty");
    if (this.#channelIds.has(channelId)) throw fault("channel_id", channelId, "each channel once");
    if (!this.#nodeIndex.has(node1)) throw fault("node1", node1, "a known node");
    if (!this.#nodeIndex.has(node2)) throw fault("node2", node2, "a known node");
    if (node1 === node2) throw fault("node2", node2, "another node than node1");
    if (!(Number.isSafeInteger(capacitySat) && capacitySat > 0 && capacitySat <= ALL_BITCOIN_SAT)) {
      throw fault("capacity_sat", capacitySat, `a whole number from 1 to ${ALL_BITCOIN_SAT}`);
    }
    if (
      balance1Sat !== undefined &&
      !(Number.isSafeInteger(balance1Sat) && balance1Sat >= 0 && balance1Sat <= capacitySat)
    ) {
      throw fault("node1_balance_sat", balance1Sat, `a whole number from 0 to ${capacitySat}`);
    }
    for (const side of [1, 2] as const) {
      const policy = side === 1 ? channel.policy1 : channel.policy2;
      if (policy === null) continue;
      for (const [name, most] of POLICY_LIMITS) {
        const value = policy[name];
        if (!(Number.isSafeInteger(value) && value >= 0 && value <= most)) {
          throw fault(`policy${side}.${name}`, value, `a whole number from 0 to ${most}`);
        }
      }
    }
  }

  build(): Network {
    const count = this.#channels.length;
    const columns: NetworkColumns = {
      nodeIds: [...this.#nodeIds],
      aliases: [...this.#aliases],
      channelIds: this.#channels.map((channel) => channel.channelId),
      source: new Int32Array(2 * count),
      capacitySat: Float64Array.from(this.#channels, (channel) => channel.capacitySat),
      baseFeeMsat: new Float64Array(2 * count),
      feeRatePpm: new Float64Array(2 * count),
      cltvDelta: new Float64Array(2 * count),
      minHtlcMsat: new Float64Array(2 * count),
      maxHtlcMsat: new Float64Array(2 * count),
      disabled: new Uint8Array(2 * count),
      known: new Uint8Array(2 * count),
      givenBalanceSat: Float64Array.from(this.#channels, ({ balance1Sat }) => balance1Sat ?? NaN),
    };
    this.#channels.forEach((channel, index) => {
      columns.source[2 * index] = this.#nodeIndex.get(channel.node1)!;
      columns.source[2 * index + 1] = this.#nodeIndex.get(channel.node2)!;
      setPolicy(columns, 2 * index, channel.policy1);
      setPolicy(columns, 2 * index + 1, channel.policy2);
    });
    return new Network(columns);
  }
}

/** Some nodes announce more than their channel holds; what can pass is the capacity. */
function setPolicy(columns: NetworkColumns, direction: number, policy: ChannelInput["policy1"]) {
  if (policy === null) return;
  columns.known[direction] = 1;
  columns.baseFeeMsat[direction] = policy.baseFeeMsat;
  columns.feeRatePpm[direction] = policy.feeRatePpm;
  columns.cltvDelta[direction] = policy.cltvDelta;
  columns.minHtlcMsat[direction] = policy.minHtlcMsat;
  columns.maxHtlcMsat[direction] = Math.min(
    policy.maxHtlcMsat,
    columns.capacitySat[direction >> 1] * MSAT_PER_SAT,
  );
  columns.disabled[direction] = policy.disabled ? 1 : 0;
}

function fieldName(place: InputPlace, name: string): string {
  return place.field === undefined ? name : `${place.field}.${name}`;
}
