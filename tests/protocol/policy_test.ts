import assert from "node:assert/strict";
import { InputError } from "../../lib/core/mod.ts";
import { NO_POLICY, readPolicy, ruleFor } from "../../lib/protocol/mod.ts";

async function policyFile(text: string): Promise<string> {
  const path = await Deno.makeTempFile({ suffix: ".toml" });
  await Deno.writeTextFile(path, text);
  return path;
}

Deno.test("ruleFor knows a channel by any form of its name", async () => {
  const policy = await readPolicy(
    await policyFile(
      'exclude_channels = ["402:1:0"]\n[[channel]]\nid = "442003674562560"\nhigh = 0.5',
    ),
  );
  const rule = (channelId: string) => ruleFor(policy, { channelId, peer: "p" });
  assert.deepEqual(rule("442003674431488"), { role: "none" });
  assert.deepEqual(rule("402x1x0"), { role: "none" });
  assert.deepEqual(rule("402x3x0").high, 0.5);
  assert.deepEqual(rule("402x2x0"), {});
});

Deno.test("readPolicy reads what an operator lays down", async () => {
  const policy = await readPolicy(
    await policyFile(`
exclude_peers = ["02aa"]
min_confidence = 0.6
quiet_hours = ["22:00-07:00"]
time_zone = "Europe/Zurich"
[limits]
budget_sat_per_day = 500
max_fee_sat = 50
[[channel]]
id = "1x1x1"
role = "target"
high = 0.8
max_fee_ppm = 200
`),
  );
  assert.deepEqual(policy.limits, { budgetSatPerDay: 500, maxFeeSat: 50 });
  assert.deepEqual(policy.channel, [{ id: "1x1x1", role: "target", high: 0.8, maxFeePpm: 200 }]);
  assert.equal(policy.timeZone, "Europe/Zurich");
  assert.deepEqual(await readPolicy(await policyFile("# none")), NO_POLICY);
});

const wrong: [string, number, RegExp][] = [
  ["\na = 1", 2, /a: expected a member that is known/],
  ["[limits]\nbudget = 1", 2, /limits.budget: expected a member that is known/],
  ["margin = 0.5", 1, /margin: found 0.5, expected 1 or more/],
  ['\nquiet_hours = ["25:00-26:00"]', 2, /expected hours such as/],
  ['time_zone = "Mars"', 1, /expected a time zone/],
  ["min_amount_sat = 5\nmax_amount_sat = 4", 1, /max_amount_sat or less, which is 4/],
  ["[limits]\nbudget_sat_per_day = 5\nmax_fee_sat = 6", 3, /budget_sat_per_day or less/],
  ['[[channel]]\nid = "a"\n\n[[channel]]\nid = "a"', 5, /one \[\[channel\]\] for each id/],
  ['exclude_peers = ["p"]\n[[peer]]\nid = "p"', 3, /that exclude_peers does not name/],
  ['[[peer]]\nid = "p"\nlow = 0.6\nhigh = 0.5', 3, /high or less, which is 0.5/],
  ['[[peer]]\nid = "p"\n[[peer]]\nid = "q"\nrole = "sink"', 5, /both, source, target or none/],
  ['quiet_hours = ["07:00-07:00"]', 1, /kill switch/],
];

for (const [text, line, message] of wrong) {
  Deno.test(`readPolicy names the line of ${JSON.stringify(text)}`, async () => {
    const path = await policyFile(text);
    await assert.rejects(readPolicy(path), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, message);
      assert.equal(error.fault.line, line);
      assert.equal(error.fault.file, path);
      return true;
    });
  });
}
