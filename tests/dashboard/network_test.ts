import assert from "node:assert/strict";
import fc from "fast-check";
import { nodeFacts } from "../../lib/dashboard/app/node_facts.ts";
import { parseMetrics } from "../../lib/dashboard/app/prometheus.ts";
import { radialPositions } from "../../lib/dashboard/app/radial.ts";

Deno.test("radialPositions puts nodes with more channels nearer to the middle, none on another", () => {
  const ends = fc.array(fc.nat(19), { maxLength: 200 }).map((all) => all.slice(0, all.length & ~1));
  fc.assert(fc.property(ends, (ends) => {
    const { x, y, degree } = radialPositions(20, ends);
    const radius = Array.from(x, (_, i) => Math.hypot(x[i], y[i]));
    for (let a = 0; a < 20; a++) {
      assert.ok(radius[a] <= 1);
      for (let b = 0; b < 20; b++) {
        if (degree[a] > degree[b]) assert.ok(radius[a] < radius[b]);
        if (a !== b) assert.notEqual(radius[a], radius[b]);
      }
    }
  }));
});

Deno.test("nodeFacts counts channels, neighbours and capacity", () => {
  const network = {
    nodes: ["a", "b", "c"],
    aliases: ["", "bee", ""],
    channels: ["1", "2", "3"],
    ends: [0, 1, 1, 0, 1, 2],
    capacity_sat: [5, 6, 7],
  };
  assert.deepEqual(nodeFacts(network, "b"), {
    ...{ id: "b", alias: "bee", channels: 3, neighbours: 2, capacitySat: 18, rank: 1 },
  });
  assert.equal(nodeFacts(network, "a")?.rank, 2);
  assert.equal(nodeFacts(network, "z"), undefined);
});

Deno.test("parseMetrics reads names, labels and values of the given prefix", () => {
  const text = `# HELP x_a help
x_a{kind="with \\"quotes\\"",of="b"} 1.5e3
x_b 2
other 3`;
  assert.deepEqual(parseMetrics(text, "x_"), [
    { name: "a", labels: { kind: 'with \\"quotes\\"', of: "b" }, value: 1500 },
    { name: "b", labels: {}, value: 2 },
  ]);
});
