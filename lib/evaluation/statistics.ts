import { type AnalyzedChannel, balanceRatio } from "./analysis.ts";

/** What `describe` says of one figure over all channels that have it. */
export interface FigureStatistics {
  figure: string;
  count: number;
  mean: number;
  /** Sample standard deviation; 0 for a single value. */
  std: number;
  min: number;
  median: number;
  max: number;
}

/** Sums of one node. */
export interface NodeStatistics {
  node: string;
  channels: number;
  capacitySat: number;
  localBalanceSat: number;
  feesAtStakeMsat: number;
}

/** Tables that summarise the channels. */
export interface AnalysisStatistics {
  figures: FigureStatistics[];
  /** Most at stake first. */
  nodes: NodeStatistics[];
}

const GROUP_PREFIX = "node ";

const FIGURES: Record<string, (channel: AnalyzedChannel) => number | undefined> = {
  "capacity (sat)": ({ outlook }) => outlook.channel.capacitySat,
  "balance ratio": balanceRatio,
  "optimal ratio": ({ outlook }) => outlook.optimal?.optimalRatio,
  "outbound need, median (sat)": ({ outlook }) => outlook.forecast?.outboundNeed.sat[2],
  "inbound need, median (sat)": ({ outlook }) => outlook.forecast?.inboundNeed.sat[2],
  "chance to run short outbound": ({ outlook }) => outlook.optimal?.shortOutbound,
  "chance to run short inbound": ({ outlook }) => outlook.optimal?.shortInbound,
  "fees at stake (msat)": ({ outlook }) => outlook.forecast?.feesAtStakeMsat,
};

/**
 * Describes and groups with danfojs, which is loaded here and only here: it is large and serves
 * nothing but reports.
 *
 * @param channels at least one
 */
export async function analysisStatistics(
  channels: readonly AnalyzedChannel[],
): Promise<AnalysisStatistics> {
  const { DataFrame, Series } = await import("danfojs");
  const figures = Object.entries(FIGURES).flatMap(([figure, pick]) => {
    const values = channels.map(pick).filter((value) => value !== undefined);
    if (values.length === 0) return [];
    const described = new Series(values).describe();
    const at = (name: string) => Number(described.values[described.index.indexOf(name)]);
    const std = values.length > 1 ? at("std") : 0;
    return [{
      figure,
      std,
      ...{ count: at("count"), mean: at("mean"), min: at("min") },
      ...{ median: at("median"), max: at("max") },
    }];
  });
  // Groups are members of an object there: a node may be called `constructor`.
  const frame = new DataFrame(channels.map(({ outlook: { channel, forecast } }) => ({
    node: `${GROUP_PREFIX}${channel.node}`,
    capacity: channel.capacitySat,
    local: channel.localBalanceSat,
    stake: forecast?.feesAtStakeMsat ?? 0,
  })));
  const sums = frame.groupby(["node"])
    .agg({ capacity: ["count", "sum"], local: "sum", stake: "sum" })
    .sortValues("stake_sum", { ascending: false });
  const column = (name: string) => sums.columns.indexOf(name);
  const nodes = (sums.values as (string | number)[][]).map((row) => ({
    node: String(row[column("node")]).slice(GROUP_PREFIX.length),
    channels: Number(row[column("capacity_count")]),
    capacitySat: Number(row[column("capacity_sum")]),
    localBalanceSat: Number(row[column("local_sum")]),
    feesAtStakeMsat: Number(row[column("stake_sum")]),
  }));
  return { figures, nodes };
}
