import { DAY_MS, HOUR_MS, MINUTE_MS, type Rng, seededRng } from "../../lib/core/mod.ts";
import { BaselineForecaster, trainForecastModel } from "../../lib/learning/mod.ts";
import { Lens } from "../../lib/lens/mod.ts";
import {
  generateNetwork,
  initialBalances,
  type Network,
  networkFromTopology,
  topologyFromNetwork,
} from "../../lib/network/mod.ts";
import type { LensEvent } from "../../lib/protocol/mod.ts";
import { type Bench, type BenchRow, median } from "./bench_row.ts";
import { cpuSeconds } from "./cpu_seconds.ts";

/** How long the lens has watched before it is measured: three windows of the past and their labels. */
const WATCHED_DAYS = 8;
/** Forwards a day through each channel, both directions. */
const FORWARDS_PER_DAY = 2;

/** The best-connected nodes from a rank on, until they have so many channels together. */
function watchedNodes(network: Network, { channels, from }: { channels: number; from: number }) {
  const nodes = Array.from({ length: network.nodeCount }, (_, node) => node)
    .sort((a, b) => network.degree(b) - network.degree(a)).slice(from);
  let left = channels;
  return nodes.filter((node) => {
    const taken = left > 0;
    if (taken) left -= network.degree(node);
    return taken;
  });
}

/** A network and a further node with so many channels: their peers, sizes and terms are drawn from its channels. */
function withNode(network: Network, id: string, channels: number): Network {
  const rng = seededRng(4);
  const parts = topologyFromNetwork(network, []);
  const known = parts.flatMap((part) => part.channels);
  const own = Array.from({ length: channels }, (_, i) => {
    const like = known[rng.int(known.length)];
    return { ...like, channelId: `9000000x${i}x0`, node1: id };
  });
  const last = parts[parts.length - 1];
  last.nodes.push({ id, alias: "" });
  last.channels.push(...own);
  return networkFromTopology(parts);
}

/** States of all channels of the nodes at a time; balances as drawn. */
function statesOf(network: Network, nodes: readonly number[], timeMs: number): LensEvent[] {
  const balances = initialBalances(network, seededRng(2));
  return nodes.flatMap((node) =>
    Array.from(network.directionsFrom(node), (out): LensEvent => ({
      kind: "channel_state",
      timeMs,
      channel: {
        node: network.nodeIds[node],
        channelId: network.channelIds[out >> 1],
        peer: network.nodeIds[network.source[out ^ 1]],
        capacitySat: network.capacitySat[out >> 1],
        localBalanceSat: Math.floor(balances.balanceMsat[out] / 1000),
        remoteBalanceSat: Math.floor(balances.balanceMsat[out ^ 1] / 1000),
        active: true,
        localPolicy: network.policy(out),
        remotePolicy: network.policy(out ^ 1),
      },
    }))
  );
}

/** Forwards of some days: channels differ in how much comes in by them and goes out. */
function forwardsOf(network: Network, nodes: readonly number[], rng: Rng): LensEvent[] {
  const events: LensEvent[] = [];
  for (const node of nodes) {
    const channels = network.directionsFrom(node);
    if (channels.length < 2) continue;
    // A third of the channels take in most of what comes, others give it out.
    const sinks = Math.ceil(channels.length / 3);
    const count = WATCHED_DAYS * FORWARDS_PER_DAY * channels.length / 2;
    for (let i = 0; i < count; i++) {
      const into = channels[rng.int(channels.length)], out = channels[rng.int(sinks)];
      if (into === out) continue;
      const outAmountMsat = 1000 * Math.ceil(10 ** (3 + 3 * rng.float()));
      const settled = rng.float() < 0.7;
      events.push({
        kind: "forward",
        timeMs: Math.floor(rng.float() * WATCHED_DAYS * DAY_MS),
        forward: {
          node: network.nodeIds[node],
          inChannel: network.channelIds[into >> 1],
          outChannel: network.channelIds[out >> 1],
          inAmountMsat: outAmountMsat + network.feeMsat(out, outAmountMsat),
          outAmountMsat,
          outcome: settled ? "settled" : "failed_here",
          ...(settled ? {} : { failureReason: "insufficient_balance" }),
        },
      });
    }
  }
  return events.sort((a, b) => a.timeMs - b.timeMs);
}

/** A lens that knows the graph, watched the nodes for some days and serves a trained model. */
function watchingLens(network: Network, nodes: readonly number[]): Lens {
  const lens = new Lens({ forecaster: new BaselineForecaster(), shadowEveryMs: 0 });
  lens.setTopology(network);
  const days = Array.from({ length: WATCHED_DAYS }, (_, day) => day * DAY_MS);
  const events = [
    ...days.flatMap((timeMs) => statesOf(network, nodes, timeMs)),
    ...forwardsOf(network, nodes, seededRng(3)),
  ];
  for (const event of events.sort((a, b) => a.timeMs - b.timeMs)) lens.ingest(event);
  const options = { id: "bench", createdMs: lens.nowMs, seed: 1 };
  lens.swapForecaster(trainForecastModel(lens.trainingTable(), options).model);
  return lens;
}

/** Processor seconds of scoring all channels and planning for all nodes. */
interface Seconds {
  score: number;
  plan: number;
  /** Both, ten minutes later: balances have been told anew, routes are still good. */
  again: number;
}

function measure(network: Network, nodes: readonly number[], runs: number) {
  const lens = watchingLens(network, nodes);
  const timed: Seconds[] = [];
  let suggestions = 0, channels = 0;
  for (let run = -1; run < runs; run++) {
    // Two hours later nothing that was found out before is still good.
    const timeMs = WATCHED_DAYS * DAY_MS + (run + 2) * 2 * HOUR_MS;
    for (const event of statesOf(network, nodes, timeMs)) lens.ingest(event);
    const begin = cpuSeconds();
    channels = lens.outlooks().length;
    const scored = cpuSeconds();
    suggestions = lens.recommend().suggestions.length;
    const planned = cpuSeconds();
    for (const event of statesOf(network, nodes, timeMs + 10 * MINUTE_MS)) lens.ingest(event);
    const later = cpuSeconds();
    lens.recommend();
    const again = cpuSeconds() - later;
    if (run >= 0) timed.push({ score: scored - begin, plan: planned - scored, again });
  }
  return { channels, suggestions, timed };
}

function row(name: string, metric: string, unit: string, values: number[]): BenchRow {
  return {
    ...{ bench: "planning", case: name, metric, unit },
    value: median(values),
    runs: values.length,
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

/**
 * Scoring channels and planning with a graph given, in processor time: as many channels as a server
 * is to plan for within a second, of one node as operators have them and of many as simulations
 * have them; and the operators of an experiment.
 */
export const run: Bench = (report, { quick }) => {
  const graph = generateNetwork({ nodes: 6000, rng: seededRng(1) });
  const core = generateNetwork({ nodes: 700, rng: seededRng(1) });
  const one = (channels: number) => {
    const network = withNode(graph, "operator", channels);
    return { name: "one node", network, nodes: [network.nodeOf("operator")!] };
  };
  const many = watchedNodes(graph, { channels: quick ? 2000 : 10_000, from: 50 });
  const operators = watchedNodes(core, { channels: quick ? 300 : 1200, from: 35 });
  const cases = [
    ...(quick ? [1000] : [1000, 10_000]).map(one),
    { name: `${many.length} nodes`, network: graph, nodes: many },
    { name: `${operators.length} operators of a core`, network: core, nodes: operators },
  ];
  for (const { name, network, nodes } of cases) {
    const { channels, suggestions, timed } = measure(network, nodes, quick ? 2 : 5);
    const label = `${name}, ${channels} channels`;
    report(row(label, "scored", "cpu s", timed.map(({ score }) => score)));
    report(row(label, "planned", "cpu s", timed.map(({ plan }) => plan)));
    report(row(label, "both", "cpu s", timed.map(({ score, plan }) => score + plan)));
    report(row(label, "both, ten minutes later", "cpu s", timed.map(({ again }) => again)));
    report(row(label, "suggestions", "", [suggestions]));
  }
  return Promise.resolve();
};
