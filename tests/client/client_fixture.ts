import { ManualClock } from "../../lib/core/mod.ts";
import { LensClient, type LensClientOptions } from "../../lib/client/mod.ts";
import type { LensEvent, Message, MessageData, MessageType } from "../../lib/protocol/mod.ts";
import { formatMessage, parseJsonText, parseMessage } from "../../lib/protocol/mod.ts";
import type { Plan } from "../../lib/planning/mod.ts";
import { suggestion } from "../contracts/store_events.ts";

/** 2024-09-22T00:00:00Z. */
export const START_MS = Date.UTC(2024, 8, 22);

/** An engine that writes down what it is told and always has one suggestion, numbered anew. */
export class RecordingEngine {
  events: LensEvent[] = [];
  topologies = 0;
  plans = 0;
  nowMs = -Infinity;
  ingest(event: LensEvent): void {
    this.events.push(event);
    this.nowMs = Math.max(this.nowMs, event.timeMs);
  }
  setTopology(): void {
    this.topologies++;
  }
  recommend(): Plan {
    const made = { ...suggestion(`s${++this.plans}`), expiresAt: this.nowMs + 3_600_000 };
    return { timeMs: this.nowMs, suggestions: [made], decisions: [], bases: [] };
  }
}

/** A client over a wire that keeps what is sent. */
export function testClient(options: Partial<LensClientOptions> = {}) {
  const engine = new RecordingEngine();
  const client = new LensClient({ engine, clock: new ManualClock(START_MS), ...options });
  const sent: string[] = [];
  const wire = { send: (text: string) => void sent.push(text) };
  const messages = () => sent.splice(0).map((text) => parseMessage(parseJsonText(text)));
  return { client, engine, wire, sent, messages };
}

/** A message of a simulation, `minutes` after the start. */
export function say<T extends MessageType>(
  type: T,
  data: MessageData<T>,
  seq: number,
  minutes = 0,
): string {
  return formatMessage(type, data, { seq, timeMs: START_MS + minutes * 60_000 });
}

/** A settled forward. */
export const FORWARD: MessageData<"forward"> = {
  node: "n",
  inChannel: "a",
  outChannel: "b",
  inAmountMsat: 2001,
  outAmountMsat: 2000,
  outcome: "settled",
};

/** Types of messages, for short assertions. */
export function types(messages: Message[]): MessageType[] {
  return messages.map(({ type }) => type);
}
