import assert from "node:assert/strict";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/core/mod.ts";
import type { HopTerms } from "../../lib/network/search/hop_model.ts";
import {
  capacityBias,
  CoreLightningModel,
} from "../../lib/network/routers/core_lightning_model.ts";
import { LdkModel, ldkSuccess } from "../../lib/network/routers/ldk_model.ts";
import {
  APRIORI_DEFAULTS,
  AprioriModel,
  capacityFactor,
  CLOTH_LIMITS,
  CLOTH_OPTIONS,
  LND_LIMITS,
} from "../../lib/network/routers/lnd_apriori.ts";
import { bimodalChance, BimodalModel } from "../../lib/network/routers/lnd_bimodal.ts";
import type { Network } from "../../lib/network/mod.ts";
import { smallNetwork } from "./helpers.ts";

const near = (found: number, expected: number) =>
  assert(Math.abs(found - expected) <= 1e-6 * Math.abs(expected), `${found}, not ${expected}`);

/** s pays r by a; a has another channel to b. Directions s-a, a-r, a-b: 0, 2, 4. All of 1e9 msat. */
const NETWORK = () => smallNetwork("s-a:0/0", "a-r:0/0", "a-b:0/0");
const [S, R, B] = [0, 2, 4];

function hop(network: Network, direction: number, amountMsat: number, feeMsat = 0): HopTerms {
  const source = network.source[direction];
  return { direction, source, amountMsat, capacityMsat: 1e9, feeMsat, riskMsat: 0 };
}

const tried = (amountMsat: number) => ({
  route: { directions: [S, R], amountsMsat: [amountMsat, amountMsat] },
});

Deno.test("capacityFactor falls from 1 to a half near the capacity", () => {
  near(capacityFactor(0.5, 0.9999), 1);
  near(capacityFactor(0.9999, 0.9999), 0.75);
  near(capacityFactor(0.95, 0.9999), 1 - 0.5 / (1 + Math.exp(0.0499 / 0.025)));
  assert.equal(capacityFactor(1.1, 0.9999), 0);
  assert.equal(capacityFactor(5, 1), 1);
});

Deno.test("AprioriModel: 0.6, 0.95 after a success, node averages, half-lives", () => {
  const network = NETWORK();
  const model = new AprioriModel(network, APRIORI_DEFAULTS, LND_LIMITS);
  const chance = (direction: number, amountMsat: number) =>
    model.chance(hop(network, direction, amountMsat));
  model.begin(0, 0);
  near(chance(S, 1e6), 0.95);
  near(chance(R, 1e6), 0.6 * capacityFactor(1e-3, 0.9999));
  model.learn(0, { ...tried(1e6), settled: true }, 0);
  model.begin(0, 0);
  assert.equal(chance(R, 1e6), 0.95);
  // The a priori chance and one success, with equal weight; more than passed says nothing.
  near(chance(B, 1e6), (0.6 + 0.95) / 2);
  near(chance(B, 1e6 + 1), 0.6);
  model.learn(0, { ...tried(5e8), settled: false, failedHop: 1 }, 0);
  model.begin(0, HOUR_MS);
  // After an hour the failure has half its weight: 0.6 / 1.5 for the node, half of that for the pair.
  near(chance(B, 5e8), 0.6 / 1.5);
  near(chance(R, 5e8), 0.6 / 1.5 / 2);
  near(chance(R, 4e8), 0.6);
  assert.equal(chance(R, 1e6), 0.95);
  model.knowledge.learnExact(S, 3e6);
  assert.deepEqual([chance(S, 3e6), chance(S, 3e6 + 1)], [0.95, 0]);
});

Deno.test("mission control: a greater failure within a minute is passed over, down fails both ways", () => {
  const network = NETWORK();
  const model = new AprioriModel(network, APRIORI_DEFAULTS, LND_LIMITS);
  const failed = (amountMsat: number, nowMs: number, down = false) =>
    model.learn(0, { ...tried(amountMsat), settled: false, failedHop: 1, down }, nowMs);
  const record = () => {
    model.begin(0, 10 * MINUTE_MS);
    const at = model.knowledge.placeOf(R);
    const { failMsat, failMs, heldMsat } = model.knowledge.columns!;
    return [failMsat[at], failMs[at], heldMsat[at]];
  };
  failed(5e6, 0);
  failed(6e6, MINUTE_MS - 1);
  assert.deepEqual(record(), [5e6, 0, 0]);
  failed(6e6, MINUTE_MS);
  assert.deepEqual(record(), [6e6, MINUTE_MS, 0]);
  model.learn(0, { ...tried(7e6), settled: true }, 2 * MINUTE_MS);
  assert.deepEqual(record(), [7e6 + 1, MINUTE_MS, 7e6]);
  failed(4e6, 3 * MINUTE_MS);
  assert.deepEqual(record(), [4e6, 3 * MINUTE_MS, 4e6 - 1]);
  failed(4e6, 4 * MINUTE_MS, true);
  assert.deepEqual(record(), [0, 4 * MINUTE_MS, 0]);
  assert.notEqual(model.knowledge.placeOf(R ^ 1), -1);
});

Deno.test("CLoTH's rule: failures count for all amounts, successes for the node alone", () => {
  const network = NETWORK();
  const model = new AprioriModel(network, CLOTH_OPTIONS, CLOTH_LIMITS);
  const chance = (direction: number, amountMsat: number) =>
    model.chance(hop(network, direction, amountMsat));
  model.begin(0, 0);
  near(chance(R, 1e9), 0.6);
  model.learn(0, { ...tried(1e6), settled: true }, 0);
  model.begin(0, 0);
  near(chance(R, 1e6), (0.6 + 0.95) / 2);
  model.learn(0, { ...tried(5e8), settled: false, failedHop: 1 }, 0);
  model.begin(0, 24 * MINUTE_MS);
  near(chance(R, 1e6), (0.6 + 0.95) / 2 / 2);
  near(chance(R, 5e8), 0.6 / 1.5 / 2);
});

/** The integral of the bimodal density by the trapezium rule: the twin of the closed form. */
function bimodalTwin(capacity: number, from: number, to: number): number {
  const s = 3e8, steps = 20_000, width = (to - from) / steps;
  const density = (x: number) =>
    Math.exp(-x / s) / s + Math.exp((x - capacity) / s) / s + 1 / (capacity * s);
  let sum = (density(from) + density(to)) / 2;
  for (let i = 1; i < steps; i++) sum += density(from + i * width);
  return sum * width;
}

Deno.test("bimodalChance is the integral of its density between what is known", () => {
  for (const [amount, held, failed] of [[1e8, 0, 1e9], [5e8, 0, 1e9], [4e8, 1e8, 7e8]]) {
    const expected = bimodalTwin(1e9, amount, failed) / bimodalTwin(1e9, held, failed);
    const bounds = { capacityMsat: 1e9, heldMsat: held, failMsat: failed };
    near(bimodalChance(amount, bounds), expected);
  }
  assert.equal(bimodalChance(2e8, { capacityMsat: 1e9, heldMsat: 2e8 }), 1);
  assert.equal(bimodalChance(7e8, { capacityMsat: 1e9, failMsat: 7e8 }), 0);
  assert.equal(bimodalChance(2e9, { capacityMsat: 1e9 }), 0);
});

Deno.test("BimodalModel: bounds fade by a factor e in a week, other pairs count a fifth", () => {
  const network = NETWORK();
  const model = new BimodalModel(network);
  const chance = (direction: number, amountMsat: number) =>
    model.chance(hop(network, direction, amountMsat));
  model.learn(0, { ...tried(4e8), settled: false, failedHop: 1 }, 0);
  model.begin(0, 0);
  assert.equal(chance(R, 4e8), 0);
  near(chance(R, 1e8), bimodalChance(1e8, { capacityMsat: 1e9, failMsat: 4e8 }));
  near(chance(B, 1e8), bimodalChance(1e8, { capacityMsat: 1e9 }) / 1.2);
  model.begin(0, 7 * DAY_MS);
  const failMsat = 1e9 - Math.floor(6e8 / Math.E);
  near(chance(R, 4e8), bimodalChance(4e8, { capacityMsat: 1e9, failMsat }));
  near(chance(B, 1e8), bimodalChance(1e8, { capacityMsat: 1e9 }) / (1 + 0.2 / Math.E));
});

Deno.test("CoreLightningModel: fee and risk times the capacity bias; bounds refill in two hours", () => {
  near(capacityBias(5e8, 1e9), Math.log(2));
  near(capacityBias(9e8, 1e9), Math.log(10));
  const network = NETWORK();
  const model = new CoreLightningModel(network);
  near(model.weigh({ ...hop(network, R, 5e8, 1000), riskMsat: 500 }), (1 + Math.log(2)) * 1501);
  // Ten per cent a year for a day's worth of blocks.
  near(1e9 * 144 * model.limits.riskPerBlock, 1e9 * 0.1 * 144 / 52_596);
  model.learn(0, { ...tried(4e8), settled: false, failedHop: 1 }, 0);
  const passes = (amountMsat: number, nowMs: number) => {
    model.begin(0, nowMs);
    return model.chance(hop(network, R, amountMsat)) === 1 && !model.rulesOut(R, amountMsat);
  };
  assert(!passes(4e8, MINUTE_MS) && passes(4e8 - 1, MINUTE_MS));
  const hourMs = HOUR_MS + MINUTE_MS;
  assert(!passes(4e8 + 5e8, hourMs) && passes(4e8 + 5e8 - 1, hourMs));
});

/** The density of LDK's liquidity summed up: the twin of the closed form. */
function ldkTwin(from: number, to: number): number {
  const steps = 20_000, width = (to - from) / steps;
  let sum = 0;
  for (let i = 0; i < steps; i++) {
    const x = from + (i + 0.5) * width;
    sum += 1 / 256 + 9 * (x - 0.5) ** 8;
  }
  return sum * width;
}

Deno.test("ldkSuccess is the share of the density above the amount, less where nothing passed", () => {
  const bounds = { capacityMsat: 1e9, leastMsat: 2e8, mostMsat: 9e8 };
  near(ldkSuccess(6e8, bounds), ldkTwin(0.6, 0.9) / ldkTwin(0.2, 0.9));
  const unknown = { capacityMsat: 1e9, leastMsat: 0, mostMsat: 1e9 };
  near(ldkSuccess(6e8, unknown), ldkTwin(0.6, 1) / ldkTwin(0, 1) * 64 / 78);
  assert.deepEqual([ldkSuccess(2e8, bounds), ldkSuccess(9e8, bounds)], [1, 0]);
});

Deno.test("LdkModel: penalties by power of ten, bounds both ways, halved in half an hour", () => {
  const network = NETWORK();
  const model = new LdkModel(network);
  const amountMsat = 2 ** 27;
  const base = 5120 + 655_360 / 8 + 1250;
  const penalty = (powers: number) => base + powers * (50_000 + 6250 * 2 ** 7);
  model.begin(0, 0);
  const unknown = { capacityMsat: 1e9, leastMsat: 0, mostMsat: 1e9 };
  const weigh = (direction: number) => model.weigh(hop(network, direction, amountMsat, 77));
  near(weigh(R), 77 + penalty(-Math.log10(ldkSuccess(amountMsat, unknown))));
  model.knowledge.learnExact(S, 1e9);
  near(weigh(S), 77 + base - 1250);
  model.learn(0, { ...tried(amountMsat), settled: false, failedHop: 1 }, 0);
  model.begin(0, 2 * MINUTE_MS);
  const most = 1e9 - Math.floor((1e9 - amountMsat) * 0.5 ** (2 / 30));
  assert(amountMsat < most);
  const bounds = { capacityMsat: 1e9, leastMsat: 0, mostMsat: most };
  near(weigh(R), 77 + penalty(Math.min(2, -Math.log10(ldkSuccess(amountMsat, bounds)))));
  // What is not there is on the other side.
  assert.equal(model.chance(hop(network, R ^ 1, 1e9 - most)), 1);
  model.begin(0, 30 * MINUTE_MS);
  const half = Math.floor((1e9 - amountMsat) / 2);
  assert.equal(model.chance(hop(network, R ^ 1, half)), 1);
  assert(model.chance(hop(network, R ^ 1, half + 1)) < 1);
});

Deno.test("LdkModel: within a payment what failed is out, later it is dear", () => {
  const network = NETWORK();
  const model = new LdkModel(network);
  model.learn(0, { ...tried(4e8), settled: false, failedHop: 1, down: true }, 0);
  model.begin(0, 1000);
  assert.equal(model.chance(hop(network, R, 1000)), 0);
  model.begin(0, MINUTE_MS);
  assert(model.chance(hop(network, R, 9e8)) > 0);
  assert(model.weigh(hop(network, R, 9e8)) > 1e11);
});
