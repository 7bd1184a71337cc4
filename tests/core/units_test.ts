import assert from "node:assert/strict";
import { formatBytes, formatDuration, formatSat, parseDuration } from "../../lib/core/mod.ts";

Deno.test("parseDuration reads days, hours, minutes and seconds, in this order, and nothing else", () => {
  assert.equal(parseDuration("2h30m"), 9_000_000);
  assert.equal(parseDuration("1d1s"), 86_401_000);
  assert.equal(parseDuration("0s"), 0);
  assert.equal(formatDuration(parseDuration("1d12h")!), "1 d 12 h");
  for (const text of ["", "2", "h", "30m2h", "1.5h", "-1h", "2 h"]) {
    assert.equal(parseDuration(text), undefined, text);
  }
});

Deno.test("formatDuration shows the two largest units that are not 0", () => {
  const shown = [0, 400, 600, 12_000, 62_000, 86_400_000, 86_460_000, 93_784_000, -5].map(
    formatDuration,
  );
  assert.deepEqual(shown, [
    ...["0 s", "0 s", "1 s", "12 s", "1 min 2 s", "1 d", "1 d 1 min", "1 d 2 h", "0 s"],
  ]);
});

Deno.test("formatBytes shows three digits and never 1000 of a unit", () => {
  const shown = [0, 999, 1000, 1500, 99_400, 99_600, 999_400, 999_600, 2.5e9, 7e15].map(
    formatBytes,
  );
  assert.deepEqual(shown, [
    ...["0 B", "999 B", "1.00 kB", "1.50 kB", "99.4 kB", "100 kB", "999 kB", "1.00 MB", "2.50 GB"],
    "7000 TB",
  ]);
});

Deno.test("formatSat is exact below a million, then short", () => {
  const shown = [0, 0.25, 9.5, 10.4, 12_345, -12_345, 999_999, 1e6, 1_234_567, -2.5e7, 1.5e8];
  assert.deepEqual(shown.map(formatSat), [
    ...["0 sat", "0.3 sat", "9.5 sat", "10 sat", "12,345 sat", "-12,345 sat", "999,999 sat"],
    ...["1 M sat", "1.23 M sat", "-25 M sat", "1.5 BTC"],
  ]);
});
