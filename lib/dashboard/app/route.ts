import { type ChannelFilter, FILTERS } from "./channel_list.ts";

/** Views in the order in which they are offered. */
export const VIEWS = [
  { view: "overview", label: "Overview" },
  { view: "channels", label: "Channels" },
  { view: "recommendations", label: "Recommendations" },
  { view: "flows", label: "Flows" },
  { view: "network", label: "Network" },
  { view: "model", label: "Model" },
  { view: "simulation", label: "Simulation" },
  { view: "system", label: "System" },
] as const;

export type ViewName = (typeof VIEWS)[number]["view"];

/** Where the user is: a view, perhaps with some of the channels, or one channel. */
export type Route =
  | { view: ViewName; filter?: ChannelFilter }
  | { view: "channel"; node: string; channelId: string };

/** The route behind the part of an address after `#`; the overview for what is none. */
export function parseRoute(hash: string): Route {
  const [, name = "", ...rest] = hash.replace(/^#/, "").split("/");
  if (name === "channel" && rest.length === 2) {
    const [node, channelId] = rest.map(decoded);
    if (node !== "" && channelId !== "") return { view: "channel", node, channelId };
  }
  if (name === "channels") {
    const filter = FILTERS.find(({ value }) => value === rest[0])?.value;
    if (filter !== undefined) return { view: "channels", filter };
  }
  const known = VIEWS.find(({ view }) => view === name);
  return { view: known?.view ?? "overview" };
}

/** Address of the channels that pass a filter. */
export function filterHref(filter: ChannelFilter): string {
  return `#/channels/${filter}`;
}

/** Address of a view. */
export function viewHref(view: ViewName): string {
  return view === "overview" ? "#/" : `#/${view}`;
}

/** Address of one channel's view. */
export function channelHref({ node, channel_id }: { node: string; channel_id: string }): string {
  return `#/channel/${encodeURIComponent(node)}/${encodeURIComponent(channel_id)}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
