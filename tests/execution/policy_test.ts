import assert from "node:assert/strict";
import { forbiddenBy } from "../../lib/execution/mod.ts";
import { NO_POLICY, type OperatorPolicy, ruleFor } from "../../lib/protocol/mod.ts";
import { suggestionOf } from "./suggestions.ts";

const NOON = Date.UTC(2024, 0, 1, 12);
const suggestion = suggestionOf("s", NOON);

function reason(policy: Partial<OperatorPolicy>, nowMs = NOON): string | undefined {
  return forbiddenBy({ ...NO_POLICY, ...policy })(suggestion, nowMs);
}

Deno.test("forbiddenBy allows what no rule forbids", () => {
  assert.equal(reason({}), undefined);
  assert.equal(reason({ channel: [{ id: "source", role: "source" }] }), undefined);
  assert.equal(reason({ channel: [{ id: "target", maxFeePpm: 800 }] }), undefined);
});

Deno.test("forbiddenBy names the rule that forbids", () => {
  assert.match(reason({ excludeChannels: ["target"] })!, /target to bob is excluded/);
  assert.match(reason({ excludePeers: ["alice"] })!, /source to alice is excluded/);
  assert.match(reason({ channel: [{ id: "source", role: "target" }] })!, /may not be a source/);
  assert.match(reason({ peer: [{ id: "bob", role: "none" }] })!, /target to bob is excluded/);
  assert.match(reason({ peer: [{ id: "bob", maxFeePpm: 700 }] })!, /800 ppm is above 700 ppm/);
  assert.match(reason({ minConfidence: 0.95 })!, /confidence of 0.90 is below 0.95/);
  assert.match(reason({ maxAmountSat: 99_999 })!, /more than 99999/);
  assert.match(reason({ minAmountSat: 100_001 })!, /less than 100001/);
});

Deno.test("forbiddenBy keeps quiet hours in the operator's zone, over midnight too", () => {
  const quietHours = ["22:00-07:00"];
  const at = (hour: number) => Date.UTC(2024, 0, 1, hour);
  assert.equal(reason({ quietHours }, at(7)), undefined);
  assert.match(reason({ quietHours }, at(6))!, /quiet hours \(22:00-07:00 UTC\)/);
  assert.match(reason({ quietHours }, at(22))!, /quiet/);
  assert.equal(reason({ quietHours, timeZone: "Europe/Zurich" }, at(6)), undefined);
  assert.match(reason({ quietHours, timeZone: "Europe/Zurich" }, at(21))!, /quiet/);
});

Deno.test("ruleFor lets the channel's rule win member by member", () => {
  const policy = {
    ...NO_POLICY,
    peer: [{ id: "bob", role: "target" as const, high: 0.7 }],
    channel: [{ id: "target", high: 0.9 }],
  };
  const { role, high } = ruleFor(policy, { channelId: "target", peer: "bob" });
  assert.deepEqual([role, high], ["target", 0.9]);
});
