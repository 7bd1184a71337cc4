import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY_MS, HOUR_MS, seededRng } from "../../lib/core/mod.ts";
import { meanPinball, NeedMixture } from "../../lib/learning/mod.ts";
import { ExpertMixture } from "../../lib/learning/expert_mixture.ts";
import { OwnPast, PAST_HALF_LIVES_MS } from "../../lib/learning/own_past.ts";
import { type AmountQuantiles, QUANTILE_LEVELS } from "../../lib/liquidity/mod.ts";

const NOTHING: AmountQuantiles = { sat: [0, 0, 0, 0, 0], none: 1 };

/** Needs of windows six a day: nothing half the time, else about `size`. */
function needsOf(size: number, windows: number, seed: number): number[] {
  const rng = seededRng(seed);
  return Array.from(
    { length: windows },
    () => rng.float() < 0.5 ? 0 : size * (0.5 + rng.float()),
  );
}

/** The same from all windows, each with its weight, sorted anew at each reading. */
function naivePast(windows: { sat: number; knownMs: number }[], atMs: number): AmountQuantiles[] {
  return PAST_HALF_LIVES_MS.map((halfLifeMs) => {
    const weighted = windows.filter(({ knownMs }) => knownMs <= atMs)
      .map(({ sat, knownMs }) => ({
        sat: sat < 1000 ? 0 : sat,
        weight: 0.5 ** ((atMs - knownMs) / halfLifeMs),
      }));
    const sorted = [{ sat: 0, weight: 6 }, ...weighted].sort((a, b) => a.sat - b.sat);
    const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
    const below = (x: number) =>
      sorted.reduce((sum, { sat, weight }) => sat <= x ? sum + weight : sum, 0);
    return {
      sat: QUANTILE_LEVELS.map((level) =>
        (sorted.find(({ sat }) => below(sat) > level * total + 1e-9) ?? sorted.at(-1)!).sat
      ),
      none: below(0) / total,
    };
  });
}

Deno.test("OwnPast is the weighted distribution of the windows known by then", () => {
  const window = fc.record({
    sat: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5_000_000 })),
    hours: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(fc.property(
    fc.array(window, { maxLength: 60 }),
    fc.integer({ min: 0, max: 24 }),
    (windows, backHours) => {
      const past = new OwnPast(DAY_MS);
      let knownMs = 0;
      const known = windows.map(({ sat, hours }) => ({ sat, knownMs: knownMs += hours * HOUR_MS }));
      for (const one of known) past.add(one.sat, one.knownMs);
      // As of now, and as of up to a day ago.
      const atMs = knownMs - backHours * HOUR_MS + 1;
      const expected = naivePast(known, atMs);
      past.forecasts(atMs).forEach(({ sat, none }, h) => {
        assert.ok(Math.abs(none! - expected[h].none!) < 1e-9);
        assert.deepEqual(sat, expected[h].sat);
      });
    },
  ));
});

Deno.test("ExpertMixture weights go to the better expert, and always add up to 1", () => {
  const rng = seededRng(3);
  const mixture = new ExpertMixture([0.2, 0.4, 0.4], 1);
  for (let i = 0; i < 400; i++) {
    const truth = 100 + 20 * rng.float();
    const said = [[110], [160], [20]];
    const [weights] = mixture.weights;
    const made = said.reduce((sum, [value], k) => sum + weights[k] * value, 0);
    mixture.learn([{ said, made: [made], slope: [truth > made ? -0.5 : 0.5] }]);
    assert.ok(Math.abs(mixture.weights[0].reduce((a, b) => a + b, 0) - 1) < 1e-9);
  }
  const [best, high, low] = mixture.weights[0];
  assert.ok(best > 0.7 && best > high && best > low, `${mixture.weights[0]}`);
});

Deno.test("NeedMixture follows a past that a model misses, and keeps to a model that is right", () => {
  const place = { key: "node/channel", side: "outbound" as const };
  const horizonMs = DAY_MS;
  const right = { sat: [0, 0, 0, 100_000, 130_000], none: 0.5 };
  for (const [model, name] of [[NOTHING, "blind"], [right, "right"]] as const) {
    const mixture = new NeedMixture(horizonMs);
    const waiting: { atMs: number; need: number; mixed: ReturnType<NeedMixture["forecast"]> }[] =
      [];
    let [mixedLoss, modelLoss] = [0, 0];
    needsOf(100_000, 360, 5).forEach((need, i) => {
      const atMs = i * 4 * HOUR_MS;
      while (waiting.length > 0 && waiting[0].atMs + horizonMs <= atMs) {
        const done = waiting.shift()!;
        mixture.learn(place, done.mixed, done.need, done.atMs + horizonMs);
      }
      const mixed = mixture.forecast(place, model, { atMs, capacitySat: 1_000_000 });
      waiting.push({ atMs, need, mixed });
      if (i < 60) return;
      mixedLoss += meanPinball(need, mixed.quantiles.sat);
      modelLoss += meanPinball(need, model.sat);
    });
    if (name === "blind") assert.ok(mixedLoss < 0.75 * modelLoss, `${mixedLoss} of ${modelLoss}`);
    else assert.ok(mixedLoss < 1.05 * modelLoss, `${mixedLoss} of ${modelLoss}`);
  }
});

Deno.test("NeedMixture read as of an earlier time says what it said then", () => {
  const horizonMs = DAY_MS;
  const mixture = new NeedMixture(horizonMs);
  const place = { key: "node/channel", side: "inbound" as const };
  const at = (ms: number) => ({ atMs: ms, capacitySat: 1_000_000 });
  const needs = needsOf(200_000, 120, 9);
  const made = needs.map((_, i) => i * 4 * HOUR_MS).map((atMs, i) => {
    const mixed = mixture.forecast(place, NOTHING, at(atMs));
    // Six windows later this one is known: what is learned then is of six windows before.
    if (i >= 6) {
      const past = mixture.forecast(place, NOTHING, at(atMs - horizonMs));
      mixture.learn(place, past, needs[i - 6], atMs);
    }
    return mixed;
  });
  for (const back of [1, 3, 5]) {
    const i = needs.length - 1 - back;
    // A moment earlier: what became known at that very time was learned after the forecast.
    const { quantiles } = mixture.forecast(place, NOTHING, at(i * 4 * HOUR_MS - 1));
    assert.ok(Math.abs(quantiles.none! - made[i].quantiles.none!) < 1e-6);
    quantiles.sat.forEach((sat, l) => assert.ok(Math.abs(sat - made[i].quantiles.sat[l]) < 1));
  }
  assert.notDeepEqual(made[10].quantiles, made[100].quantiles);
});
