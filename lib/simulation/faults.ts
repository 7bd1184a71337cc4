import type { Machine } from "./htlc/machine.ts";
import type { IntentSource, Surge } from "./traffic/traffic.ts";

/** What was done to a network and is not over. */
export type Fault =
  | { kind: "offline"; node: string; untilMs: number }
  | ({ kind: "traffic" } & Surge);

/** Nodes that are away, and more or fewer payments than usual. */
export function faultsOf({ network, outages, nowMs }: Machine, traffic: IntentSource): Fault[] {
  const away = outages.save().map(([node, untilMs]): Fault => ({
    kind: "offline",
    node: network.nodeIds[node],
    untilMs,
  }));
  const surge = traffic.surgeAt?.(nowMs);
  return surge === undefined ? away : [...away, { kind: "traffic", ...surge }];
}
