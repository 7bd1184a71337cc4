import { InputError } from "../../core/mod.ts";
import {
  isVersioned,
  type LegacySuggestion,
  parseJsonText,
  parseLegacyMessage,
  parseMessage,
  type SimulationControl,
  type Suggestion,
} from "../../protocol/mod.ts";

/** What a client's message means to a simulation. */
export type ClientInput =
  | { kind: "register"; client: string; wants: string[]; fromSeq?: number }
  | { kind: "suggestion"; suggestion: Suggestion }
  | { kind: "complete"; answers: number }
  | { kind: "legacy_suggestions"; suggestions: LegacySuggestion[] }
  | { kind: "control"; id: string; control: SimulationControl }
  /** Asks what the lenses that are connected suggest. */
  | { kind: "request"; legacy: boolean; seq: number }
  | { kind: "complaint"; message: string };

/** An {@linkcode InputError} that knows which message it complains of. */
export class ClientInputError extends InputError {
  constructor(error: InputError, readonly answers?: string | number) {
    super(error.fault);
  }
}

/**
 * Understands a message of a client, in our form or a legacy one.
 *
 * @throws {ClientInputError} for what is no JSON, no message, or not for a simulation
 */
export function parseClientInput(text: string, receivedMs: number): ClientInput {
  let value: unknown;
  try {
    value = parseJsonText(text);
    return isVersioned(value) ? fromMessage(value) : fromLegacy(value, receivedMs);
  } catch (error) {
    if (error instanceof InputError) throw new ClientInputError(error, nameOf(value));
    throw error;
  }
}

/** `id` or `seq` of a message, where it has one. */
function nameOf(value: unknown): string | number | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { data, seq } = value as { data?: { id?: unknown } | null; seq?: unknown };
  if (typeof data?.id === "string") return data.id.slice(0, 200);
  return typeof seq === "number" ? seq : undefined;
}

function fromMessage(value: unknown): ClientInput {
  const { type, data, seq } = parseMessage(value);
  switch (type) {
    case "register":
      return { kind: "register", ...data };
    case "rebalance_suggestion":
      return { kind: "suggestion", suggestion: data };
    case "suggestions_complete":
      return { kind: "complete", answers: data.answers };
    case "request_suggestions":
      return { kind: "request", legacy: false, seq };
    case "simulation_control":
      return { kind: "control", ...data };
    case "error":
      return { kind: "complaint", message: data.message };
    default:
      throw notForUs(type);
  }
}

function fromLegacy(value: unknown, receivedMs: number): ClientInput {
  const input = parseLegacyMessage(value, receivedMs);
  switch (input.kind) {
    case "register":
      return { kind: "register", client: input.client, wants: [] };
    case "suggestions":
      return { kind: "legacy_suggestions", suggestions: input.suggestions };
    case "request_suggestions":
      return { kind: "request", legacy: true, seq: 0 };
    default:
      throw notForUs(input.kind);
  }
}

function notForUs(type: string): InputError {
  return new InputError({
    field: "type",
    found: type,
    expected:
      "register, rebalance_suggestion, request_suggestions, suggestions_complete or simulation_control",
  });
}
