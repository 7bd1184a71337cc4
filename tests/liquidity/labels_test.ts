import assert from "node:assert/strict";
import fc from "fast-check";
import {
  labelWindow,
  replayValue,
  VALUE_GRID,
  valueCurve,
  type WindowFlow,
  windowNeeds,
} from "../../lib/liquidity/mod.ts";

const flow = fc.record<WindowFlow>({
  direction: fc.constantFrom("out", "in"),
  amountMsat: fc.integer({ min: 1, max: 500_000 }),
  feeMsat: fc.integer({ min: 0, max: 1000 }),
});
const flows = fc.array(flow, { maxLength: 40 });
const capacity = fc.integer({ min: 1, max: 3000 });

/** U and D by looking at every prefix anew. */
function naiveNeeds(window: readonly WindowFlow[]): [number, number] {
  const nets = window.map((_, end) =>
    window.slice(0, end + 1).reduce(
      (sum, f) => sum + (f.direction === "out" ? f.amountMsat : -f.amountMsat),
      0,
    )
  );
  return [Math.max(0, ...nets), Math.max(0, ...nets.map((net) => -net))];
}

Deno.test("windowNeeds equals its naive twin", () => {
  fc.assert(fc.property(flows, (window) => {
    const { outboundMsat, inboundMsat } = windowNeeds(window);
    assert.deepEqual([outboundMsat, inboundMsat], naiveNeeds(window));
  }));
});

Deno.test("replayValue every balance in [U, C - D] serves all, and none just outside does", () => {
  fc.assert(fc.property(flows, capacity, fc.float({ noNaN: true, min: 0, max: 1 }), (w, c, at) => {
    const { outboundMsat, inboundMsat, feesMsat } = windowNeeds(w);
    const capacityMsat = c * 1000 + outboundMsat + inboundMsat;
    const volume = w.reduce((sum, f) => sum + f.amountMsat, 0);
    const high = capacityMsat - inboundMsat;
    const localMsat = Math.min(high, outboundMsat + Math.floor(at * (high - outboundMsat)));
    const inside = replayValue(w, { localMsat, capacityMsat });
    assert.deepEqual(inside, { feesMsat, servedMsat: volume });
    if (outboundMsat > 0) {
      const below = replayValue(w, { localMsat: outboundMsat - 1, capacityMsat });
      assert.ok(below.servedMsat < volume);
    }
    if (inboundMsat > 0) {
      const above = replayValue(w, { localMsat: high + 1, capacityMsat });
      assert.ok(above.servedMsat < volume);
    }
  }));
});

Deno.test("replayValue keeps the balance within the channel and never earns more than all fees", () => {
  fc.assert(fc.property(flows, capacity, (w, c) => {
    const total = windowNeeds(w).feesMsat;
    for (const { feesMsat } of valueCurve(w, c * 1000, 7)) assert.ok(feesMsat <= total);
  }));
});

Deno.test("labelWindow the low end of the optimal interval earns as much as the best of the grid", () => {
  fc.assert(fc.property(flows, capacity, (w, c) => {
    const label = labelWindow(w, c);
    assert.ok(label.optimalLowRatio >= 0 && label.optimalHighRatio <= 1);
    assert.ok(label.optimalLowRatio <= label.optimalHighRatio + 1e-12);
    const best = Math.max(...valueCurve(w, c * 1000).map((v) => v.feesMsat));
    const capacityMsat = c * 1000;
    // Ends of the interval, taken to the inside where rounding of the ratio would cross them.
    const localMsat = Math.min(
      capacityMsat,
      Math.ceil(label.optimalLowRatio * capacityMsat - 1e-6),
    );
    assert.ok(replayValue(w, { localMsat, capacityMsat }).feesMsat >= best);
  }));
});

Deno.test("labelWindow gives needs in sat, and no interval without a capacity", () => {
  const window: WindowFlow[] = [
    { direction: "out", amountMsat: 5_000, feeMsat: 7 },
    { direction: "in", amountMsat: 9_000, feeMsat: 2 },
  ];
  const known = labelWindow(window, 20);
  assert.deepEqual(known, {
    outboundNeedSat: 5,
    inboundNeedSat: 4,
    feesAtStakeMsat: 9,
    optimalLowRatio: 0.25,
    optimalHighRatio: 0.8,
  });
  assert.ok(Number.isNaN(labelWindow(window, NaN).optimalLowRatio));
  assert.equal(labelWindow(window, NaN).outboundNeedSat, 5);
});

Deno.test("labelWindow where nothing serves all, the interval is where most is earned", () => {
  // Out 8, in 8, out 8, in 8 of a channel of 10, the first out dear: only a full side serves it.
  const window: WindowFlow[] = [
    { direction: "out", amountMsat: 8_000, feeMsat: 100 },
    { direction: "out", amountMsat: 8_000, feeMsat: 1 },
  ];
  const label = labelWindow(window, 10);
  assert.equal(label.optimalLowRatio, 0.8);
  assert.equal(label.optimalHighRatio, 1);
  assert.equal(VALUE_GRID, 41);
});
