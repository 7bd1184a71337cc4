import { seededRng } from "../../lib/core/mod.ts";
import { FEATURE_NAMES, type FeatureTable } from "../../lib/liquidity/mod.ts";
import { START_MS } from "./server_fixture.ts";

const HOUR_MS = 3_600_000;

/** Channels whose needs follow from one feature that no baseline looks at. */
export function plantedTable({ channels = 24, days = 9 } = {}): FeatureTable {
  const rng = seededRng(5);
  const rows = channels * days * 4, width = FEATURE_NAMES.length;
  const numbers = () => new Float64Array(rows);
  const names = (prefix: string, of: (row: number) => number) =>
    Array.from({ length: rows }, (_, row) => `${prefix}${of(row)}`);
  const table: FeatureTable = {
    featureNames: FEATURE_NAMES,
    horizonMs: 24 * HOUR_MS,
    rows,
    x: Float64Array.from({ length: rows * width }, () => rng.float()),
    timeMs: numbers(),
    nodes: names("node-", (row) => row % channels % 6),
    channelIds: names("channel-", (row) => row % channels),
    peers: names("peer-", (row) => row % channels),
    outboundNeedSat: numbers(),
    inboundNeedSat: numbers(),
    feesAtStakeMsat: numbers(),
    optimalLowRatio: numbers(),
    optimalHighRatio: numbers(),
    further: [],
  };
  for (let row = 0; row < rows; row++) {
    table.timeMs[row] = START_MS + Math.floor(row / channels) * 6 * HOUR_MS;
    table.x[row * width] = 5_000_000;
    const strong = table.x[row * width + width - 1] > 0.5;
    table.outboundNeedSat[row] = (strong ? 900_000 : 100_000) * (0.9 + 0.2 * rng.float());
    table.inboundNeedSat[row] = (strong ? 50_000 : 400_000) * (0.9 + 0.2 * rng.float());
  }
  return table;
}
