import assert from "node:assert/strict";
import { fileStamp, ManualClock, parseIsoTime, systemClock } from "../../lib/core/mod.ts";

Deno.test("parseIsoTime takes a time without a zone as UTC and refuses what is no time", () => {
  const utc = Date.UTC(2024, 8, 22, 13, 45, 1);
  assert.equal(parseIsoTime("2024-09-22T13:45:01"), utc);
  assert.equal(parseIsoTime("2024-09-22 13:45:01"), utc);
  assert.equal(parseIsoTime("2024-09-22T13:45:01Z"), utc);
  assert.equal(parseIsoTime("2024-09-22T15:45:01+02:00"), utc);
  assert.equal(parseIsoTime("2024-09-22T13:45:01.250000"), utc + 250);
  assert.equal(parseIsoTime("2024-09-22"), Date.UTC(2024, 8, 22));
  assert.equal(parseIsoTime("2024-02-29"), Date.UTC(2024, 1, 29));
  for (
    const text of [
      "",
      "2023-02-29",
      "2024-04-31T00:00:00Z",
      "yesterday",
      "2024-13-45T00:00:00",
      "1727012701",
      "2024-09-22T25:00:00",
    ]
  ) {
    assert.equal(parseIsoTime(text), undefined, text);
  }
});

Deno.test("fileStamp sorts as time does", () => {
  assert.equal(fileStamp(Date.UTC(2024, 8, 22, 13, 45, 1)), "20240922_134501");
});

Deno.test("ManualClock wakes sleepers in order of their time and never runs back", async () => {
  const clock = new ManualClock(1000);
  const woken: string[] = [];
  const late = clock.sleep(20).then(() => woken.push("late"));
  const early = clock.sleep(10).then(() => woken.push("early"));
  clock.advanceTo(1010);
  await early;
  clock.advanceTo(500);
  assert.equal(clock.nowMs(), 1010);
  assert.deepEqual(woken, ["early"]);
  clock.advanceTo(2000);
  await late;
  assert.deepEqual(woken, ["early", "late"]);
});

Deno.test("ManualClock ends a sleep when its signal aborts", async () => {
  const stop = new AbortController();
  const sleeping = new ManualClock().sleep(1e9, stop.signal);
  stop.abort();
  await sleeping;
});

Deno.test("systemClock sleeps longer than a timer can, and wakes when its signal aborts", async () => {
  const stop = new AbortController();
  let awake = false;
  const sleeping = systemClock.sleep(2 ** 31 + 1000, stop.signal).then(() => awake = true);
  await systemClock.sleep(20);
  assert.equal(awake, false);
  stop.abort();
  await sleeping;
});
