import { isoTime, msatToSat } from "../../core/mod.ts";
import {
  type ChannelState,
  formatLegacyMessage,
  formatMessage,
  legacyChannels,
  legacyTransaction,
  type LensEvent,
  type Topology,
} from "../../protocol/mod.ts";

/** A message on its way to clients. */
export interface Outgoing {
  type: string;
  format: (seq: number) => string;
}

/** Puts what the simulation has to say into messages. There is one for our own form and one for the legacy shapes. */
export interface Speaker {
  /** What a client hears first, outside the stream. */
  greeting(topology: readonly Topology[], states: ChannelState[], timeMs: number): Outgoing[];
  /** How channels stand, for a client that is new or missed something; part of the stream. */
  states(states: readonly ChannelState[], timeMs: number): Outgoing[];
  /** The messages of an event. */
  event(event: LensEvent): Outgoing[];
  requestSuggestions(nodes: readonly string[], timeMs: number): Outgoing;
  error(
    fault: { answers?: string | number; message: string; field?: string; expected?: string },
    timeMs: number,
  ): Outgoing;
}

/** Channels in one `channel_update`. */
const STATES_PER_MESSAGE = 500;

/** Speaks our own form, version 1. */
export const speaker: Speaker = {
  greeting: (topology, _states, timeMs) =>
    topology.map((part): Outgoing => ({
      type: "topology",
      format: (seq) => formatMessage("topology", part, { seq, timeMs }),
    })),
  states: (states, timeMs) => {
    const messages: Outgoing[] = [];
    for (let start = 0; start < states.length; start += STATES_PER_MESSAGE) {
      const channels = states.slice(start, start + STATES_PER_MESSAGE);
      messages.push({
        type: "channel_update",
        format: (seq) => formatMessage("channel_update", { channels }, { seq, timeMs }),
      });
    }
    return messages;
  },
  event: (event) => {
    const { timeMs } = event;
    switch (event.kind) {
      case "channel_state":
        return speaker.states([event.channel], timeMs);
      case "forward":
        return [{
          type: "forward",
          format: (seq) => formatMessage("forward", event.forward, { seq, timeMs }),
        }];
      case "transaction":
        return [{
          type: "transaction",
          format: (seq) => formatMessage("transaction", event.transaction, { seq, timeMs }),
        }];
      case "rebalance":
        return [{
          type: "suggestion_result",
          format: (seq) => formatMessage("suggestion_result", event.rebalance, { seq, timeMs }),
        }];
    }
  },
  requestSuggestions: (nodes, timeMs) => ({
    type: "request_suggestions",
    format: (seq) => formatMessage("request_suggestions", { nodes: [...nodes] }, { seq, timeMs }),
  }),
  error: (fault, timeMs) => ({
    type: "error",
    format: (seq) => formatMessage("error", fault, { seq, timeMs }),
  }),
};

/** Speaks the shapes of the first LightningLens. What these have no shape for is left out. */
export const legacySpeaker: Speaker = {
  greeting: (_topology, states, timeMs) => [{
    type: "state_update",
    format: () =>
      formatLegacyMessage("state_update", {
        channels: legacyChannels(states),
        transactions: [],
        last_update: isoTime(timeMs).slice(0, -1),
      }, timeMs),
  }],
  states: (states, timeMs) => [{
    type: "channel_update",
    format: () => formatLegacyMessage("channel_update", legacyChannels(states), timeMs),
  }],
  event: (event) => {
    const { timeMs } = event;
    const transaction = (data: unknown): Outgoing => ({
      type: "transaction",
      format: () => formatLegacyMessage("transaction", data, timeMs),
    });
    switch (event.kind) {
      case "channel_state":
        return legacySpeaker.states([event.channel], timeMs);
      case "transaction":
        return [transaction(legacyTransaction(event.transaction))];
      case "rebalance": {
        const { node, amountMsat, status, reason } = event.rebalance;
        return [transaction({
          sender: node,
          receiver: node,
          amount: msatToSat(amountMsat),
          success: status === "applied",
          description: `rebalance ${status}${reason === undefined ? "" : `: ${reason}`}`,
        })];
      }
      case "forward":
        return [];
    }
  },
  requestSuggestions: () => ({
    type: "request_suggestions",
    format: () => JSON.stringify({ type: "request_suggestions" }),
  }),
  error: (fault, timeMs) => ({
    type: "error",
    format: () =>
      JSON.stringify({
        type: "error",
        timestamp: isoTime(timeMs).slice(0, -1),
        ...fault,
      }),
  }),
};
