import assert from "node:assert/strict";
import { fileStamp, ManualClock, parseIsoTime } from "../../lib/core/mod.ts";

Deno.test("parseIsoTime takes a time without a zone as UTC and refuses what is no time", () => {
  const utc = Date.UTC(2024, 8, 22, 13, 45, 1);
  assert.equal(parseIsoTime("2024-09-22T13:45:01"), utc);
  assert.equal(parseIsoTime("2024-09-22 13:45:01"), utc);
  assert.equal(parseIsoTime("2024-09-22T13:45:01Z"), utc);
  assert.equal(parseIsoTime("2024-09-22T15:45:01+02:00"), utc);
  assert.equal(parseIsoTime("2024-09-22T13:45:01.250000"), utc + 250);
  assert.equal(parseIsoTime("2024-09-22"), Date.UTC(2024, 8, 22));
  for (
    const text of ["", "yesterday", "2024-13-45T00:00:00", "1727012701", "2024-09-22T25:00:00"]
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
