import assert from "node:assert/strict";
import { DAY_MS, HOUR_MS, seededRng } from "../../lib/core/mod.ts";
import { generateNetwork } from "../../lib/network/mod.ts";
import { hourRate, type Intent, Traffic, type TrafficOptions } from "../../lib/simulation/mod.ts";
import { WeightedDraw } from "../../lib/simulation/weighted_draw.ts";
import { START_MS } from "./helpers.ts";

const network = generateNetwork({ nodes: 500, rng: seededRng(1) });

function intents(days: number, options: Partial<TrafficOptions> = {}, seed = 1): Intent[] {
  const traffic = new Traffic(network, { ...options, rng: seededRng(seed), startMs: START_MS });
  const list: Intent[] = [];
  while (traffic.nextMs < START_MS + days * DAY_MS) list.push(traffic.next());
  return list;
}

const sample = intents(30, { paymentsPerDay: 2000 });

Deno.test("Traffic comes in order of time, between different nodes, in whole satoshis", () => {
  let lastMs = START_MS;
  for (const { timeMs, sender, receiver, amountMsat } of sample) {
    assert(timeMs >= lastMs);
    lastMs = timeMs;
    assert.notEqual(sender, receiver);
    assert(amountMsat >= 1000 && amountMsat % 1000 === 0);
  }
});

Deno.test("Traffic: mean payments a day within 12 % of what is asked, over 30 days", () => {
  const perDay = sample.length / 30;
  assert(perDay > 1760 && perDay < 2240, String(perDay));
});

Deno.test("Traffic amounts: mean of ln(sat) 10.38 within 0.35, deviation 1.92 within 0.2", () => {
  // Large amounts are cut to what channels at the ends can carry: both figures come out lower.
  const logs = sample.map(({ amountMsat }) => Math.log(amountMsat / 1000));
  const mean = logs.reduce((a, b) => a + b, 0) / logs.length;
  const sd = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logs.length);
  assert(Math.abs(mean - 10.38) < 0.35, `mean ${mean}`);
  assert(Math.abs(sd - 1.92) < 0.2, `deviation ${sd}`);
});

Deno.test("Traffic: days are over-dispersed: variance over mean of a node's daily payments 3 to 30", () => {
  const senders = new Map<number, number[]>();
  for (const { sender, timeMs } of sample) {
    const days = senders.get(sender) ?? new Array(30).fill(0);
    days[Math.floor((timeMs - START_MS) / DAY_MS)]++;
    senders.set(sender, days);
  }
  const ratios = [...senders.values()].map((days) => {
    const mean = days.reduce((a, b) => a + b, 0) / 30;
    return mean < 5 ? NaN : days.reduce((sum, n) => sum + (n - mean) ** 2, 0) / 29 / mean;
  }).filter((ratio) => !Number.isNaN(ratio)).sort((a, b) => a - b);
  const median = ratios[ratios.length >> 1];
  assert(ratios.length > 20 && median > 3 && median < 30, `${median} of ${ratios.length}`);
});

Deno.test("Traffic follows the hour: 2.6 % at 02 UTC, 6.0 % at 14 UTC, each within 0.6 points", () => {
  const share = (hour: number) =>
    sample.filter(({ timeMs }) => Math.floor(timeMs % DAY_MS / HOUR_MS) === hour).length /
    sample.length;
  assert(Math.abs(share(2) - 0.026) < 0.006, `02: ${share(2)}`);
  assert(Math.abs(share(14) - 0.06) < 0.006, `14: ${share(14)}`);
});

Deno.test("hourRate has mean 1 over a day and the measured extremes", () => {
  let sum = 0;
  for (let minute = 0; minute < 1440; minute++) sum += hourRate(START_MS + minute * 60_000);
  assert(Math.abs(sum / 1440 - 1) < 1e-9);
  assert(Math.abs(hourRate(14.5 * HOUR_MS) / 24 - 0.06) < 5e-4);
  assert(Math.abs(hourRate(2.5 * HOUR_MS) / 24 - 0.026) < 5e-4);
});

Deno.test("Traffic has persistent sources and sinks", () => {
  const net = (list: Intent[]) => {
    const flow = new Map<number, number>();
    for (const { sender, receiver } of list) {
      flow.set(sender, (flow.get(sender) ?? 0) + 1);
      flow.set(receiver, (flow.get(receiver) ?? 0) - 1);
    }
    return flow;
  };
  const half = sample.length >> 1;
  const first = net(sample.slice(0, half)), second = net(sample.slice(half));
  const strong = [...first].filter(([, flow]) => Math.abs(flow) > 100);
  const kept = strong.filter(([node, flow]) =>
    Math.sign(second.get(node) ?? 0) === Math.sign(flow)
  );
  assert(strong.length > 10, String(strong.length));
  assert(kept.length / strong.length > 0.8, `${kept.length} of ${strong.length}`);
});

Deno.test("Traffic: the same seed, the same payments; another seed, others", () => {
  assert.deepEqual(intents(2), intents(2));
  assert.notDeepEqual(intents(2), intents(2, {}, 2));
});

Deno.test("WeightedDraw draws in proportion and never what weighs nothing", () => {
  const draw = new WeightedDraw([1, 0, 3]);
  const rng = seededRng(1);
  const counts = [0, 0, 0];
  for (let i = 0; i < 8000; i++) counts[draw.draw(rng)]++;
  assert.equal(counts[1], 0);
  assert(Math.abs(counts[2] / 8000 - 0.75) < 0.02);
  assert.throws(() => new WeightedDraw([0, 0]), RangeError);
});
