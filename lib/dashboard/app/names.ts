import { shortName } from "../../charts/browser.ts";
import type { ChannelView } from "./api.ts";

/** What nodes call themselves, by their keys, as far as the graph tells. */
export type Names = ReadonlyMap<string, string>;

/** The names of before and those that channels bring along; the same object where none is new. */
export function withNames(names: Names, channels: readonly ChannelView[]): Names {
  const found = channels.flatMap(({ node, node_alias, peer, peer_alias }) =>
    [[node, node_alias], [peer, peer_alias]] as const
  ).filter((pair): pair is [string, string] => pair[1] !== null && names.get(pair[0]) !== pair[1]);
  return found.length === 0 ? names : new Map([...names, ...found]);
}

/** A node's alias, or the two ends of its key where it has none that can be shown. */
export function calledBy(alias: string | null | undefined, key: string, maxLength = 20): string {
  return shortName(alias ?? "", maxLength) || shortName(key, maxLength);
}

/** How a channel's peer is called. */
export function peerName({ peer, peer_alias }: ChannelView, maxLength = 20): string {
  return calledBy(peer_alias, peer, maxLength);
}

/** How the node that a channel belongs to is called. */
export function ownName({ node, node_alias }: ChannelView, maxLength = 20): string {
  return calledBy(node_alias, node, maxLength);
}
