import assert from "node:assert/strict";
import { DAY_MS, HOUR_MS } from "../../lib/core/mod.ts";
import { PastFlows, PastTrials } from "../../lib/lens/mod.ts";
import { UnheardTimes } from "../../lib/liquidity/mod.ts";
import type { TriedMove } from "../../lib/planning/mod.ts";

const NOW_MS = 10 * DAY_MS;
const NO = { whole: false, half: false };
const YES = { whole: true, half: true };

function channel(channelId: string, localBalanceSat: number) {
  const capacitySat = 1_000_000;
  return {
    ...{ node: "o", channelId, peer: channelId, capacitySat, localBalanceSat, active: true },
    remoteBalanceSat: capacitySat - localBalanceSat,
  };
}

/** 100,000 sat for 100 sat, from a full channel to an empty one. */
const MOVE: TriedMove = {
  ...{ source: channel("oa", 1_000_000), target: channel("ob", 0) },
  ...{ amountMsat: 100_000_000, feeMsat: 100_000, watchedSinceMs: 0 },
};

/** Outflow by the target that pays 0.2 % (the move costs 0.1 %), so many hours ago. */
function flowsOf(out: readonly [hoursAgo: number, sat: number][]): PastFlows {
  const flows = new PastFlows();
  for (const [hoursAgo, sat] of out) {
    flows.add({
      ...{ key: "o/ob", timeMs: NOW_MS - hoursAgo * HOUR_MS, direction: "out", served: true },
      ...{ amountMsat: sat * 1000, feeMsat: 2 * sat },
    });
  }
  return flows;
}

function tried(
  out: readonly [hoursAgo: number, sat: number][],
  { horizonMs = DAY_MS, unheard = new UnheardTimes(), ...move }:
    & Partial<TriedMove>
    & { horizonMs?: number; unheard?: UnheardTimes } = {},
) {
  return new PastTrials(horizonMs, flowsOf(out), unheard).of({ ...MOVE, ...move }, NOW_MS);
}

Deno.test("PastTrials says for each of the last days whether the move would have paid then", () => {
  assert.deepEqual(tried([]), [NO, NO, NO, NO, NO]);
  // Each time from the balances as they are now.
  const found = tried([[51, 45_000], [50, 45_000], [5, 40_000], [1, 50_000]]);
  assert.deepEqual(found, [YES, NO, YES, NO, NO]);
});

Deno.test("PastTrials tells what a half would have done apart", () => {
  // 40,000 sat bring 80 sat: more than half of the fee, less than all of it.
  assert.deepEqual(tried([[30, 40_000]])[1], { whole: false, half: true });
  // One forward of 90,000 sat needs more than the half.
  assert.deepEqual(tried([[30, 90_000]])[1], { whole: true, half: false });
});

Deno.test("PastTrials counts what is missed at the source", () => {
  const flows = flowsOf([[1, 90_000]]);
  flows.add({
    ...{ key: "o/oa", timeMs: NOW_MS - 2 * HOUR_MS, direction: "out", served: true },
    ...{ amountMsat: 970_000_000, feeMsat: 150_000 },
  });
  const trials = new PastTrials(DAY_MS, flows, new UnheardTimes());
  assert.deepEqual(trials.of(MOVE, NOW_MS)[0], NO);
});

Deno.test("PastTrials leaves out days that were not watched or not heard", () => {
  const out: [number, number][] = [[1, 90_000], [60, 90_000]];
  const newer = tried(out, { watchedSinceMs: NOW_MS - 2.6 * DAY_MS });
  assert.deepEqual(newer.map(({ whole }) => whole), [true, false, true]);
  assert.equal(tried(out, { watchedSinceMs: NOW_MS - 2.4 * DAY_MS }).length, 2);
  assert.deepEqual(tried(out, { watchedSinceMs: NOW_MS }), []);
  const unheard = new UnheardTimes();
  unheard.add("o", { fromMs: NOW_MS - 2 * DAY_MS, toMs: NOW_MS - 1.5 * DAY_MS });
  assert.deepEqual(tried(out, { unheard }).map(({ whole }) => whole), [true, true, false, false]);
});

Deno.test("PastTrials tries as many stretches as fit into what is kept, ten at most", () => {
  for (const [days, count] of [[0.25, 10], [1, 5], [2, 2], [5, 1], [7, 0]]) {
    assert.equal(tried([], { horizonMs: days * DAY_MS }).length, count);
  }
});
