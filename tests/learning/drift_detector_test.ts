import assert from "node:assert/strict";
import { HOUR_MS, type Rng, seededRng } from "../../lib/core/mod.ts";
import { DriftDetector } from "../../lib/learning/mod.ts";

/** Errors with a heavy tail, as pinball losses have, and a rhythm of a day. */
function heavyError(rng: Rng, hour: number, factor: number): number {
  const rhythm = 1 + 0.5 * Math.sin(2 * Math.PI * hour / 24);
  return factor * rhythm * Math.exp(1.5 * rng.normal());
}

/** Hours until the first alarm; Infinity without one. */
function firstAlarm(seed: number, { hours, shiftAt = Infinity, factor = 1 }: {
  hours: number;
  shiftAt?: number;
  factor?: number;
}): { hour: number; detector: DriftDetector } {
  const rng = seededRng(seed);
  const detector = new DriftDetector();
  for (let hour = 0; hour < hours; hour++) {
    const scale = hour >= shiftAt ? factor : 1;
    // Ten errors an hour.
    for (let i = 0; i < 10; i++) {
      const timeMs = hour * HOUR_MS + i * 60_000;
      if (detector.observe(heavyError(rng, hour, scale), timeMs).alarms > 0) {
        return { hour, detector };
      }
    }
  }
  return { hour: Infinity, detector };
}

Deno.test("DriftDetector raises few false alarms, however heavy the tail of the errors", () => {
  const hours = 168 + 600;
  let alarms = 0;
  for (let seed = 1; seed <= 60; seed++) {
    if (firstAlarm(seed, { hours }).hour < Infinity) alarms++;
  }
  // 60 runs of 600 judged blocks: 36,000 blocks, at most one alarm in 3,000.
  assert.ok(alarms <= 12, `${alarms} alarms in 36,000 blocks`);
});

Deno.test("DriftDetector notices errors that double within about a day, with the time it began", () => {
  const delays: number[] = [];
  const shiftAt = 168 + 200;
  for (let seed = 1; seed <= 40; seed++) {
    const { hour, detector } = firstAlarm(seed, { hours: shiftAt + 400, shiftAt, factor: 2 });
    if (hour < shiftAt) continue;
    assert.ok(hour < Infinity, `seed ${seed}: never noticed`);
    delays.push(hour - shiftAt);
    const { state, direction, sinceMs } = detector.state;
    assert.equal(state, "drift");
    assert.equal(direction, "up");
    assert.ok(sinceMs !== undefined && sinceMs <= hour * HOUR_MS);
  }
  assert.ok(delays.length >= 30);
  delays.sort((a, b) => a - b);
  const median = delays[delays.length >> 1];
  assert.ok(median <= 30, `median delay ${median} h`);
});

Deno.test("DriftDetector tells errors that shrink from those that grow, and starts anew", () => {
  const { hour, detector } = firstAlarm(3, { hours: 2000, shiftAt: 300, factor: 0.2 });
  assert.ok(hour < Infinity);
  assert.equal(detector.state.direction, "down");
  // The lower level is the new reference: no second alarm on it.
  const rng = seededRng(99);
  for (let h = hour + 1; h < hour + 400; h++) {
    detector.observe(heavyError(rng, h, 0.2), h * HOUR_MS);
  }
  assert.equal(detector.state.alarms, 1);
  assert.equal(detector.state.state, "steady");
});

Deno.test("DriftDetector says nothing before its reference is full, and passes over what is no number", () => {
  const detector = new DriftDetector({ referenceBlocks: 20 });
  detector.observe(NaN, 0);
  detector.observe(1, NaN);
  for (let hour = 0; hour < 20; hour++) {
    assert.equal(detector.observe(hour === 10 ? 1e9 : 1, hour * HOUR_MS).state, "learning");
  }
  assert.equal(detector.state.blocks, 19);
  detector.reset();
  assert.deepEqual(detector.state, { state: "learning", level: 0, alarms: 0, blocks: 0 });
});
