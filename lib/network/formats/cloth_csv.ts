import { InputError, msatToSat, satToMsat } from "../../core/mod.ts";
import type { Policy } from "../../protocol/mod.ts";
import { type ChannelInput, NetworkBuilder } from "../builder.ts";
import { openCsvWith, requiredWhole } from "./csv_fields.ts";
import { attempter, type OnFault } from "./json_members.ts";
import type { Network } from "../network.ts";

/** A row of one of the three files and where it stands. */
interface Row {
  row: Record<string, string>;
  place: { file: string; line: number };
}

/**
 * Reads a folder in CLoTH's form: `nodes*.csv` (id), `channels*.csv` (id, edge1_id, edge2_id,
 * node1_id, node2_id, capacity) and `edges*.csv` (id, channel_id, from_node_id, balance, fee_base,
 * fee_proportional, min_htlc, timelock); amounts in msat. Its balances are those to start from.
 *
 * @throws {InputError} with file, line and field
 */
export async function readClothFolder(folder: string, onFault?: OnFault): Promise<Network> {
  const attempt = attempter(onFault);
  const builder = new NetworkBuilder();
  for (const { row, place } of await rowsOf(folder, "nodes", ["id"])) {
    attempt(() => builder.addNode(row.id, "", place));
  }
  const edges = new Map<string, Row>();
  const edgeColumns = ["id", "channel_id", "from_node_id", "balance", "fee_base"];
  for (
    const edge of await rowsOf(folder, "edges", [
      ...edgeColumns,
      "fee_proportional",
      "min_htlc",
      "timelock",
    ])
  ) edges.set(`${edge.row.channel_id}/${edge.row.from_node_id}`, edge);
  const channels = await rowsOf(folder, "channels", ["id", "node1_id", "node2_id", "capacity"]);
  for (const { row, place } of channels) {
    attempt(() => builder.addChannel(channelFromRow(row, edges, place), place));
  }
  for (const stray of strayEdges(edges, channels)) attempt(() => raise(stray));
  return builder.build();
}

/** Faults of edges that belong to no channel, or start at a node that is none of its ends. */
function* strayEdges(
  edges: ReadonlyMap<string, Row>,
  channels: readonly Row[],
): Generator<InputError> {
  const ends = new Map(channels.map(({ row }) => [row.id, [row.node1_id, row.node2_id]]));
  for (const { row, place } of edges.values()) {
    const known = ends.get(row.channel_id);
    if (known?.includes(row.from_node_id)) continue;
    yield known === undefined
      ? new InputError({
        ...place,
        field: "channel_id",
        found: row.channel_id,
        expected: "a known channel",
      })
      : new InputError({
        ...place,
        field: "from_node_id",
        found: row.from_node_id,
        expected: `an end of channel ${row.channel_id}: ${known.join(" or ")}`,
      });
  }
}

function raise(error: Error): never {
  throw error;
}

async function rowsOf(folder: string, kind: string, columns: readonly string[]): Promise<Row[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (name.startsWith(kind) && name.endsWith(".csv")) names.push(name);
  }
  // A template of the columns may lie beside the data.
  const found = names.filter((name) => !name.includes("template"));
  if (found.length !== 1) {
    throw new InputError({ file: folder, found: names, expected: `one file ${kind}*.csv` });
  }
  const file = `${folder}/${found[0]}`;
  const csv = await openCsvWith(file, columns);
  const rows: Row[] = [];
  for await (const { row, line } of csv.records) rows.push({ row, place: { file, line } });
  return rows;
}

function channelFromRow(
  row: Record<string, string>,
  edges: ReadonlyMap<string, Row>,
  place: Row["place"],
): ChannelInput {
  const capacitySat = msatToSat(number({ row, place }, "capacity"));
  const side = (node: string) => edges.get(`${row.id}/${node}`);
  const balance1 = side(row.node1_id);
  return {
    channelId: row.id,
    node1: row.node1_id,
    node2: row.node2_id,
    capacitySat,
    policy1: policyFromEdge(side(row.node1_id), capacitySat),
    policy2: policyFromEdge(side(row.node2_id), capacitySat),
    balance1Sat: balance1 === undefined ? undefined : msatToSat(number(balance1, "balance")),
  };
}

function policyFromEdge(edge: Row | undefined, capacitySat: number): Policy | null {
  return edge === undefined ? null : {
    baseFeeMsat: number(edge, "fee_base"),
    feeRatePpm: number(edge, "fee_proportional"),
    cltvDelta: number(edge, "timelock"),
    minHtlcMsat: number(edge, "min_htlc"),
    maxHtlcMsat: satToMsat(Math.max(0, capacitySat)),
    disabled: false,
  };
}

function number({ row, place }: Row, name: string): number {
  return requiredWhole(row, name, place);
}
