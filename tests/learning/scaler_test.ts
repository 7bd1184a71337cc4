import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError, seededRng } from "../../lib/core/mod.ts";
import { DRIFT_ALARM, featureDrift, Scaler } from "../../lib/learning/mod.ts";

function rowsOf(seed: number, shift = 0) {
  const rng = seededRng(seed);
  const rows = 2000;
  const x = Float64Array.from({ length: rows * 3 }, (_, i) => {
    if (i % 3 === 0) return rng.normal() * 2 + 5 + shift;
    if (i % 3 === 1) return rng.float() < 0.3 ? NaN : rng.exponential();
    return 7;
  });
  return { featureNames: ["a", "b", "constant"], rows, x };
}

Deno.test("Scaler means, deviations, ranges and missing shares are those of the data", () => {
  const { features } = Scaler.fit(rowsOf(1));
  assert.ok(Math.abs(features[0].mean - 5) < 0.2 && Math.abs(features[0].deviation - 2) < 0.2);
  assert.ok(Math.abs(features[1].missing - 0.3) < 0.05);
  for (const { shares, missing } of features) {
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) + missing - 1) < 1e-9);
  }
  const some = Scaler.fit(rowsOf(1), [0, 1]);
  assert.equal(some.rows, 2);
});

Deno.test("Scaler files read back alike; changed and later ones are refused", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "scaler_x.json");
    const scaler = Scaler.fit(rowsOf(1));
    await scaler.save(path);
    assert.deepEqual(await Scaler.load(path), scaler);
    const text = await Deno.readTextFile(path);
    for (
      const [from, to, message] of [
        ['"rows":2000', '"rows":2001', /checksum/],
        ['"version":1', '"version":9', /version.*later/],
      ] as const
    ) {
      await Deno.writeTextFile(path, text.replace(from, to));
      await assert.rejects(
        Scaler.load(path),
        (error) => error instanceof InputError && message.test(error.message),
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("featureDrift is small for the same population and loud for a moved one", () => {
  const scaler = Scaler.fit(rowsOf(1));
  for (const { psi } of featureDrift(scaler, rowsOf(2))) assert.ok(psi < 0.05);
  const [worst] = featureDrift(scaler, rowsOf(2, 3));
  assert.equal(worst.feature, "a");
  assert.ok(worst.psi > DRIFT_ALARM);
});
