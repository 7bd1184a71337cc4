import type { LensEvent } from "./events.ts";
import { parseLegacyMessage } from "./legacy.ts";
import {
  isVersioned,
  type Message,
  parseJsonText,
  parseMessage,
  type Topology,
} from "./messages.ts";
import { plainForwardMessage } from "./plain_update.ts";
import type { RebalanceProgress } from "./rebalance_progress.ts";
import type { SimulationReport } from "./simulation_control.ts";

/** What a message means to a lens that is told of events and asked for suggestions. */
export type PeerInput =
  & {
    /** Position in the peer's stream; legacy peers have none. */
    seq?: number;
    /** The message came in one of the first program's shapes. */
    legacy: boolean;
  }
  & (
    | { kind: "events"; events: LensEvent[] }
    | { kind: "topology"; topology: Topology }
    | { kind: "request"; nodes: string[] }
    | { kind: "register"; wants: string[] }
    | { kind: "simulation"; report: SimulationReport }
    | { kind: "progress"; progress: RebalanceProgress }
    | { kind: "complaint"; message: string }
    | { kind: "other"; type: string }
  );

/**
 * Understands a message, in our form or in a legacy one.
 *
 * @param receivedMs stands in for a time that a legacy message does not carry
 * @throws {InputError} for what is no JSON or no message
 */
export function parsePeerInput(text: string, receivedMs: number): PeerInput {
  const value = parseJsonText(text);
  const plain = plainForwardMessage(value);
  if (plain !== undefined) {
    return { seq: plain.seq, legacy: false, kind: "events", events: [plain.event] };
  }
  return understood(value, receivedMs);
}

/** The same of a parsed value, by schema alone. */
export function understood(value: unknown, receivedMs: number): PeerInput {
  return isVersioned(value) ? fromMessage(parseMessage(value)) : fromLegacy(value, receivedMs);
}

function fromMessage(message: Message): PeerInput {
  const { seq, timeMs, eventId } = message;
  const head = { seq, legacy: false };
  const base = eventId === undefined ? { timeMs } : { timeMs, eventId };
  const events = (list: LensEvent[]): PeerInput => ({ ...head, kind: "events", events: list });
  switch (message.type) {
    case "channel_update":
      return events(
        message.data.channels.map((channel, i) => ({
          kind: "channel_state",
          // Each channel of a named message has a name of its own.
          ...(eventId === undefined ? base : { timeMs, eventId: `${eventId}#${i}` }),
          channel,
        })),
      );
    case "transaction":
      return events([{ kind: "transaction", ...base, transaction: message.data }]);
    case "forward":
      return events([{ kind: "forward", ...base, forward: message.data }]);
    case "suggestion_result":
      return events([{ kind: "rebalance", ...base, rebalance: message.data }]);
    case "topology":
      return { ...head, kind: "topology", topology: message.data };
    case "request_suggestions":
      return { ...head, kind: "request", nodes: message.data.nodes };
    case "register":
      return { ...head, kind: "register", wants: message.data.wants };
    case "simulation_status":
      return { ...head, kind: "simulation", report: message.data };
    case "rebalance_progress":
      return { ...head, kind: "progress", progress: message.data };
    case "error":
      return { ...head, kind: "complaint", message: message.data.message };
    default:
      return { ...head, kind: "other", type: message.type };
  }
}

function fromLegacy(value: unknown, receivedMs: number): PeerInput {
  const input = parseLegacyMessage(value, receivedMs);
  switch (input.kind) {
    case "events":
      return { legacy: true, kind: "events", events: input.events };
    case "request_suggestions":
      return { legacy: true, kind: "request", nodes: [] };
    default:
      return { legacy: true, kind: "other", type: input.kind };
  }
}
