import assert from "node:assert/strict";
import { experimentDifferences, renderPng } from "../../lib/charts/mod.ts";

const figures = [
  { metric: "income", arm: "base", mean: 200 },
  { metric: "income", arm: "dear", mean: 150, difference: { mean: -50, low: -80, high: -20 } },
  { metric: "nothing", arm: "base", mean: 0 },
  { metric: "nothing", arm: "dear", mean: 1, difference: { mean: 1, low: 0, high: 2 } },
  { metric: "fees", arm: "base", mean: 10 },
  {
    metric: "fees",
    arm: "dear",
    mean: 12,
    difference: { mean: 2, low: -Infinity, high: Infinity },
  },
];

// First of all: what formats numbers is kept by who draws.
Deno.test("renderPng asks for no language but its own", async () => {
  const { NumberFormat } = Intl;
  const asked = new Set<unknown>();
  Intl.NumberFormat = new Proxy(NumberFormat, {
    construct(target, [language, ...rest]) {
      asked.add(language);
      return new target(language, ...rest);
    },
  });
  try {
    await renderPng(experimentDifferences(figures));
  } finally {
    Intl.NumberFormat = NumberFormat;
  }
  assert.deepEqual([...asked], ["en-US"]);
});

Deno.test("experimentDifferences draws shares of the first arm's mean, and says how many are clear", async () => {
  const spec = experimentDifferences(figures);
  assert.deepEqual(spec.config.data.labels, ["income · dear", "fees · dear"]);
  assert.match(spec.summary, /^1 of 2 differences are clear/);
  const png = await renderPng(spec);
  assert.deepEqual([...png.subarray(1, 4)], [0x50, 0x4e, 0x47]);
  assert.match(experimentDifferences([]).summary, /Nothing/);
});

Deno.test("experimentDifferences keeps the metric of an arm whose name is too long", () => {
  const arm = `router=lnd-bimodal,max_parts=16,${"payments_per_day=20000,".repeat(3)}balances=even`;
  const difference = { mean: 1, low: 0, high: 2 };
  const { labels } = experimentDifferences([
    { metric: "operators: net income a day", arm: "base", mean: 1 },
    { metric: "operators: net income a day", arm, mean: 2, difference },
  ]).config.data;
  assert.deepEqual(labels, ["operators: net income a day · router=lnd-bimodal,max_par…"]);
});
