/** Rebalances under way and done, from the inside to the wire. */
import { isoTime } from "../../core/mod.ts";
import { channelKey } from "../../liquidity/mod.ts";
import type { Network } from "../../network/mod.ts";
import {
  type AttemptDetail,
  type RebalanceProgress,
  snakeNames,
  type SuggestionResult,
} from "../../protocol/mod.ts";
import type { ExecutionControl, ExecutionRecord } from "../state/controls.ts";
import type { Insights } from "./insights.ts";
import type { JudgedBook } from "../models/judged_book.ts";
import type { LiveChannels } from "../state/live_channels.ts";
import type { SuggestionRow } from "../../store/mod.ts";
import type { Run } from "../state/runs.ts";
import { suggestionView } from "../views/views.ts";

/** What is known of rebalances and of the channels that they move between. */
export interface RunSources {
  readonly options: { execution?: ExecutionControl; judged?: JudgedBook };
  readonly channels: LiveChannels;
  readonly insights: Insights;
}

/** A suggestion made earlier, the routes that were tried for it, and what it came to. */
export function historyView(server: RunSources, { timeMs, suggestion, result }: SuggestionRow) {
  const verdict = server.options.judged?.verdict(suggestion.id);
  const { network } = server.insights;
  return {
    time: isoTime(timeMs),
    suggestion: suggestionView(suggestion),
    result: result === undefined ? null : {
      ...(snakeNames(result) as object),
      tries: (result.tries ?? []).map((detail) => tryView(network, suggestion.node, detail)),
    },
    judged: verdict === undefined ? null : snakeNames(verdict) as object,
  };
}

/** Rebalances that were begun here, or of which a simulation tells, the newest first. */
export function executionViews(server: RunSources, limit: number) {
  const { execution } = server.options, { runs } = server.insights;
  if (execution === undefined) return runs.list(limit).map((run) => runView(server, run));
  return execution.executions(limit).map((record) => {
    const run = runs.get(record.suggestion.id);
    return recordView(server, record, run);
  });
}

/** A run of which only its progress is known. */
export function runView(server: RunSources, run: Run) {
  const { progress, begunMs, endedMs, result } = run;
  const { node, sourceChannel, targetChannel } = progress;
  const peer = (id: string) => server.channels.get(channelKey(node, id))?.channel.peer ?? id;
  return {
    suggestion: {
      id: progress.id,
      node,
      source_node: peer(sourceChannel),
      source_channel: sourceChannel,
      target_node: peer(targetChannel),
      target_channel: targetChannel,
      amount_msat: progress.amountMsat,
      fee_limit_msat: progress.feeLimitMsat ?? null,
    },
    begun: isoTime(begunMs),
    ended: endedMs === undefined ? null : isoTime(endedMs),
    attempts: [],
    ...stepsView(server, node, progress),
    result: resultView(result),
  };
}

/** What the ledger knows of a rebalance, with its routes. */
function recordView(server: RunSources, record: ExecutionRecord, run: Run | undefined) {
  const { suggestion: s, begunMs, endedMs, attempts, result } = record;
  const tries = result?.tries ?? run?.progress.tries ?? [];
  const underWay = result === undefined ? run?.progress.underWay ?? [] : [];
  return {
    suggestion: {
      id: s.id,
      node: s.node,
      source_node: s.sourceNode,
      source_channel: s.sourceChannel,
      target_node: s.targetNode,
      target_channel: s.targetChannel,
      amount_msat: s.amountMsat,
      fee_limit_msat: s.feeLimitMsat,
    },
    begun: isoTime(begunMs),
    ended: endedMs === undefined ? null : isoTime(endedMs),
    attempts: attempts.map(({ amountMsat, state, feeMsat, reason }) => ({
      amount_msat: amountMsat,
      state,
      fee_msat: feeMsat,
      reason: reason ?? null,
    })),
    ...stepsView(server, s.node, { tries, underWay }),
    result: resultView(result),
  };
}

/** Attempts with the names of the nodes on their way. */
function stepsView(
  server: RunSources,
  node: string,
  { tries, underWay }: Pick<RebalanceProgress, "tries" | "underWay">,
) {
  const { network } = server.insights;
  return {
    tries: tries.map((detail) => tryView(network, node, detail)),
    under_way: underWay.map(({ channels, amountMsat, feeMsat }) => ({
      channels,
      nodes: namesAlong(network, node, channels),
      amount_msat: amountMsat,
      fee_msat: feeMsat,
    })),
  };
}

/** One attempt and who stands at the far end of each of its channels. */
function tryView(network: Network | undefined, node: string, detail: AttemptDetail) {
  const { channels, amountMsat, feeMsat, settled, failedHop, reason } = detail;
  return {
    channels,
    nodes: namesAlong(network, node, channels),
    amount_msat: amountMsat,
    fee_msat: feeMsat,
    settled,
    failed_hop: failedHop ?? null,
    reason: reason ?? null,
  };
}

/** Alias or key of the node at the far end of each channel; null where the graph knows it not. */
export function namesAlong(
  network: Network | undefined,
  from: string,
  channels: readonly string[],
): (string | null)[] {
  let at = network?.nodeOf(from);
  return channels.map((id) => {
    const channel = network?.channelOf(id);
    const direction = at === undefined || channel === undefined
      ? undefined
      : network?.directionFrom(at, channel);
    if (network === undefined || direction === undefined) {
      at = undefined;
      return null;
    }
    at = network.source[direction ^ 1];
    return network.aliases[at] || network.nodeIds[at];
  });
}

function resultView(result: SuggestionResult | undefined) {
  if (result === undefined) return null;
  const { status, reason, amountMsat, feeMsat } = result;
  return snakeNames({ status, reason, amountMsat, feeMsat }) as object;
}
