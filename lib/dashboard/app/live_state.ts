import type { ChannelItem, Performance, Recommendations, Twin } from "./api.ts";

/** Whether the page hears from the server. */
export type Connection = "connecting" | "live" | "lost";

/** All that the page shows. A new object on every change; what did not change stays the same object. */
export interface LiveState {
  /** By {@linkcode channelName}. */
  channels: ReadonlyMap<string, ChannelItem>;
  /** Undefined until the first answer, null where the server has none. */
  recommendations?: Recommendations | null;
  performance?: Performance | null;
  twin?: Twin | null;
  connection: Connection;
  /** When the server was last heard, in the browser's time. */
  heardMs?: number;
  /** What went wrong with the last attempt to load, for the user. */
  problem?: string;
}

export const EMPTY_STATE: LiveState = { channels: new Map(), connection: "connecting" };

/** Everything the server holds, loaded at the start and after every lost connection. */
export interface Snapshot {
  channels: ChannelItem[];
  recommendations: Recommendations | null;
  performance: Performance | null;
  twin: Twin | null;
}

/** Name of a channel within the page. */
export function channelName(item: { node: string; channel_id: string }): string {
  return `${item.node}/${item.channel_id}`;
}

/** Takes changed channels in; one that is older than what is known is ignored. */
export function withChannels(state: LiveState, items: readonly ChannelItem[]): LiveState {
  const channels = new Map(state.channels);
  for (const item of items) {
    const known = channels.get(channelName(item));
    if (known === undefined || known.updated_at <= item.updated_at) {
      channels.set(channelName(item), item);
    }
  }
  return { ...state, channels };
}

/** Takes a whole snapshot in; channels that the server no longer has disappear. */
export function withSnapshot(state: LiveState, snapshot: Snapshot): LiveState {
  const { channels: items, ...rest } = snapshot;
  const names = new Set(items.map(channelName));
  const kept = new Map([...state.channels].filter(([name]) => names.has(name)));
  return { ...withChannels({ ...state, channels: kept }, items), ...rest, problem: undefined };
}

/** Takes one event of the stream in. */
export function withEvent(state: LiveState, event: string, data: unknown): LiveState {
  switch (event) {
    case "channels":
      return withChannels(state, data as ChannelItem[]);
    case "recommendations":
      return (data as Recommendations).timestamp < (state.recommendations?.timestamp ?? "")
        ? state
        : { ...state, recommendations: data as Recommendations };
    case "performance":
      return { ...state, performance: data as Performance | null };
    case "twin":
      return { ...state, twin: data as Twin | null };
    default:
      return state;
  }
}
