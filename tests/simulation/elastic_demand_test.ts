import assert from "node:assert/strict";
import { DAY_MS, seededRng } from "../../lib/core/mod.ts";
import { generateNetwork } from "../../lib/network/mod.ts";
import {
  ELASTIC_DEMAND,
  type Intent,
  type IntentOutcome,
  Traffic,
  type TrafficOptions,
} from "../../lib/simulation/mod.ts";
import { START_MS } from "./helpers.ts";

const network = generateNetwork({ nodes: 200, rng: seededRng(1) });

/** Intents of ten days whose payments all end in the same way, told at once. */
function intents(
  outcomeOf: (intent: Intent) => IntentOutcome,
  options: Partial<TrafficOptions> = ELASTIC_DEMAND,
): Intent[] {
  const traffic = new Traffic(network, {
    paymentsPerDay: 1000,
    ...options,
    rng: seededRng(1),
    startMs: START_MS,
  });
  const list: Intent[] = [];
  while (traffic.nextMs < START_MS + 10 * DAY_MS) {
    const intent = traffic.next();
    list.push(intent);
    traffic.answer(intent, outcomeOf(intent));
  }
  return list;
}

const arrives = () => ({ success: true, feeMsat: 0 });
const fails = () => ({ success: false, feeMsat: 0 });
const costs = (ppm: number) => ({ amountMsat }: Intent) => ({
  success: true,
  feeMsat: amountMsat * ppm / 1_000_000,
});

Deno.test("Traffic: demand that is not elastic doesn't listen", () => {
  assert.deepEqual(intents(fails, {}), intents(arrives, {}));
  assert.deepEqual(intents(arrives), intents(arrives, {}));
});

Deno.test("Traffic: who fails to pay gives the burst up half of the time", () => {
  // Bursts of five on average become bursts of 1 / (1 - 0.8 * 0.5).
  const share = intents(fails).length / intents(arrives).length;
  assert(share > 0.28 && share < 0.4, String(share));
});

Deno.test("Traffic: who fails to pay turns to others, then and later", () => {
  const options = { ...ELASTIC_DEMAND, giveUpShare: 0, elsewhereShare: 1 };
  const changes = (list: Intent[]) => {
    const receivers = new Map<number, Set<number>>();
    for (const { sender, receiver } of list) {
      receivers.set(sender, (receivers.get(sender) ?? new Set()).add(receiver));
    }
    return [...receivers.values()].reduce((sum, { size }) => sum + size, 0) / receivers.size;
  };
  const list = intents(fails, options);
  assert(list.length > 0.9 * intents(arrives, options).length);
  assert(changes(list) > 1.3 * changes(intents(arrives, options)));
  for (const { sender, receiver, amountMsat } of list) {
    assert(sender !== receiver && amountMsat >= 1000 && amountMsat % 1000 === 0);
  }
});

Deno.test("Traffic: demand falls with the price, above what is usual", () => {
  const counts = [0, 500, 2000, 10_000].map((ppm) => intents(costs(ppm)).length);
  assert.equal(counts[1], counts[0]);
  assert(counts[2] < 0.8 * counts[1] && counts[3] < 0.8 * counts[2], counts.join());
});
