import assert from "node:assert/strict";
import fc from "fast-check";
import { NodePast, type NodeWish } from "../../lib/planning/mod.ts";

/** Channels a and b are scarce, c holds and takes whatever comes. */
const CHANNELS = [
  { id: "a", capacitySat: 100, localSat: 100 },
  { id: "b", capacitySat: 100, localSat: 0 },
  { id: "c", capacitySat: 1e9, localSat: 0 },
];
const PLENTY_SAT = 5e8;
/** So that what a window says is not limited. */
const RATE_PPM = 1e9;

function wish(
  inChannel: string | undefined,
  outChannel: string | undefined,
  sat: number,
  timeMs = 1,
) {
  return { timeMs, inChannel, outChannel, outMsat: sat * 1000, feeMsat: sat };
}

function pastOf(wishes: NodeWish[], sincesMs = [0], weights = [1]): NodePast {
  return new NodePast(CHANNELS, wishes, sincesMs, weights);
}

/** Fees of what all channels together would have served. */
function naiveFees(wishes: readonly NodeWish[], localSat: Record<string, number>): number {
  const localMsat = Object.fromEntries(
    Object.entries(localSat).map(([id, sat]) => [id, sat * 1000]),
  );
  let feesMsat = 0;
  for (const { inChannel, outChannel, outMsat, feeMsat } of wishes) {
    const capacity = CHANNELS.find(({ id }) => id === inChannel)?.capacitySat ?? Infinity;
    const room = inChannel === undefined ||
      localMsat[inChannel] + outMsat + feeMsat <= capacity * 1000;
    if (!room || (outChannel !== undefined && localMsat[outChannel] < outMsat)) continue;
    if (inChannel !== undefined) localMsat[inChannel] += outMsat + feeMsat;
    if (outChannel !== undefined) localMsat[outChannel] -= outMsat;
    feesMsat += feeMsat;
  }
  return feesMsat;
}

Deno.test("NodePast.gainMsat is what a replay of the whole node says where other channels have plenty", () => {
  const end = fc.constantFrom("a", "b", "c", undefined);
  const someWish = fc.record({ from: end, to: end, sat: fc.integer({ min: 1, max: 60 }) })
    .filter(({ from, to }) => from !== to);
  const given = fc.record({
    wishes: fc.array(someWish, { maxLength: 30 }),
    a: fc.integer({ min: 0, max: 100 }),
    b: fc.integer({ min: 0, max: 100 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(fc.property(given, ({ wishes, a, b, share }) => {
    const all = wishes.map(({ from, to, sat }, i) => wish(from, to, sat, i + 1));
    const past = pastOf(all, [0, 10], [1, 0.5]);
    past.settle([["a", a], ["b", b], ["c", PLENTY_SAT]]);
    const amountSat = Math.floor(share * Math.min(a, 100 - b));
    const expected = [0, 10].map((since) => {
      const seen = all.filter(({ timeMs }) => timeMs > since);
      return naiveFees(seen, { a: a - amountSat, b: b + amountSat, c: PLENTY_SAT }) -
        naiveFees(seen, { a, b, c: PLENTY_SAT });
    });
    const move = { source: "a", target: "b", amountSat };
    assert.deepEqual(past.changesMsat(move), expected);
    const gain = past.gainMsat({ ...move, ratePpm: RATE_PPM });
    assert.equal(gain, expected[0] + 0.5 * expected[1]);
  }));
});

Deno.test("NodePast counts a forward from source to target once, and room only where it can go on", () => {
  const move = { source: "a", target: "b", amountSat: 50, ratePpm: RATE_PPM };
  const through = pastOf([wish("a", "b", 40)]);
  through.settle([]);
  assert.equal(through.gainMsat(move), 40);
  // By itself the full channel would gain by what comes in; but c, by which it leaves, is empty.
  const stuck = pastOf([wish("a", "c", 40)]);
  stuck.settle([]);
  assert.equal(stuck.gainMsat(move), 0);
  stuck.settle([["c", 40]]);
  assert.equal(stuck.gainMsat(move), 40);
});

Deno.test("NodePast limits each window to the amount's own fee", () => {
  // Brought in once, used twice.
  const past = pastOf([
    wish(undefined, "b", 40, 1),
    wish("b", undefined, 40, 2),
    wish("a", "b", 40, 3),
  ]);
  past.settle([["a", 50]]);
  const move = { source: "a", target: "b", amountSat: 40, ratePpm: RATE_PPM };
  const free = past.gainMsat(move);
  assert.equal(past.gainMsat({ ...move, ratePpm: 500 }), 20);
  assert.ok(free > 20 && past.mostMsat(40, 500) === 20);
});

Deno.test("NodePast.gainMsat says the same whatever was asked before, and after settling anew", () => {
  const id = fc.constantFrom("a", "b", "c");
  const someWish = fc.record({
    from: fc.option(id, { nil: undefined }),
    to: fc.option(id, { nil: undefined }),
    sat: fc.integer({ min: 1, max: 60 }),
  }).filter(({ from, to }) => from !== to);
  const someMove = fc.record({
    source: id,
    target: id,
    amountSat: fc.constantFrom(10, 20, 40),
    ratePpm: fc.constantFrom(1000, RATE_PPM),
  }).filter(({ source, target }) => source !== target);
  const balances = fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100))
    .map(([a, b, c]) => [["a", a], ["b", b], ["c", c]] as const);
  const given = fc.record({
    wishes: fc.array(someWish, { maxLength: 30 }),
    moves: fc.array(someMove, { maxLength: 12 }),
    rounds: fc.array(balances, { minLength: 1, maxLength: 3 }),
  });
  fc.assert(fc.property(given, ({ wishes, moves, rounds }) => {
    const all = wishes.map(({ from, to, sat }, i) => wish(from, to, sat, i + 1));
    const asked = pastOf(all, [0, 10], [1, 0.5]);
    for (const round of rounds) {
      asked.settle(round);
      for (const move of moves) {
        const fresh = pastOf(all, [0, 10], [1, 0.5]);
        fresh.settle(round);
        assert.equal(asked.gainMsat(move), fresh.gainMsat(move));
      }
    }
  }));
});
