import {
  type CsvRecord,
  CsvWriter,
  InputError,
  type InputPlace,
  satToMsat,
} from "../../core/mod.ts";
import type { Policy } from "../../protocol/mod.ts";
import { type ChannelInput, NetworkBuilder } from "../builder.ts";
import { openCsvWith, optionalWhole, requiredWhole } from "./csv_fields.ts";
import { attempter, type OnFault } from "./json_members.ts";
import type { Network } from "../network.ts";

const POLICY_COLUMNS = [
  "base_fee_msat",
  "fee_rate_ppm",
  "cltv_delta",
  "min_htlc_msat",
  "max_htlc_msat",
  "disabled",
] as const;

/**
 * Columns of a network as CSV, one channel a row. The first four must be there. A side without a
 * fee rate has announced no policy; `node1_balance_sat` fixes the balance the channel starts with.
 */
export const CHANNEL_COLUMNS = [
  "channel_id",
  "node1",
  "node2",
  "capacity_sat",
  ...POLICY_COLUMNS.map((name) => `node1_${name}`),
  ...POLICY_COLUMNS.map((name) => `node2_${name}`),
  "node1_balance_sat",
] as const;

/** Time lock of a direction whose row doesn't tell: LND's default. */
const DEFAULT_CLTV_DELTA = 80;

/**
 * Reads a network from CSV; nodes are those the channels name.
 *
 * @param onFault is told of rows that are left out; without it the first fault is thrown
 * @throws {InputError} with line and field
 */
export async function readNetworkCsv(path: string, onFault?: OnFault): Promise<Network> {
  const { records } = await openCsvWith(path, CHANNEL_COLUMNS.slice(0, 4));
  const builder = new NetworkBuilder();
  const attempt = attempter(onFault);
  for await (const record of records) {
    const place = { file: path, line: record.line };
    attempt(() => {
      const channel = channelFromRecord(record, place);
      for (const id of [channel.node1, channel.node2]) {
        if (!builder.hasNode(id)) builder.addNode(id, "", place);
      }
      builder.addChannel(channel, place);
    });
  }
  return builder.build();
}

function channelFromRecord({ row }: CsvRecord, place: InputPlace): ChannelInput {
  const capacitySat = requiredWhole(row, "capacity_sat", place);
  return {
    channelId: row.channel_id,
    node1: row.node1,
    node2: row.node2,
    capacitySat,
    policy1: policyFromRow(row, "node1", capacitySat, place),
    policy2: policyFromRow(row, "node2", capacitySat, place),
    balance1Sat: optionalWhole(row, "node1_balance_sat", place),
  };
}

function policyFromRow(
  row: Record<string, string>,
  side: string,
  capacitySat: number,
  place: InputPlace,
): Policy | null {
  const feeRatePpm = optionalWhole(row, `${side}_fee_rate_ppm`, place);
  if (feeRatePpm === undefined) return null;
  const number = (name: string, fallback: number) =>
    optionalWhole(row, `${side}_${name}`, place) ?? fallback;
  const disabled = row[`${side}_disabled`] ?? "";
  if (!["", "0", "1", "false", "true"].includes(disabled)) {
    throw new InputError({
      ...place,
      field: `${side}_disabled`,
      found: disabled,
      expected: "true or false",
    });
  }
  return {
    feeRatePpm,
    baseFeeMsat: number("base_fee_msat", 0),
    cltvDelta: number("cltv_delta", DEFAULT_CLTV_DELTA),
    minHtlcMsat: number("min_htlc_msat", 1),
    maxHtlcMsat: number("max_htlc_msat", satToMsat(Math.max(0, capacitySat))),
    disabled: disabled === "true" || disabled === "1",
  };
}

/** The row of a channel under {@linkcode CHANNEL_COLUMNS}. */
export function channelRow(
  network: Network,
  channel: number,
  balance1Sat?: number,
): Record<string, unknown> {
  const row: Record<string, unknown> = {
    channel_id: network.channelIds[channel],
    node1: network.nodeIds[network.source[2 * channel]],
    node2: network.nodeIds[network.source[2 * channel + 1]],
    capacity_sat: network.capacitySat[channel],
    node1_balance_sat: balance1Sat,
  };
  for (const side of [1, 2]) {
    const policy = network.policy(2 * channel + side - 1);
    if (policy === undefined) continue;
    row[`node${side}_base_fee_msat`] = policy.baseFeeMsat;
    row[`node${side}_fee_rate_ppm`] = policy.feeRatePpm;
    row[`node${side}_cltv_delta`] = policy.cltvDelta;
    row[`node${side}_min_htlc_msat`] = policy.minHtlcMsat;
    row[`node${side}_max_htlc_msat`] = policy.maxHtlcMsat;
    row[`node${side}_disabled`] = policy.disabled;
  }
  return row;
}

/**
 * Writes a network as CSV that {@linkcode readNetworkCsv} reads back.
 *
 * @param balance1Sat balance of node1 by channel, where it is to be told
 */
export async function writeNetworkCsv(
  path: string,
  network: Network,
  balance1Sat?: (channel: number) => number | undefined,
): Promise<void> {
  const writer = await CsvWriter.open(path, CHANNEL_COLUMNS);
  try {
    for (let channel = 0; channel < network.channelCount; channel++) {
      await writer.write(channelRow(network, channel, balance1Sat?.(channel)));
    }
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
