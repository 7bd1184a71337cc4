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

/** Where the user is: a view, or one channel. */
export type Route =
  | { view: ViewName }
  | { view: "channel"; node: string; channelId: string };

/** The route behind the part of an address after `#`; the overview for what is none. */
export function parseRoute(hash: string): Route {
  const [, name = "", ...rest] = hash.replace(/^#/, "").split("/");
  if (name === "channel" && rest.length === 2) {
    const [node, channelId] = rest.map(decoded);
    if (node !== "" && channelId !== "") return { view: "channel", node, channelId };
  }
  const known = VIEWS.find(({ view }) => view === name);
  return { view: known?.view ?? "overview" };
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
