import assert from "node:assert/strict";
import { METRIC_PREFIX } from "../../lib/server/state/metrics.ts";
import { ALERT_CODES, METRICS } from "../../lib/server/mod.ts";
import { testServer } from "./server_fixture.ts";

const text = await Deno.readTextFile(new URL("../../docs/prometheus-rules.yml", import.meta.url));
const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));

Deno.test("docs/prometheus-rules.yml asks for metrics and labels that there are", () => {
  const names = Object.keys(METRICS) as (keyof typeof METRICS)[];
  const asked = [...text.matchAll(/\blightning_lens_(\w+)(?:\{(\w+)=)?/g)];
  assert.ok(asked.length >= ALERT_CODES.length);
  for (const [, name, label] of asked) {
    const metric = names.find((other) => other === name);
    assert.ok(metric !== undefined, `${METRIC_PREFIX}${name}`);
    const labels: readonly string[] = METRICS[metric].labels;
    if (label !== undefined) assert.ok(labels.includes(label), label);
  }
});

Deno.test("docs/prometheus-rules.yml asks for what a server tells at /metrics", async () => {
  const { server, request, dispose } = await testServer();
  try {
    server.alerts.check();
    const told = await (await request("/metrics")).text();
    for (const [, name] of text.matchAll(/\b(lightning_lens_\w+)/g)) {
      assert.match(told, new RegExp(`^# TYPE ${name} `, "m"));
    }
    for (const code of ALERT_CODES) {
      assert.ok(told.includes(`${METRIC_PREFIX}alerts{code="${code}"} 0`), code);
    }
  } finally {
    await dispose();
  }
});

Deno.test("docs/prometheus-rules.yml has a rule for every code of an alert, and no other", () => {
  const codes = [...text.matchAll(/code="(\w+)"/g)].map(([, code]) => code);
  assert.deepEqual(codes, [...ALERT_CODES]);
});

Deno.test("docs/prometheus-rules.yml is plain YAML: rules with a name, an expression and a summary", () => {
  for (const line of lines) {
    assert.match(line, /^(?: {2})*(- )?\w+:( ("[^"]*"|[^"#:\s][^#]*))?$/, line);
    assert.doesNotMatch(line, /\t| $/);
  }
  const rules = lines.join("\n").split(/^ {6}- alert: /m).slice(1);
  assert.equal(new Set(rules.map((rule) => rule.split("\n")[0])).size, rules.length);
  for (const rule of rules) {
    for (const part of [/^ {8}expr: \S/m, /^ {10}severity: \w+$/m, /^ {10}summary: "/m]) {
      assert.match(rule, part);
    }
  }
});
