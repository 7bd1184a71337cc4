import {
  type CsvRecord,
  HOUR_MS,
  InputError,
  isoTime,
  openCsv,
  parseIsoTime,
} from "../core/mod.ts";
import {
  type FeatureSample,
  type FeatureTable,
  FURTHER_HORIZONS_MS,
  tableFromSamples,
} from "./feature_table.ts";
import { FEATURE_NAMES } from "./feature_vector.ts";
import { channelKey } from "./forecast.ts";
import type { WindowLabel } from "./labels.ts";

const HEAD_COLUMNS = ["timestamp", "node", "channel_id", "peer"] as const;
const LABELS = {
  outbound_need_sat: "outboundNeedSat",
  inbound_need_sat: "inboundNeedSat",
  fees_at_stake_msat: "feesAtStakeMsat",
  optimal_low_ratio: "optimalLowRatio",
  optimal_high_ratio: "optimalHighRatio",
} as const satisfies Record<string, keyof WindowLabel>;

/** Labels of other horizons; empty for the one that the row's own label has. */
const FURTHER = FURTHER_HORIZONS_MS.map((horizonMs) => {
  const hours = horizonMs / HOUR_MS;
  return {
    horizonMs,
    columns: [
      [`outbound_need_${hours}h_sat`, "outboundNeedSat"],
      [`inbound_need_${hours}h_sat`, "inboundNeedSat"],
      [`fees_at_stake_${hours}h_msat`, "feesAtStakeMsat"],
    ] as const,
  };
});
const FURTHER_COLUMNS = FURTHER.flatMap(({ columns }) => columns.map(([column]) => column));

/** Columns of a features file. Needs in sat, fees in msat; label cells are empty where open. */
export const FEATURES_COLUMNS: readonly string[] = [
  ...HEAD_COLUMNS,
  ...FEATURE_NAMES,
  "horizon_hours",
  ...Object.keys(LABELS),
  "label_complete",
  ...FURTHER_COLUMNS,
];

/** The row of a sample. Fractions keep six significant digits; unknown values are empty. */
export function featuresRow(sample: FeatureSample, horizonMs: number): Record<string, unknown> {
  const row: Record<string, unknown> = {
    timestamp: isoTime(sample.timeMs),
    node: sample.node,
    channel_id: sample.channelId,
    peer: sample.peer,
    horizon_hours: horizonMs / HOUR_MS,
    label_complete: sample.label !== undefined,
  };
  FEATURE_NAMES.forEach((name, i) => row[name] = cell(sample.vector[i]));
  for (const [column, name] of Object.entries(LABELS)) row[column] = cell(sample.label?.[name]);
  for (const { horizonMs, columns } of FURTHER) {
    const label = sample.further?.get(horizonMs);
    for (const [column, name] of columns) row[column] = cell(label?.[name]);
  }
  return row;
}

function cell(value: number | undefined): number | string {
  if (value === undefined || Number.isNaN(value)) return "";
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}

/**
 * Reads a features file, rows in order of time. Columns that are not ours are passed over.
 *
 * @throws {InputError} for missing columns, all of them named, and for wrong rows
 */
export async function readFeatureTable(path: string): Promise<FeatureTable> {
  const { columns, records } = await openCsv(path);
  const optional = new Set(["peer", ...FURTHER_COLUMNS]);
  const missing = FEATURES_COLUMNS.filter((name) => !optional.has(name) && !columns.includes(name));
  if (missing.length > 0) {
    throw new InputError({
      file: path,
      line: 1,
      field: missing.slice(0, 8).join(", ") + (missing.length > 8 ? ", ..." : ""),
      found: "no such column",
      expected: "a features file; `features` makes one",
    });
  }
  const samples: FeatureSample[] = [];
  const seen = new Set<string>();
  let horizonHours: number | undefined;
  for await (const record of records) {
    const reader = new RowReader(record, path);
    const sample = reader.sample();
    const hours = reader.number("horizon_hours");
    horizonHours ??= hours;
    if (hours !== horizonHours || !(hours > 0)) {
      throw reader.fault("horizon_hours", `${horizonHours}, as in the first row`);
    }
    const moment = `${channelKey(sample.node, sample.channelId)}@${sample.timeMs}`;
    if (seen.has(moment)) throw reader.fault("channel_id", "each channel once at a time");
    seen.add(moment);
    samples.push(sample);
  }
  if (horizonHours === undefined) {
    throw new InputError({ file: path, found: "a header only", expected: "rows" });
  }
  samples.sort((a, b) => a.timeMs - b.timeMs);
  return tableFromSamples(samples, {
    featureNames: FEATURE_NAMES,
    horizonMs: horizonHours * HOUR_MS,
  });
}

/** No feature comes near it, and its square is still a number: means and deviations stay finite. */
const MOST = 1e30;

/** Reads the cells of one row. */
class RowReader {
  constructor(readonly record: CsvRecord, readonly file: string) {}

  fault(field: string, expected: string): InputError {
    const { line, row } = this.record;
    return new InputError({ file: this.file, line, field, found: row[field], expected });
  }

  /** A number; NaN for an empty cell. */
  number(field: string): number {
    const text = this.record.row[field];
    if (text === "") return NaN;
    const value = Number(text);
    if (!Number.isFinite(value)) throw this.fault(field, "a number");
    if (Math.abs(value) > MOST) throw this.fault(field, `at most ${MOST}`);
    return value;
  }

  sample(): FeatureSample {
    const { row } = this.record;
    const timeMs = parseIsoTime(row.timestamp);
    if (timeMs === undefined) throw this.fault("timestamp", "an ISO 8601 time");
    for (const name of ["node", "channel_id"]) {
      if (row[name] === "") throw this.fault(name, "a name");
    }
    const vector = Float64Array.from(FEATURE_NAMES, (name) => this.number(name));
    const [capacity, local, remote] = vector;
    if (capacity <= 0) throw this.fault("capacity", "1 or more");
    if (local < 0 || local > capacity) {
      throw this.fault("local_balance", `0 to the capacity (${capacity})`);
    }
    if (remote < 0 || local + remote > capacity) {
      throw this.fault("remote_balance", `0 to capacity less local balance (${capacity - local})`);
    }
    return {
      timeMs,
      node: row.node,
      channelId: row.channel_id,
      peer: row.peer ?? "",
      vector,
      label: this.#label(),
      further: this.#further(),
    };
  }

  #further(): Map<number, WindowLabel> {
    const labels = new Map<number, WindowLabel>();
    for (const { horizonMs, columns } of FURTHER) {
      const values = columns.map(([column]) =>
        column in this.record.row ? this.number(column) : NaN
      );
      if (values.every(Number.isNaN)) continue;
      const wrong = values.findIndex((value) => !(value >= 0));
      if (wrong >= 0) throw this.fault(columns[wrong][0], "a number, 0 or more");
      const [outboundNeedSat, inboundNeedSat, feesAtStakeMsat] = values;
      labels.set(horizonMs, {
        outboundNeedSat,
        inboundNeedSat,
        feesAtStakeMsat,
        optimalLowRatio: NaN,
        optimalHighRatio: NaN,
      });
    }
    return labels;
  }

  #label(): WindowLabel | undefined {
    if (this.record.row.label_complete !== "true") return undefined;
    const label = Object.fromEntries(
      Object.entries(LABELS).map(([column, name]) => [name, this.number(column)]),
    ) as unknown as WindowLabel;
    for (const column of ["outbound_need_sat", "inbound_need_sat", "fees_at_stake_msat"] as const) {
      if (!(label[LABELS[column]] >= 0)) throw this.fault(column, "a number, 0 or more");
    }
    return label;
  }
}
