import { formatPercent, formatPpm, formatSat } from "../core/mod.ts";
import { code, table } from "./markdown.ts";
import type { NearPlace, PeerPlace } from "./neighbourhood.ts";
import {
  type NetworkFacts,
  type NodePlace,
  type Placed,
  type Spread,
  SPREAD_LEVELS,
} from "./network_facts.ts";

const UNKNOWN = "–";
const right = (name: string) => ({ name, align: "right" as const });

/** The channel graph in figures, and where the own nodes stand in it. */
export function networkSection(facts: NetworkFacts, path: string, picture: string): string {
  return [
    "## Network",
    `The channel graph in ${code(path, 200)}: ${whole(facts.nodes)} nodes, ${
      whole(facts.channels)
    } channels, ${formatSat(facts.capacitySat)}.`,
    spreadsTable(facts.spreads),
    picture,
    ...facts.places.map((place) => placeText(place, facts)),
    ...(facts.places.length === 0 ? ["It knows none of the nodes of this report."] : []),
  ].join("\n\n");
}

function spreadsTable(spreads: readonly Spread[]): string {
  const levels = SPREAD_LEVELS.map((level) => level === 1 ? "most" : formatPercent(level, 0));
  const columns = [{ name: "figure" }, ...["count", "mean", ...levels].map(right)];
  const rows = spreads.map(({ figure, unit, count, mean, at }) => [
    unit === "" || unit === "sat" ? figure : `${figure} (${unit})`,
    whole(count),
    ...[mean, ...at].map(unit === "sat" ? formatSat : whole),
  ]);
  return table(columns, rows);
}

function placeText(place: NodePlace, { nodes }: NetworkFacts): string {
  const { degree, capacitySat, closeness, betweenness, around } = place;
  const line = (name: string, value: string, { rank }: Placed) =>
    `- ${name} ${value}: place ${whole(rank)} of ${whole(nodes)}`;
  return [
    `### Place of ${nameOf(place)}`,
    [
      line("Channels", whole(degree.value), degree),
      line("Capacity", formatSat(capacitySat.value), capacitySat),
      line(
        "Closeness (hops to all others, nearer is larger)",
        closeness.value.toFixed(3),
        closeness,
      ),
      line(
        "Betweenness (share of shortest ways between others)",
        formatPercent(betweenness.value, 3),
        betweenness,
      ),
    ].join("\n"),
    `Peers${some(around.peers.length, around.peerCount)}, the largest first:`,
    peersTable(around.peers),
    `Nodes two hops away that share most peers${some(around.near.length, around.nearCount)}:`,
    nearTable(around.near),
  ].join("\n\n");
}

function peersTable(peers: readonly PeerPlace[]): string {
  const names = ["channels", "capacity", "fee out", "fee in", "its channels"];
  const ppm = (rate: number | undefined) => rate === undefined ? UNKNOWN : formatPpm(rate);
  return table(
    [{ name: "peer" }, ...names.map(right)],
    peers.map((peer) => [
      nameOf(peer),
      whole(peer.channels),
      formatSat(peer.capacitySat),
      ppm(peer.outPpm),
      ppm(peer.inPpm),
      whole(peer.degree),
    ]),
  );
}

function nearTable(near: readonly NearPlace[]): string {
  return table(
    [{ name: "node" }, ...["shared peers", "its channels", "its capacity"].map(right)],
    near.map((node) => [
      nameOf(node),
      whole(node.sharedPeers),
      whole(node.degree),
      formatSat(node.capacitySat),
    ]),
  );
}

function nameOf({ node, alias }: { node: string; alias: string }): string {
  return alias.trim() === "" ? code(node) : `${code(alias)} ${code(node, 14)}`;
}

function some(shown: number, all: number): string {
  return shown < all ? ` (${whole(shown)} of ${whole(all)})` : "";
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
