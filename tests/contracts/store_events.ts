import type { LensEvent, Suggestion } from "../../lib/protocol/mod.ts";

/** A state of channel `id` of node `n`, half full. */
export function channelEvent(timeMs: number, id = "c"): LensEvent {
  return {
    kind: "channel_state",
    timeMs,
    channel: {
      node: "n",
      channelId: id,
      peer: `peer-${id}`,
      capacitySat: 1000,
      localBalanceSat: 500,
      remoteBalanceSat: 500,
      active: true,
    },
  };
}

/** A settled forward of 2,000 msat from channel `a` to channel `b`. */
export function forwardEvent(timeMs: number): LensEvent {
  return {
    kind: "forward",
    timeMs,
    forward: {
      node: "n",
      inChannel: "a",
      outChannel: "b",
      inAmountMsat: 2001,
      outAmountMsat: 2000,
      outcome: "settled",
    },
  };
}

/** The result of an applied suggestion. */
export function rebalanceEvent(timeMs: number, id = "s"): LensEvent {
  return {
    kind: "rebalance",
    timeMs,
    rebalance: {
      id,
      node: "n",
      sourceChannel: "a",
      targetChannel: "b",
      status: "applied",
      amountMsat: 5000,
      feeMsat: 3,
      attempts: 1,
      channels: [],
    },
  };
}

/** A suggestion to move 5,000 msat from `a` to `b`. */
export function suggestion(id: string): Suggestion {
  return {
    id,
    node: "n",
    sourceNode: "peer-a",
    sourceChannel: "a",
    targetNode: "peer-b",
    targetChannel: "b",
    amountMsat: 5000,
    feeLimitMsat: 10,
    confidence: 0.8,
    expectedGainMsat: 20,
    expectedFeeMsat: 4,
    sourceOptimalRatio: 0.4,
    targetOptimalRatio: 0.6,
    expiresAt: 1000,
    reasons: ["refills b"],
  };
}
