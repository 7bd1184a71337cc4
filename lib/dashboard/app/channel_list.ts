import { channelName, type ChannelRow } from "./live_state.ts";

/** Columns that the table can be sorted by. */
export type SortKey =
  | "peer"
  | "capacity"
  | "balance"
  | "outbound"
  | "inbound"
  | "stake"
  | "decision";

/** Which channels are shown. */
export type ChannelFilter = "all" | "attention" | "suggested" | "outbound" | "inbound" | "learning";

/** The filters in the order in which they are offered. */
export const FILTERS: readonly { value: ChannelFilter; label: string }[] = [
  { value: "all", label: "all channels" },
  { value: "attention", label: "needs attention" },
  { value: "suggested", label: "with a suggestion" },
  { value: "outbound", label: "short of outbound" },
  { value: "inbound", label: "short of inbound" },
  { value: "learning", label: "still learning" },
];

/** What the user chose. */
export interface ListChoice {
  search: string;
  /** One node only; empty for all. */
  node: string;
  filter: ChannelFilter;
  sort: SortKey;
  descending: boolean;
  /** Channels of one peer together. */
  grouped: boolean;
}

/** A side counts as short from this chance on. */
export const SHORT_FROM = 0.5;

/** Where a balance stands to its optimal interval. */
export type Side = "outbound" | "inbound" | "within" | "unknown";

/** `outbound` where local balance is missing, `inbound` where remote balance is. */
export function sideOf({ channel, prediction }: ChannelRow): Side {
  const { low_ratio: low = null, high_ratio: high = null } = prediction ?? {};
  if (low === null || high === null) return "unknown";
  return channel.balance_ratio < low
    ? "outbound"
    : channel.balance_ratio > high
    ? "inbound"
    : "within";
}

/** True where a side will probably run short while at least a satoshi of income is at stake. */
export function needsAttention({ prediction: p }: ChannelRow): boolean {
  return (p?.fees_at_stake_msat ?? 0) >= 1000 &&
    Math.max(p?.short_outbound ?? 0, p?.short_inbound ?? 0) >= SHORT_FROM;
}

const TESTS: Record<ChannelFilter, (row: ChannelRow) => boolean> = {
  all: () => true,
  attention: needsAttention,
  suggested: ({ suggestion }) => suggestion !== undefined,
  outbound: (row) => sideOf(row) === "outbound",
  inbound: (row) => sideOf(row) === "inbound",
  learning: (row) => sideOf(row) === "unknown",
};

const KEYS: Record<SortKey, (row: ChannelRow) => number | string | null | undefined> = {
  peer: ({ channel }) => (channel.peer_alias ?? channel.peer).toLowerCase(),
  capacity: ({ channel }) => channel.capacity_sat,
  balance: ({ channel }) => channel.balance_ratio,
  outbound: ({ prediction }) => prediction?.short_outbound,
  inbound: ({ prediction }) => prediction?.short_inbound,
  stake: ({ prediction }) => prediction?.fees_at_stake_msat,
  decision: ({ decision }) => decision?.code,
};

/** The channels to show, in order; unknown values come last whatever the direction. */
export function selectChannels(
  rows: Iterable<ChannelRow>,
  { search, node, filter, sort, descending }: Omit<ListChoice, "grouped">,
): ChannelRow[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const key = KEYS[sort];
  const sign = descending ? -1 : 1;
  return [...rows]
    .filter((row) => {
      const { channel } = row;
      const { peer, peer_alias, node_alias } = channel;
      const names = [peer, peer_alias, channel.channel_id, channel.node, node_alias];
      const text = names.join(" ").toLowerCase();
      return (node === "" || channel.node === node) && TESTS[filter](row) &&
        words.every((word) => text.includes(word));
    })
    .sort((a, b) => {
      const [x, y] = [key(a) ?? null, key(b) ?? null];
      if (x === null || y === null) return Number(x === null) - Number(y === null) || byName(a, b);
      return (x < y ? -sign : x > y ? sign : 0) || byName(a, b);
    });
}

/** Channels of one peer together; peers in the order of their first channels. */
export function groupByPeer(rows: readonly ChannelRow[]): ChannelRow[][] {
  const groups = new Map<string, ChannelRow[]>();
  for (const row of rows) {
    const group = groups.get(row.channel.peer);
    if (group === undefined) groups.set(row.channel.peer, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

function byName(a: ChannelRow, b: ChannelRow): number {
  const [x, y] = [channelName(a.channel), channelName(b.channel)];
  return x < y ? -1 : x > y ? 1 : 0;
}
