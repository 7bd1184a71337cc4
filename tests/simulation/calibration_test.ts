import assert from "node:assert/strict";
import { DAY_MS } from "../../lib/core/mod.ts";
import { OPTIONS } from "../../lib/protocol/mod.ts";
import { type Account, buildWorld, simulationOf } from "../../lib/simulation/mod.ts";
import { START_MS } from "./helpers.ts";

/** A settled forward of an operator. */
interface Forward {
  timeMs: number;
  channels: string[];
  amountMsat: number;
}

const DAYS = 5;
/** Twelve for each node. */
const PAYMENTS_PER_DAY = 4800;
/** Operators with fewer forwards say too little by themselves. */
const LEAST_FORWARDS = 30;

/** Figures of all operators of three seeds. */
const figures = {
  perDay: [] as number[],
  sizesSat: [] as number[],
  dispersion: [] as number[],
  variation: [] as number[],
  topEighth: [] as number[],
  idle: [] as number[],
  failedPerDay: [] as number[],
  failedThere: [] as number[],
  arrived: [] as number[],
  drained: [] as number[],
  full: [] as number[],
};
/** Of all operators together. */
const earned = { incomeMsat: 0, forwardedMsat: 0 };

for (const seed of [1, 2, 3]) {
  const world = await buildWorld({ nodes: 400, operators: 10, seed });
  const simulation = simulationOf(world, {
    startMs: START_MS,
    warmUpMs: DAY_MS,
    paymentsPerDay: PAYMENTS_PER_DAY,
    router: OPTIONS.router.default,
    probing: { attemptsPerDay: OPTIONS.probes.default * PAYMENTS_PER_DAY },
  });
  const byNode = new Map<string, Forward[]>(simulation.operators.map((id) => [id, []]));
  simulation.onEvent = (event) => {
    if (event.kind !== "forward" || event.forward.outcome !== "settled") return;
    const { node, inChannel, outChannel, outAmountMsat } = event.forward;
    const channels = [inChannel, outChannel];
    byNode.get(node)!.push({ timeMs: event.timeMs, channels, amountMsat: outAmountMsat });
  };
  simulation.runUntil(START_MS + DAYS * DAY_MS);
  figures.arrived.push(simulation.statistics().successRate);
  const shares = simulation.channelStates().map((c) => c.localBalanceSat / c.capacitySat);
  figures.drained.push(shares.filter((share) => share < 0.05).length / shares.length);
  figures.full.push(shares.filter((share) => share > 0.95).length / shares.length);
  for (const [id, forwards] of byNode) {
    figures.perDay.push(forwards.length / DAYS);
    figures.sizesSat.push(...forwards.map(({ amountMsat }) => amountMsat / 1000));
    const channels = simulation.network.degree(simulation.network.nodeOf(id)!);
    if (forwards.length >= LEAST_FORWARDS) judge(forwards, channels, simulation.account(id));
  }
}

function judge(forwards: Forward[], channelCount: number, account: Account): void {
  const { failedHere, failedDownstream, forwardIncomeMsat, forwardedMsat } = account;
  const failed = failedHere + failedDownstream;
  figures.failedPerDay.push(failed / DAYS);
  figures.failedThere.push(failedHere / (forwards.length + failed));
  earned.incomeMsat += forwardIncomeMsat;
  earned.forwardedMsat += forwardedMsat;
  const days = new Array(DAYS).fill(0);
  const volume = new Map<string, number>();
  for (const { timeMs, channels, amountMsat } of forwards) {
    days[Math.min(DAYS - 1, Math.floor((timeMs - START_MS) / DAY_MS))]++;
    for (const id of channels) volume.set(id, (volume.get(id) ?? 0) + amountMsat);
  }
  const gaps = forwards.slice(1).map(({ timeMs }, i) => timeMs - forwards[i].timeMs);
  figures.dispersion.push(variance(days) * DAYS / (DAYS - 1) / mean(days));
  figures.variation.push(Math.sqrt(variance(gaps)) / mean(gaps));
  const volumes = [...volume.values()].sort((a, b) => b - a);
  const top = volumes.slice(0, Math.max(1, Math.round(channelCount / 8)));
  figures.topEighth.push(sum(top) / sum(volumes));
  figures.idle.push(1 - volumes.length / channelCount);
}

function sum(values: number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function mean(values: number[]): number {
  return sum(values) / values.length;
}

function variance(values: number[]): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
}

function quantile(values: number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * values.length)];
}

/** Of a real node's windows of eight days: the middle, and what nine of ten lie within. */
function within(name: string, value: number, low: number, high: number): void {
  Deno.test(`forwards of operators beside a real node: ${name} within ${low} to ${high}`, () => {
    assert(value > low && value < high, String(value));
  });
}

const middle = (values: number[]) => quantile(values, 0.5);
within("settled a day, middle operator (real 17, 11 to 33)", middle(figures.perDay), 8, 33);
within("size, median (real 48.7 k sat)", middle(figures.sizesSat), 36_000, 62_000);
// A burst of large payments weighs heavily in a few days: within 35 %.
within("size, mean (real 99 k sat)", mean(figures.sizesSat), 64_000, 134_000);
within("size, 95 % (real 379 k sat)", quantile(figures.sizesSat, 0.95), 246_000, 512_000);
within(
  "variance over mean of days (real 9.5, 3.1 to 22)",
  middle(figures.dispersion),
  3.1,
  22,
);
within("variation between forwards (real 2.05, 1.7 to 2.7)", middle(figures.variation), 1.7, 2.7);
within(
  "volume of the top eighth of channels (real 0.73, 0.61 to 0.84)",
  middle(figures.topEighth),
  0.57,
  0.84,
);
within("channels without a forward (real 0.49, 0.39 to 0.57)", middle(figures.idle), 0.3, 0.6);
within(
  "attempts that fail there, middle operator (real 7 to 29 % by period)",
  middle(figures.failedThere),
  0.07,
  0.29,
);
within("attempts that fail a day (real 24)", middle(figures.failedPerDay), 10, 80);
within(
  "earned, ppm, all together (real 358, 205 to 619)",
  1_000_000 * earned.incomeMsat / earned.forwardedMsat,
  205,
  619,
);
within("payments that arrive", mean(figures.arrived), 0.6, 0.9);
within("channels below 5 % (real 22 of 84)", mean(figures.drained), 0.15, 0.4);
within("channels above 95 % (real 21 of 84)", mean(figures.full), 0.1, 0.4);
