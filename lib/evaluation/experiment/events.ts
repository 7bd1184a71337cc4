import { InputError, parseDuration } from "../../core/mod.ts";
import type { Intervention, Simulation } from "../../simulation/mod.ts";
import type { ArmEvent } from "./arm.ts";

/** An event that happens to a node. */
type NodeEvent = Exclude<ArmEvent, { kind: "traffic" }>;

/** What stands for all operators in the place of a node's id. */
const ALL_OPERATORS = "operators";

/**
 * Puts events on a simulation's calendar, from now on.
 *
 * @throws {InputError} for a node or a channel that the network doesn't have
 */
export function scheduleEvents(simulation: Simulation, events: readonly ArmEvent[]): void {
  for (const event of events) {
    const atMs = simulation.nowMs + durationMs(event.at);
    if (event.kind === "traffic") {
      const { kind, factor, for: span } = event;
      const lasts = span === undefined ? undefined : durationMs(span);
      simulation.schedule(atMs, { kind, factor, durationMs: lasts });
      continue;
    }
    const ids = event.node === ALL_OPERATORS ? simulation.operators : [event.node];
    for (const id of ids) {
      for (const intervention of interventionsOf(simulation, { ...event, node: id })) {
        simulation.schedule(atMs, intervention);
      }
    }
  }
}

/** An event of one node as what is done; changes of fees start from the terms of now. */
function interventionsOf({ network }: Simulation, event: NodeEvent): Intervention[] {
  const { node } = event;
  requireNode("node", node);
  switch (event.kind) {
    case "offline":
      return [{ kind: "offline", node, durationMs: durationMs(event.for) }];
    case "open": {
      const { peer, capacity_sat: capacitySat, push_sat: pushSat } = event;
      requireNode("peer", peer);
      return [{ kind: "open", node, peer, capacitySat, pushSat }];
    }
    case "close":
      directionsOf(event.channel);
      return [{ kind: "close", node, channelId: event.channel }];
    case "fees":
      return directionsOf(event.channel).map((direction) => ({
        kind: "fees",
        node,
        channelId: network.channelIds[direction >> 1],
        baseFeeMsat: event.base_fee_msat ?? network.baseFeeMsat[direction],
        feeRatePpm: event.fee_rate_ppm ??
          Math.round(network.feeRatePpm[direction] * (event.factor ?? 1)),
      }));
  }

  function requireNode(field: string, id: string): void {
    if (network.nodeOf(id) !== undefined) return;
    const expected = `a node of the graph${field === "node" ? ` or ${ALL_OPERATORS}` : ""}`;
    throw new InputError({ field: `event.${field}`, found: id, expected });
  }

  /** Directions of the node in a channel, or in all. */
  function directionsOf(channel: string | undefined): number[] {
    const all = [...network.directionsFrom(network.nodeOf(node)!)];
    if (channel === undefined) return all;
    const found = all.filter((direction) => network.channelIds[direction >> 1] === channel);
    if (found.length > 0) return found;
    const expected = `a channel of ${node}`;
    throw new InputError({ field: "event.channel", found: channel, expected });
  }
}

function durationMs(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined) throw new RangeError(`${text} is no duration`);
  return duration;
}
