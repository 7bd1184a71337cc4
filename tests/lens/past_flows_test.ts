import assert from "node:assert/strict";
import fc from "fast-check";
import { HOUR_MS } from "../../lib/core/mod.ts";
import { PastFlows } from "../../lib/lens/mod.ts";

function demand(timeMs: number, amountMsat = 1000) {
  return { key: "k", timeMs, direction: "out" as const, amountMsat, feeMsat: 10, served: true };
}

Deno.test("PastFlows.between gives what came in (from, to], late or not", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(100), { maxLength: 60 }),
      fc.nat(100),
      fc.nat(100),
      (times, a, b) => {
        const flows = new PastFlows();
        for (const time of times) flows.add(demand(time));
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const expected = times.filter((time) => time > from && time <= to).sort((x, y) => x - y);
        assert.deepEqual(flows.between("k", from, to).map(({ timeMs }) => timeMs), expected);
      },
    ),
    { seed: 1 },
  );
});

Deno.test("PastFlows forgets what no window reaches, and keeps so many at most", () => {
  const options = { windowMs: HOUR_MS, windows: 2, mostFlows: 50 };
  const flows = new PastFlows(options);
  for (let minute = 0; minute < 1000; minute++) flows.add(demand(minute * 60_000));
  assert.ok(flows.between("k", -1, Infinity).length <= 55);
  flows.add(demand(100 * HOUR_MS));
  assert.equal(flows.between("k", -1, Infinity).length, 1);
});

Deno.test("PastFlows.curve is the mean over whole windows, none before the first is whole", () => {
  const flows = new PastFlows({ windowMs: HOUR_MS, windows: 2 });
  flows.add(demand(0.5 * HOUR_MS, 300_000));
  const curve = (observedMs: number) =>
    flows.curve("k", { capacitySat: 1000, timeMs: 2 * HOUR_MS, observedMs });
  assert.equal(curve(0.9 * HOUR_MS), undefined);
  assert.equal(curve(HOUR_MS)!.valueMsat(1000), 0, "the last hour was quiet");
  assert.equal(curve(5 * HOUR_MS)!.valueMsat(1000), 5);
  assert.equal(curve(5 * HOUR_MS)!.valueMsat(299), 0);
});
