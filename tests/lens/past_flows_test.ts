import assert from "node:assert/strict";
import fc from "fast-check";
import { HOUR_MS } from "../../lib/core/mod.ts";
import { PastFlows } from "../../lib/lens/mod.ts";
import { replayCurve } from "../../lib/planning/mod.ts";

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
  const options = { windowsMs: [HOUR_MS, 2 * HOUR_MS], mostFlows: 50 };
  const flows = new PastFlows(options);
  for (let minute = 0; minute < 1000; minute++) flows.add(demand(minute * 60_000));
  assert.ok(flows.between("k", -1, Infinity).length <= 55);
  flows.add(demand(100 * HOUR_MS));
  assert.equal(flows.between("k", -1, Infinity).length, 1);
});

Deno.test("PastFlows.curve replays each window up to now, and nothing that was watched too shortly", () => {
  const windowsMs = [HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS];
  const flows = new PastFlows({ windowsMs, leastMs: 2 * HOUR_MS });
  const channel = { capacitySat: 1000, ratePpm: 1000 };
  for (const hours of [0.5, 2.5, 3]) flows.add(demand(hours * HOUR_MS, 300_000));
  const curve = (observedMs: number) =>
    flows.curve("k", { ...channel, timeMs: 4 * HOUR_MS, observedMs });
  assert.equal(curve(1.9 * HOUR_MS), undefined);
  const known = windowsMs.map((lengthMs) =>
    flows.between("k", 4 * HOUR_MS - lengthMs, 4 * HOUR_MS)
  );
  assert.deepEqual(known.map(({ length }) => length), [0, 2, 3]);
  for (const change of [299, 300, 600, 900]) {
    assert.equal(
      curve(2 * HOUR_MS)!.changeMsat(0, change),
      replayCurve(known, channel).changeMsat(0, change),
    );
  }
  assert.equal(curve(2 * HOUR_MS)!.changeMsat(0, 299), 0);
  assert.ok(curve(2 * HOUR_MS)!.changeMsat(0, 300) > 0);
});

Deno.test("PastFlows.nodePast counts a forward between own channels once, and others by their one end", () => {
  const flows = new PastFlows({ windowsMs: [2 * HOUR_MS, 2 * HOUR_MS, 2 * HOUR_MS] });
  const flow = { timeMs: HOUR_MS, feeMsat: 50_000, served: true };
  const forward = (inChannel: string, outChannel: string, sat: number) => {
    const amountMsat = sat * 1000;
    const into = { direction: "in" as const, amountMsat: amountMsat + flow.feeMsat };
    const out = { direction: "out" as const, amountMsat };
    flows.add({ ...flow, ...into, key: `me/${inChannel}`, otherChannel: outChannel });
    flows.add({ ...flow, ...out, key: `me/${outChannel}`, otherChannel: inChannel });
  };
  forward("a", "b", 300);
  forward("closed", "b", 200);
  const channel = (channelId: string, localBalanceSat: number) => ({
    ...{ node: "me", channelId, peer: `peer of ${channelId}`, capacitySat: 1000, active: true },
    ...{ localBalanceSat, remoteBalanceSat: 1000 - localBalanceSat },
  });
  const past = flows.nodePast([channel("a", 1000), channel("b", 0)], 2 * HOUR_MS);
  past.settle([]);
  const all = past.weights.reduce((sum, weight) => sum + weight, 0);
  const served = (amountSat: number) =>
    Math.round(past.gainMsat({ source: "a", target: "b", amountSat, ratePpm: 1e9 }) / all);
  assert.equal(served(199), 0);
  assert.equal(served(200), 50_000, "what came by a channel that is gone leaves by b");
  assert.equal(served(500), 100_000, "and the forward from a to b counts once");
});
