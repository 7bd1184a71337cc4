import type { ChannelItem } from "./api.ts";
import { channelName } from "./live_state.ts";

/** Columns that the table can be sorted by. */
export type SortKey =
  | "peer"
  | "capacity"
  | "balance"
  | "outbound"
  | "inbound"
  | "stake"
  | "confidence"
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
}

/** A side counts as short from this chance on. */
export const SHORT_FROM = 0.5;

/** True where the balance is below the optimal interval. */
export function isShortOutbound(c: ChannelItem): boolean {
  return c.optimal_low !== null && c.balance_ratio < c.optimal_low;
}

/** True where the balance is above the optimal interval. */
export function isShortInbound(c: ChannelItem): boolean {
  return c.optimal_high !== null && c.balance_ratio > c.optimal_high;
}

/** True where a side will probably run short while there is income to lose. */
export function needsAttention(c: ChannelItem): boolean {
  return (c.fees_at_stake_msat ?? 0) > 0 &&
    Math.max(c.short_outbound ?? 0, c.short_inbound ?? 0) >= SHORT_FROM;
}

const TESTS: Record<ChannelFilter, (c: ChannelItem) => boolean> = {
  all: () => true,
  attention: needsAttention,
  suggested: (c) => c.decision?.suggestion_id !== undefined,
  outbound: isShortOutbound,
  inbound: isShortInbound,
  learning: (c) => c.optimal_ratio === null,
};

const KEYS: Record<SortKey, (c: ChannelItem) => number | string | null> = {
  peer: (c) => c.peer.toLowerCase(),
  capacity: (c) => c.capacity_sat,
  balance: (c) => c.balance_ratio,
  outbound: (c) => c.short_outbound,
  inbound: (c) => c.short_inbound,
  stake: (c) => c.fees_at_stake_msat,
  confidence: (c) => c.confidence,
  decision: (c) => c.decision?.code ?? null,
};

/** The channels to show, in order; unknown values come last whatever the direction. */
export function selectChannels(
  channels: Iterable<ChannelItem>,
  { search, node, filter, sort, descending }: ListChoice,
): ChannelItem[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const key = KEYS[sort];
  const sign = descending ? -1 : 1;
  return [...channels]
    .filter((c) => {
      const text = `${c.peer} ${c.channel_id} ${c.node}`.toLowerCase();
      return (node === "" || c.node === node) && TESTS[filter](c) &&
        words.every((word) => text.includes(word));
    })
    .sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      if (x === null || y === null) {
        return (x === null ? 1 : 0) - (y === null ? 1 : 0) || byName(a, b);
      }
      return (x < y ? -sign : x > y ? sign : 0) || byName(a, b);
    });
}

function byName(a: ChannelItem, b: ChannelItem): number {
  const [x, y] = [channelName(a), channelName(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}
