import assert from "node:assert/strict";
import fc from "fast-check";
import { replayValue, type WindowFlow } from "../../lib/liquidity/mod.ts";
import { REPLAY_WEIGHTS, replayCurve } from "../../lib/planning/mod.ts";

const CAPACITY_SAT = 1000;

const flow: fc.Arbitrary<WindowFlow> = fc.record({
  direction: fc.constantFrom("out" as const, "in" as const),
  amountMsat: fc.integer({ min: 1000, max: 600_000 }),
  feeMsat: fc.nat(200),
});
const moves = {
  windows: fc.array(fc.array(flow, { maxLength: 30 }), { minLength: 3, maxLength: 3 }),
  localSat: fc.integer({ min: 0, max: CAPACITY_SAT }),
  changeSat: fc.integer({ min: -CAPACITY_SAT, max: CAPACITY_SAT }),
  ratePpm: fc.nat(2000),
};

function feesMsat(flows: readonly WindowFlow[], localSat: number): number {
  return replayValue(flows, { localMsat: localSat * 1000, capacityMsat: CAPACITY_SAT * 1000 })
    .feesMsat;
}

Deno.test("replayCurve weighs each window's change, none beyond the amount's own fee", () => {
  fc.assert(fc.property(fc.record(moves), ({ windows, localSat, changeSat, ratePpm }) => {
    const mostMsat = Math.abs(changeSat) * Math.max(20, ratePpm) / 1000;
    let expected = 0;
    for (const [i, flows] of windows.entries()) {
      const change = feesMsat(flows, localSat + changeSat) - feesMsat(flows, localSat);
      const { received, freed, missed } = REPLAY_WEIGHTS;
      const weights = changeSat > 0 ? received : change > 0 ? freed : missed;
      expected += weights[i] * Math.sign(change) * Math.min(Math.abs(change), mostMsat);
    }
    const curve = replayCurve(windows, { capacitySat: CAPACITY_SAT, ratePpm });
    assert.ok(Math.abs(curve.changeMsat(localSat, changeSat) - expected) <= 1e-9 * mostMsat);
    assert.equal(curve.changeMsat(localSat, 0), 0);
  }));
});

Deno.test("replayCurve believes what is missed at the source more than what room there would gain", () => {
  const capacitySat = CAPACITY_SAT, ratePpm = 1000;
  const wish = (direction: "out" | "in") => ({ direction, amountMsat: 500_000, feeMsat: 100 });
  const windows = (one: WindowFlow) => [[one], [one], [one]];
  const full = replayCurve(windows(wish("in")), { capacitySat, ratePpm });
  const used = replayCurve(windows(wish("out")), { capacitySat, ratePpm });
  const gainMsat = full.changeMsat(CAPACITY_SAT, -500), lossMsat = -used.changeMsat(500, -500);
  assert.ok(gainMsat > 0 && gainMsat < lossMsat / 2, `${gainMsat} and ${lossMsat}`);
});
