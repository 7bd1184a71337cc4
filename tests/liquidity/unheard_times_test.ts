import assert from "node:assert/strict";
import fc from "fast-check";
import { UnheardTimes } from "../../lib/liquidity/mod.ts";

Deno.test("UnheardTimes counts each moment once, as a count of moments does", () => {
  const span = fc.tuple(fc.nat(50), fc.nat(20)).map(([fromMs, length]) => ({
    fromMs,
    toMs: fromMs + length,
  }));
  fc.assert(
    fc.property(fc.array(span, { maxLength: 8 }), span, fc.nat(60), (gaps, window, open) => {
      const times = new UnheardTimes();
      for (const gap of gaps) times.add("a", gap);
      times.begin("a", open);
      let expected = 0;
      for (let ms = window.fromMs; ms < window.toMs; ms++) {
        if (ms >= open || gaps.some(({ fromMs, toMs }) => ms >= fromMs && ms < toMs)) expected++;
      }
      assert.equal(times.withinMs("a", window), expected);
      assert.equal(times.withinMs("b", window), 0);
    }),
  );
});

Deno.test("UnheardTimes.add ends what had begun, and moments too short to matter are let pass", () => {
  const times = new UnheardTimes();
  times.begin("a", 1000);
  assert.ok(!times.heard("a", { fromMs: 0, toMs: 1_000_000 }));
  times.add("a", { fromMs: 1000, toMs: 11_000 });
  assert.ok(times.heard("a", { fromMs: 0, toMs: 1_000_000 }), "a hundredth");
  assert.ok(!times.heard("a", { fromMs: 0, toMs: 999_000 }));
  assert.ok(times.heard("a", { fromMs: 11_000, toMs: 12_000 }));
});
