import assert from "node:assert/strict";
import { DAY_MS, HOUR_MS, seededRng } from "../../lib/core/mod.ts";
import { generateNetwork } from "../../lib/network/mod.ts";
import { hourRate, type Intent, Traffic, type TrafficOptions } from "../../lib/simulation/mod.ts";
import { WeightedDraw } from "../../lib/simulation/traffic/weighted_draw.ts";
import { START_MS } from "./helpers.ts";

const network = generateNetwork({ nodes: 500, rng: seededRng(1) });

function intents(days: number, options: Partial<TrafficOptions> = {}, seed = 1): Intent[] {
  const traffic = new Traffic(network, { ...options, rng: seededRng(seed), startMs: START_MS });
  const list: Intent[] = [];
  while (traffic.nextMs < START_MS + days * DAY_MS) list.push(traffic.next());
  return list;
}

const sample = intents(30, { paymentsPerDay: 2000 });
const others = [2, 3].map((seed) => intents(30, { paymentsPerDay: 2000 }, seed));

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

/** Checks a figure on samples of three seeds. */
function onSeeds(figure: (list: Intent[]) => number, low: number, high: number): void {
  for (const [seed, list] of [sample, ...others].entries()) {
    const value = figure(list);
    assert(value > low && value < high, `seed ${seed + 1}: ${value}, not ${low} to ${high}`);
  }
}

const sats = (list: Intent[]) => list.map(({ amountMsat }) => amountMsat / 1000);
const logs = (list: Intent[]) => sats(list).map(Math.log);
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const share = (values: number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(part * values.length)];

Deno.test("Traffic amounts: mean of ln(sat) 10.38 within 0.2", () => {
  onSeeds((list) => mean(logs(list)), 10.18, 10.58);
});

Deno.test("Traffic amounts: deviation of ln(sat) 1.92 within 0.15", () => {
  const deviation = (values: number[]) => {
    const centre = mean(values);
    return Math.sqrt(mean(values.map((x) => (x - centre) ** 2)));
  };
  onSeeds((list) => deviation(logs(list)), 1.77, 2.07);
});

Deno.test("Traffic amounts: median 48.7 k sat within 15 %", () => {
  onSeeds((list) => share(sats(list), 0.5), 41_400, 56_000);
});

Deno.test("Traffic amounts: mean 99 k sat within 15 %", () => {
  onSeeds((list) => mean(sats(list)), 84_000, 114_000);
});

Deno.test("Traffic amounts: 95 % below 379 k sat, within 15 %", () => {
  onSeeds((list) => share(sats(list), 0.95), 322_000, 436_000);
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

const hourShare = (hour: number) => (list: Intent[]) =>
  list.filter(({ timeMs }) => Math.floor(timeMs % DAY_MS / HOUR_MS) === hour).length / list.length;

Deno.test("Traffic by the hour: least at 02 UTC, 2.6 % within 0.6 points", () => {
  onSeeds(hourShare(2), 0.02, 0.032);
});

Deno.test("Traffic by the hour: most at 14 UTC, 6.0 % within 0.6 points", () => {
  onSeeds(hourShare(14), 0.054, 0.066);
});

Deno.test("Traffic: weekdays are nearly flat, each 14.3 % within 5 points", () => {
  for (let weekday = 0; weekday < 7; weekday++) {
    const onDay = ({ timeMs }: Intent) => Math.floor((timeMs - START_MS) / DAY_MS) % 7 === weekday;
    // Four whole weeks; a day in two differs by a quarter, so four of them by an eighth.
    onSeeds(
      (list) => {
        const weeks = list.filter(({ timeMs }) => timeMs < START_MS + 28 * DAY_MS);
        return weeks.filter(onDay).length / weeks.length;
      },
      0.093,
      0.193,
    );
  }
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

Deno.test("Traffic.setSurge: so many times as many bursts begin until it is over, and none is drawn otherwise", () => {
  const options = { paymentsPerDay: 2000, burstSize: 1.000001, dayVariation: 0 };
  const counted = (factor: number) => {
    const traffic = new Traffic(network, { ...options, rng: seededRng(4), startMs: START_MS });
    while (traffic.nextMs < START_MS + DAY_MS) traffic.next();
    traffic.setSurge({ factor, untilMs: START_MS + 3 * DAY_MS }, START_MS + DAY_MS);
    const perSpan = [0, 0];
    for (const [span, days] of [3, 5].entries()) {
      while (traffic.nextMs < START_MS + days * DAY_MS) {
        traffic.next();
        perSpan[span]++;
      }
    }
    assert.equal(traffic.surgeAt(START_MS + 3 * DAY_MS), undefined);
    return perSpan;
  };
  for (const factor of [0.25, 3]) {
    const [during, after] = counted(factor);
    assert(Math.abs(during / (4000 * factor) - 1) < 0.1, `${during} in two days at ${factor}`);
    assert(Math.abs(after / 4000 - 1) < 0.1, `${after} in two days afterwards`);
  }
  const traffic = new Traffic(network, { ...options, rng: seededRng(4), startMs: START_MS });
  traffic.setSurge({ factor: 2, untilMs: null }, START_MS);
  assert.deepEqual(traffic.surgeAt(START_MS + 1e12), { factor: 2, untilMs: null });
  traffic.setSurge({ factor: 1, untilMs: null }, START_MS);
  assert.equal(traffic.surgeAt(START_MS), undefined);
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
