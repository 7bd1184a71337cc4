import { SECOND_MS } from "../core/mod.ts";
import type { Balances, Network, Route } from "../network/mod.ts";
import type { Suggestion } from "../protocol/mod.ts";
import type { AlongOutcome } from "./machine.ts";
import type { Payer } from "./payer.ts";

const REBALANCE_OPTIONS = {
  /** Routes tried per suggestion. */
  maxAttempts: 20,
  /** Where no route carries the whole, parts are tried, down to this share of it. */
  leastPartShare: 1 / 8,
};

/** A suggestion in numbers of the network. */
export interface CheckedSuggestion {
  node: number;
  sourceChannel: number;
  targetChannel: number;
  amountMsat: number;
  feeLimitMsat: number;
}

/** What a rebalance came to. */
export interface RebalanceOutcome {
  movedMsat: number;
  feeMsat: number;
  attempts: number;
}

/**
 * Checks that a suggestion can be meant for this network now.
 *
 * @returns the reason to refuse it, or the suggestion in numbers
 */
export function checkSuggestion(
  suggestion: Suggestion,
  network: Network,
  balances: Balances,
  nowMs: number,
): string | CheckedSuggestion {
  const { sourceChannel, targetChannel, amountMsat, feeLimitMsat } = suggestion;
  if (suggestion.expiresAt < nowMs) {
    return `expired ${Math.round((nowMs - suggestion.expiresAt) / SECOND_MS)} s ago`;
  }
  const node = network.nodeOf(suggestion.node);
  if (node === undefined) return "unknown node";
  if (sourceChannel === targetChannel) return "source and target are the same channel";
  const ends = [
    { name: "source", channel: sourceChannel, peer: suggestion.sourceNode },
    { name: "target", channel: targetChannel, peer: suggestion.targetNode },
  ];
  const channels: number[] = [];
  for (const { name, channel, peer } of ends) {
    const index = network.channelOf(channel);
    if (index === undefined) return `unknown ${name} channel`;
    const out = network.directionFrom(node, index);
    if (out === undefined) return `the ${name} channel is not the node's`;
    if (network.nodeIds[network.source[out ^ 1]] !== peer) {
      return `the ${name} channel leads to another peer`;
    }
    channels.push(index);
  }
  const out = network.directionFrom(node, channels[0])!;
  const back = network.directionFrom(node, channels[1])! ^ 1;
  if (balances.availableMsat(out) < amountMsat) return "insufficient local balance";
  if (balances.availableMsat(back) < amountMsat) return "insufficient remote balance";
  return {
    node,
    sourceChannel: channels[0],
    targetChannel: channels[1],
    amountMsat,
    feeLimitMsat,
  };
}

/** What a rebalance needs of the simulation. */
export interface RebalanceTools {
  payer: Payer;
  /** Sends one attempt; its outcome comes later in virtual time. */
  sendAlong: (route: Route, onOutcome: (outcome: AlongOutcome) => void) => void;
}

/**
 * Carries out a circular rebalance as real payments to oneself. Each hop that fails is not tried
 * again with that amount; where nothing carries the whole, it goes in smaller parts, each within
 * its share of the fee limit. One attempt is under way at a time.
 */
export function startRebalance(
  { payer, sendAlong }: RebalanceTools,
  request: CheckedSuggestion,
  onDone: (outcome: RebalanceOutcome) => void,
): void {
  const { node, sourceChannel, targetChannel, amountMsat, feeLimitMsat } = request;
  const { maxAttempts, leastPartShare } = REBALANCE_OPTIONS;
  const outcome: RebalanceOutcome = { movedMsat: 0, feeMsat: 0, attempts: 0 };
  let partMsat = amountMsat;
  // Attempts are shared out: half of those left for each size, the rest for smaller ones.
  let triesLeft = Math.ceil(maxAttempts / 2);
  const findNext = () => {
    payer.prepare(node);
    while (partMsat >= amountMsat * leastPartShare) {
      const route = triesLeft === 0 ? undefined : payer.findCircularRoute({
        node,
        sourceChannel,
        targetChannel,
        amountMsat: partMsat,
        feeLimitMsat: Math.floor(feeLimitMsat * (partMsat / amountMsat)),
      });
      if (route !== undefined) return route;
      partMsat = Math.floor(partMsat / 2);
      triesLeft = Math.ceil((maxAttempts - outcome.attempts) / 2);
    }
    return undefined;
  };
  const tryNext = () => {
    const done = outcome.attempts >= maxAttempts || outcome.movedMsat >= amountMsat;
    const route = done ? undefined : findNext();
    if (route === undefined) return onDone(outcome);
    outcome.attempts++;
    triesLeft--;
    sendAlong(route, (result) => {
      payer.learn(node, route, result);
      if (result.settled) {
        outcome.movedMsat += partMsat;
        outcome.feeMsat += route.feeMsat;
        partMsat = Math.min(partMsat, amountMsat - outcome.movedMsat);
      }
      tryNext();
    });
  };
  tryNext();
}
