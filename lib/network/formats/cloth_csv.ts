import { InputError, msatToSat, satToMsat } from "../../core/mod.ts";
import { type ChannelInput, NetworkBuilder } from "../builder.ts";
import { openCsvWith, requiredWhole } from "./csv_fields.ts";
import { attempter, type OnFault } from "./json_members.ts";
import type { Network } from "../network.ts";

/** One direction of a channel; amounts in msat. */
interface Edge {
  line: number;
  from: string;
  balanceMsat: number;
  baseFeeMsat: number;
  feeRatePpm: number;
  cltvDelta: number;
  minHtlcMsat: number;
}

/** What was read of a channel's edges. */
interface ChannelEdges {
  /** One for each node that it may start at; where that is no number, why not. */
  edges: (Edge | { line: number; from: string; fault: InputError })[];
  /** Its nodes; absent for a channel that is unknown. */
  ends?: [string, string];
}

type Row = Record<string, string>;
type Place = { file: string; line: number };

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
  for await (const { row, place } of rowsOf(await fileOf(folder, "nodes"), ["id"])) {
    attempt(() => builder.addNode(row.id, "", place));
  }
  const edgesFile = await fileOf(folder, "edges");
  const known = await edgesByChannel(edgesFile);
  const columns = ["id", "node1_id", "node2_id", "capacity"];
  for await (const { row, place } of rowsOf(await fileOf(folder, "channels"), columns)) {
    const found = known.get(row.id);
    if (found !== undefined) found.ends = [row.node1_id, row.node2_id];
    attempt(() => builder.addChannel(channelFromRow(row, found, place), place));
  }
  for (const stray of strayEdges(known, edgesFile)) attempt(() => raise(stray));
  return builder.build();
}

async function edgesByChannel(file: string): Promise<Map<string, ChannelEdges>> {
  const known = new Map<string, ChannelEdges>();
  const columns = ["id", "channel_id", "from_node_id", "balance", "fee_base"];
  const terms = ["fee_proportional", "min_htlc", "timelock"];
  for await (const { row, place } of rowsOf(file, [...columns, ...terms])) {
    const edge = edgeFromRow(row, place);
    const there = known.get(row.channel_id);
    if (there === undefined) known.set(row.channel_id, { edges: [edge] });
    else {
      const again = there.edges.findIndex(({ from }) => from === edge.from);
      if (again >= 0) there.edges[again] = edge;
      else there.edges.push(edge);
    }
  }
  return known;
}

/** A fault counts only where the edge belongs to a channel. */
function edgeFromRow(row: Row, place: Place): ChannelEdges["edges"][number] {
  const { line } = place, from = row.from_node_id;
  try {
    return {
      line,
      from,
      balanceMsat: requiredWhole(row, "balance", place),
      baseFeeMsat: requiredWhole(row, "fee_base", place),
      feeRatePpm: requiredWhole(row, "fee_proportional", place),
      cltvDelta: requiredWhole(row, "timelock", place),
      minHtlcMsat: requiredWhole(row, "min_htlc", place),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { line, from, fault: error };
  }
}

/** Faults of edges that belong to no channel, or start at a node that is none of its ends. */
function strayEdges(known: ReadonlyMap<string, ChannelEdges>, file: string): InputError[] {
  const faults: { line: number; fault: InputError }[] = [];
  for (const [channelId, { edges, ends }] of known) {
    for (const { line, from } of edges) {
      if (ends?.includes(from)) continue;
      const what = ends === undefined
        ? { field: "channel_id", found: channelId, expected: "a known channel" }
        : {
          field: "from_node_id",
          found: from,
          expected: `an end of channel ${channelId}: ${ends.join(" or ")}`,
        };
      faults.push({ line, fault: new InputError({ file, line, ...what }) });
    }
  }
  return faults.sort((a, b) => a.line - b.line).map(({ fault }) => fault);
}

function raise(error: Error): never {
  throw error;
}

/** Rows of a file, and where they stand. */
async function* rowsOf(
  file: string,
  columns: readonly string[],
): AsyncGenerator<{ row: Row; place: Place }> {
  const csv = await openCsvWith(file, columns);
  for await (const { row, line } of csv.records) yield { row, place: { file, line } };
}

async function fileOf(folder: string, kind: string): Promise<string> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (name.startsWith(kind) && name.endsWith(".csv")) names.push(name);
  }
  // A template of the columns may lie beside the data.
  const found = names.filter((name) => !name.includes("template"));
  if (found.length !== 1) {
    throw new InputError({ file: folder, found: names, expected: `one file ${kind}*.csv` });
  }
  return `${folder}/${found[0]}`;
}

function channelFromRow(row: Row, known: ChannelEdges | undefined, place: Place): ChannelInput {
  const capacitySat = msatToSat(requiredWhole(row, "capacity", place));
  const side = (node: string): Edge | undefined => {
    const edge = known?.edges.find(({ from }) => from === node);
    if (edge !== undefined && "fault" in edge) throw edge.fault;
    return edge;
  };
  const [edge1, edge2] = [side(row.node1_id), side(row.node2_id)];
  const maxHtlcMsat = satToMsat(Math.max(0, capacitySat));
  const policy = (edge: Edge | undefined) =>
    edge === undefined ? null : {
      baseFeeMsat: edge.baseFeeMsat,
      feeRatePpm: edge.feeRatePpm,
      cltvDelta: edge.cltvDelta,
      minHtlcMsat: edge.minHtlcMsat,
      maxHtlcMsat,
      disabled: false,
    };
  return {
    channelId: row.id,
    node1: row.node1_id,
    node2: row.node2_id,
    capacitySat,
    policy1: policy(edge1),
    policy2: policy(edge2),
    balance1Sat: edge1 === undefined ? undefined : msatToSat(edge1.balanceMsat),
  };
}
