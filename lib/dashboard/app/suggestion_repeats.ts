import type { HistoryView } from "./insight_api.ts";

type Item = HistoryView["suggestions"][number];

/** A suggestion of the past, and how often the same was proposed in a row. */
export interface RepeatedItem extends Item {
  times: number;
  /** When it was first proposed, ISO 8601. */
  since: string;
}

/**
 * Every plan proposes anew what still stands: of those without a result the newest of each pair of
 * channels remains.
 *
 * @param items newest first
 */
export function withoutRepeats(items: readonly Item[]): RepeatedItem[] {
  const kept: RepeatedItem[] = [];
  const open = new Map<string, RepeatedItem>();
  for (const item of items) {
    const { node, source_channel, target_channel } = item.suggestion;
    const pair = `${node}/${source_channel}/${target_channel}`;
    const before = item.result === null && item.judged === null ? open.get(pair) : undefined;
    if (before !== undefined) {
      before.times++;
      before.since = item.time;
      continue;
    }
    const own = { ...item, times: 1, since: item.time };
    kept.push(own);
    if (item.result === null && item.judged === null) open.set(pair, own);
    else open.delete(pair);
  }
  return kept;
}
