import assert from "node:assert/strict";
import { HOUR_MS } from "../../../lib/core/mod.ts";
import { type Wish } from "../../../lib/evaluation/uplift/node_view.ts";
import { mergeWishes, replayPair } from "../../../lib/evaluation/uplift/pair_replay.ts";
import { paybackOf } from "../../../lib/evaluation/uplift/payback.ts";
import { CAPACITY_SAT, HandMadeNode, NOW_MS } from "./hand_made_node.ts";

const CAPACITY_MSAT = 1_000_000;

function wish(timeMs: number, inChannel: string, outChannel: string, outAmountMsat: number): Wish {
  return { timeMs, inChannel, outChannel, outAmountMsat, inAmountMsat: outAmountMsat + 1000 };
}

function end(channelId: string, localMsat: number) {
  return { channelId, localMsat, capacityMsat: CAPACITY_MSAT };
}

Deno.test("replayPair serves what both ends can, and counts a forward by both of them once", () => {
  const wishes = [
    wish(1, "a", "b", 400_000),
    wish(2, "a", "b", 400_000),
    wish(3, "x", "b", 90_000),
  ];
  // b holds 500,000: the first and the third.
  assert.equal(replayPair(wishes, [end("a", 0), end("b", 500_000)]), 2000);
  // a has room for nothing: only what comes in elsewhere.
  assert.equal(replayPair(wishes, [end("a", CAPACITY_MSAT), end("b", 500_000)]), 1000);
  assert.equal(replayPair(wishes, [end("a", 0), end("b", CAPACITY_MSAT)]), 3000);
  // What comes in by b refills it.
  const back = wish(0, "b", "a", 100_000);
  assert.equal(
    replayPair([back, ...wishes.slice(0, 1)], [end("b", 300_000), end("a", 500_000)]),
    2000,
  );
});

Deno.test("mergeWishes has each wish once, in order of time", () => {
  const [a, b, c] = [wish(1, "a", "b", 1), wish(2, "a", "x", 1), wish(3, "x", "b", 1)];
  assert.deepEqual(mergeWishes([a, b], [a, c]), [a, b, c]);
});

/** A node whose target was refilled with 300,000 sat, `hoursAgo` wishes of 200,000 sat each. */
function refilled(hoursAgo: number[]) {
  const node = new HandMadeNode({
    full: { localSat: 400_000, ppm: 10 },
    target: {
      localSat: 300_000,
      ppm: 500,
      wanted: hoursAgo.map((hours) => ({ sat: 200_000, hoursAgo: hours })),
    },
  });
  const result = {
    ...{ id: "1", node: "me", sourceChannel: "mefull", targetChannel: "metarget" },
    ...{ status: "applied" as const, amountMsat: 300_000_000, feeMsat: 50_000, attempts: 1 },
    channels: [node.state("full"), node.state("target")],
  };
  return (horizonHours: number) =>
    paybackOf({ timeMs: NOW_MS, result }, node.view, horizonHours * HOUR_MS);
}

Deno.test("paybackOf is what was served with the moved liquidity and not without", () => {
  assert.equal(CAPACITY_SAT, 1_000_000);
  // 300,000 serve one of the two wishes; without them none: 200,000 at 500 ppm are 100 sat.
  assert.equal(refilled([-1, -2])(24), 100_000);
  // Wishes before it, or after the horizon, are nothing to it.
  assert.equal(refilled([1, -30])(24), 0);
  assert.equal(refilled([1, -30])(48), 100_000);
});

Deno.test("paybackOf is a loss where the source lacks what it gave", () => {
  const node = new HandMadeNode({
    full: { localSat: 0, ppm: 100, wanted: [{ sat: 200_000, hoursAgo: -1 }] },
    target: { localSat: 300_000, ppm: 500 },
  });
  const result = {
    ...{ id: "1", node: "me", sourceChannel: "mefull", targetChannel: "metarget" },
    ...{ status: "applied" as const, amountMsat: 300_000_000, feeMsat: 0, attempts: 1 },
    channels: [node.state("full"), node.state("target")],
  };
  assert.equal(paybackOf({ timeMs: NOW_MS, result }, node.view, 24 * HOUR_MS), -20_000);
});
