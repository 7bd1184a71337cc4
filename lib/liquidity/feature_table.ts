import { DAY_MS, HOUR_MS } from "../core/mod.ts";
import type { WindowLabel } from "./labels.ts";

/** Horizons that are labelled beside the main one. */
export const FURTHER_HORIZONS_MS: readonly number[] = [6 * HOUR_MS, DAY_MS, 3 * DAY_MS, 7 * DAY_MS];

/** One channel at one moment, with its label where the horizon has passed. */
export interface FeatureSample {
  timeMs: number;
  node: string;
  channelId: string;
  /** Empty where unknown. */
  peer: string;
  /** Of the length of `FEATURE_NAMES`. */
  vector: Float64Array;
  /** Undefined where the data end, or break off, before the horizon does. */
  label?: WindowLabel;
  /** Labels of other horizons, by their length; added as their windows pass. */
  further?: Map<number, WindowLabel>;
}

/** Needs and fees of another horizon, by row; NaN in rows that have no such label. */
export interface HorizonLabels {
  horizonMs: number;
  outboundNeedSat: Float64Array;
  inboundNeedSat: Float64Array;
  feesAtStakeMsat: Float64Array;
}

const NEED_COLUMNS = ["outboundNeedSat", "inboundNeedSat", "feesAtStakeMsat"] as const;

/** Samples as columns: the form in which models are trained. */
export interface FeatureTable {
  featureNames: readonly string[];
  horizonMs: number;
  rows: number;
  /** Row by row, `rows` times `featureNames.length`; NaN where unknown. */
  x: Float64Array;
  timeMs: Float64Array;
  nodes: string[];
  channelIds: string[];
  peers: string[];
  /** Labels; NaN in rows that have none. */
  outboundNeedSat: Float64Array;
  inboundNeedSat: Float64Array;
  feesAtStakeMsat: Float64Array;
  optimalLowRatio: Float64Array;
  optimalHighRatio: Float64Array;
  /** Labels of other horizons, shortest first. */
  further: HorizonLabels[];
}

/** A table with its features in half the memory: seven digits are more than trees look at. */
export interface CompactTable extends Omit<FeatureTable, "x"> {
  x: Float32Array;
}

/** Names of the label columns of a table. */
export const LABEL_COLUMNS = [
  "outboundNeedSat",
  "inboundNeedSat",
  "feesAtStakeMsat",
  "optimalLowRatio",
  "optimalHighRatio",
] as const satisfies readonly (keyof WindowLabel & keyof FeatureTable)[];

/** A table from samples, in their order. */
export function tableFromSamples(
  samples: readonly FeatureSample[],
  head: { featureNames: readonly string[]; horizonMs: number },
): FeatureTable {
  const width = head.featureNames.length;
  const table: FeatureTable = {
    ...head,
    rows: samples.length,
    x: new Float64Array(samples.length * width),
    timeMs: new Float64Array(samples.length),
    nodes: samples.map((sample) => sample.node),
    channelIds: samples.map((sample) => sample.channelId),
    peers: samples.map((sample) => sample.peer),
    outboundNeedSat: new Float64Array(samples.length),
    inboundNeedSat: new Float64Array(samples.length),
    feesAtStakeMsat: new Float64Array(samples.length),
    optimalLowRatio: new Float64Array(samples.length),
    optimalHighRatio: new Float64Array(samples.length),
    further: furtherLabels(samples),
  };
  samples.forEach((sample, row) => {
    table.x.set(sample.vector, row * width);
    table.timeMs[row] = sample.timeMs;
    for (const name of LABEL_COLUMNS) table[name][row] = sample.label?.[name] ?? NaN;
  });
  return table;
}

/** The same rows, each feature rounded to the nearest number of 32 bits. */
export function compactTable(table: FeatureTable): CompactTable {
  return { ...table, x: Float32Array.from(table.x) };
}

/**
 * The rows of several tables, one table after the other. Where one lacks a further horizon its rows
 * have no label for it.
 *
 * @param tables of the same features and main horizon, 1 or more
 */
export function joinTables(tables: readonly (FeatureTable | CompactTable)[]): FeatureTable {
  type Column = Float64Array | Float32Array | undefined;
  const numbers = (of: (table: FeatureTable | CompactTable) => Column, width = 1) => {
    const joined = new Float64Array(tables.reduce((n, { rows }) => n + rows * width, 0));
    let at = 0;
    for (const table of tables) {
      const column = of(table);
      if (column === undefined) joined.fill(NaN, at, at + table.rows * width);
      else joined.set(column, at);
      at += table.rows * width;
    }
    return joined;
  };
  const [{ featureNames, horizonMs }] = tables;
  const horizons = new Set(tables.flatMap(({ further }) => further.map((f) => f.horizonMs)));
  const further = [...horizons].sort((a, b) => a - b).map((ms) => {
    const labels = (table: FeatureTable | CompactTable) =>
      table.further.find((f) => f.horizonMs === ms);
    return {
      horizonMs: ms,
      outboundNeedSat: numbers((table) => labels(table)?.outboundNeedSat),
      inboundNeedSat: numbers((table) => labels(table)?.inboundNeedSat),
      feesAtStakeMsat: numbers((table) => labels(table)?.feesAtStakeMsat),
    };
  });
  return {
    featureNames,
    horizonMs,
    rows: tables.reduce((n, { rows }) => n + rows, 0),
    x: numbers(({ x }) => x, featureNames.length),
    timeMs: numbers(({ timeMs }) => timeMs),
    nodes: tables.flatMap(({ nodes }) => nodes),
    channelIds: tables.flatMap(({ channelIds }) => channelIds),
    peers: tables.flatMap(({ peers }) => peers),
    outboundNeedSat: numbers((table) => table.outboundNeedSat),
    inboundNeedSat: numbers((table) => table.inboundNeedSat),
    feesAtStakeMsat: numbers((table) => table.feesAtStakeMsat),
    optimalLowRatio: numbers((table) => table.optimalLowRatio),
    optimalHighRatio: numbers((table) => table.optimalHighRatio),
    further,
  };
}

/** The rows at `indices`, in that order. */
export function takeTableRows(table: FeatureTable, indices: ArrayLike<number>): FeatureTable {
  const width = table.featureNames.length;
  const rows = Array.from(indices);
  const x = new Float64Array(rows.length * width);
  rows.forEach((from, to) => x.set(table.x.subarray(from * width, (from + 1) * width), to * width));
  const numbers = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]);
  return {
    featureNames: table.featureNames,
    horizonMs: table.horizonMs,
    rows: rows.length,
    x,
    timeMs: numbers(table.timeMs),
    nodes: rows.map((row) => table.nodes[row]),
    channelIds: rows.map((row) => table.channelIds[row]),
    peers: rows.map((row) => table.peers[row]),
    outboundNeedSat: numbers(table.outboundNeedSat),
    inboundNeedSat: numbers(table.inboundNeedSat),
    feesAtStakeMsat: numbers(table.feesAtStakeMsat),
    optimalLowRatio: numbers(table.optimalLowRatio),
    optimalHighRatio: numbers(table.optimalHighRatio),
    further: table.further.map((labels) => ({
      horizonMs: labels.horizonMs,
      outboundNeedSat: numbers(labels.outboundNeedSat),
      inboundNeedSat: numbers(labels.inboundNeedSat),
      feesAtStakeMsat: numbers(labels.feesAtStakeMsat),
    })),
  };
}

function furtherLabels(samples: readonly FeatureSample[]): HorizonLabels[] {
  const horizons = new Set(samples.flatMap(({ further }) => [...further?.keys() ?? []]));
  return [...horizons].sort((a, b) => a - b).map((horizonMs) => {
    const [outboundNeedSat, inboundNeedSat, feesAtStakeMsat] = NEED_COLUMNS.map((name) =>
      Float64Array.from(samples, ({ further }) => further?.get(horizonMs)?.[name] ?? NaN)
    );
    return { horizonMs, outboundNeedSat, inboundNeedSat, feesAtStakeMsat };
  });
}

/** The same rows with the labels of another horizon; optimal intervals are not known for it. */
export function tableAtHorizon(table: FeatureTable, labels: HorizonLabels): FeatureTable {
  const unknown = new Float64Array(table.rows).fill(NaN);
  return { ...table, ...labels, optimalLowRatio: unknown, optimalHighRatio: unknown, further: [] };
}

/** Indices of the rows that have a label. */
export function labelledRows(table: FeatureTable): number[] {
  const rows: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    if (!Number.isNaN(table.outboundNeedSat[row])) rows.push(row);
  }
  return rows;
}
