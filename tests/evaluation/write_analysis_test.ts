import assert from "node:assert/strict";
import { join } from "node:path";
import { openCsv, silentProgress } from "../../lib/core/mod.ts";
import {
  type AnalysisFiles,
  analyzeFeatures,
  MOST_PAGES,
  PREDICTION_COLUMNS,
  writeAnalysis,
} from "../../lib/evaluation/mod.ts";
import { type Network, NetworkBuilder } from "../../lib/network/mod.ts";
import { policy } from "../network/helpers.ts";
import type { FeatureTable } from "../../lib/liquidity/mod.ts";
import type { RouteEstimator } from "../../lib/planning/mod.ts";
import {
  cheapRoutes,
  dearRoutes,
  halfForecaster,
  reportedModel,
  sample,
  sampleTable,
  START_MS,
  tableOf,
  watched,
} from "./sample_table.ts";

/** Analyses a table into a folder that is gone afterwards. */
async function withAnalysis(
  input: { table: FeatureTable; estimate: RouteEstimator; network?: Network },
  check: (files: AnalysisFiles, report: string) => Promise<void> | void,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const analysis = analyzeFeatures(input.table, { forecaster: halfForecaster, ...input });
    const files = await writeAnalysis(analysis, {
      model: reportedModel,
      source: "data/processed/features_x.csv",
      dataDir: join(folder, "data"),
      visualizationsDir: join(folder, "pictures"),
      madeMs: START_MS,
      progress: silentProgress,
      network: input.network && { network: input.network, path: "graph.json" },
    });
    await check(files, await Deno.readTextFile(files.report));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("writeAnalysis writes the files that commands.md names", () =>
  withAnalysis({ table: sampleTable(30), estimate: cheapRoutes }, (files, report) => {
    assert.match(files.predictions, /data\/predictions\/predictions_20260105_000000\.csv$/);
    assert.deepEqual(files.pictures.map((path) => path.replace(/.*\//, "")).sort(), [
      "balance_distribution.png",
      "feature_importance.png",
      "optimal_vs_current.png",
      "rebalance_recommendations.png",
    ]);
    assert.match(files.report, /pictures\/rebalance_report\.md$/);
    for (const path of files.pictures) {
      assert.ok(report.includes(`](${path.replace(/.*\//, "")})`), path);
    }
  }));

Deno.test("writeAnalysis predictions: one row a channel, ratios and chances in range", () =>
  withAnalysis({ table: sampleTable(30), estimate: cheapRoutes }, async (files) => {
    const { columns, records } = await openCsv(files.predictions);
    assert.deepEqual(columns, PREDICTION_COLUMNS);
    const rows = (await Array.fromAsync(records)).map(({ row }) => row);
    assert.equal(rows.length, 30);
    const shares = columns.filter((name) => /ratio|confidence|^p_|optimal/.test(name));
    for (const row of rows) {
      assert.notEqual(row.reason, "");
      for (const name of shares.filter((name) => row[name] !== "")) {
        assert.ok(Number(row[name]) >= 0 && Number(row[name]) <= 1, `${name} ${row[name]}`);
      }
      assert.equal(row.side === "learning", row.optimal_ratio === "");
      if (row.side !== "learning") assert.ok(Number(row.optimal_low) <= Number(row.optimal_high));
    }
    assert.equal(rows.filter((row) => row.side === "learning").length, 4);
  }));

Deno.test("writeAnalysis report says first what to do, and why", () =>
  withAnalysis({ table: sampleTable(30), estimate: cheapRoutes }, (_, report) => {
    const order = ["# Rebalance report", "## Summary", "## Recommendations", "## Channels"]
      .concat(
        "## Why not",
        "## Channel by channel",
        "## Nodes",
        "## Statistics",
        "## Model",
        "## Method and limits",
      )
      .map((title) => report.indexOf(`${title}\n`));
    assert.ok(order.every((at) => at >= 0), String(order));
    assert.deepEqual(order, [...order].sort((a, b) => a - b));
    assert.match(report, /\*\*30 channels\*\* of 2 nodes/);
    assert.match(
      report,
      /error was 10\.0 % lower than that of the best baseline \(weighted mean, fitted\)/,
    );
    assert.match(report, /\| 1 \| `node-a` \| `peer of/);
    for (const [line] of report.matchAll(/^\|.*\|$/gm)) assert.doesNotMatch(line, /undefined|NaN/);
  }));

Deno.test("writeAnalysis without a rebalance that pays says so and why", () =>
  withAnalysis({ table: sampleTable(30), estimate: dearRoutes }, (_, report) => {
    assert.match(report, /\*\*No rebalance pays for itself now\*\*/);
    assert.match(report, /None: no rebalance pays for itself now\./);
    assert.match(report, /\| too expensive \| \d+ \|/);
    assert.match(report, /!\[No rebalance pays for itself now\./);
  }));

Deno.test("writeAnalysis of one channel and of channels that all learn", async () => {
  const table = tableOf([sample("one", watched(1_000_000, 10_000))]);
  await withAnalysis({ table, estimate: cheapRoutes }, (_, report) => {
    assert.match(report, /\*\*1 channel\*\* of 1 node /);
    assert.doesNotMatch(report, /NaN|undefined|## Nodes/);
  });
  const young = tableOf([sample("one", watched(1_000_000, 10_000, { hours_observed: 1 }))]);
  await withAnalysis({ table: young, estimate: cheapRoutes }, (_, report) => {
    assert.match(report, /1 still learning/);
    assert.doesNotMatch(report, /NaN|undefined/);
  });
});

Deno.test("writeAnalysis shows names of strangers as code", () => {
  const table = tableOf([
    sample("<script>|x", watched(1_000_000, 10_000), { peer: "![p](http://evil)`|\n# title" }),
  ]);
  return withAnalysis({ table, estimate: cheapRoutes }, (_, report) => {
    assert.ok(report.includes("`![p](http://evil)'¦ # title` `<script>¦x`"), report);
  });
});

Deno.test("writeAnalysis counts the channels of nodes whatever they are called", () => {
  const row = (node: string) => sample("1x1x1", watched(1_000_000, 10_000), { node });
  const table = tableOf(["constructor", "__proto__", "007"].map(row));
  return withAnalysis({ table, estimate: cheapRoutes }, (_, report) => {
    for (const node of ["constructor", "__proto__", "007"]) assert.match(report, new RegExp(node));
  });
});

Deno.test("writeAnalysis gives the same bytes again", async () => {
  const contents: string[] = [];
  for (let run = 0; run < 2; run++) {
    await withAnalysis({ table: sampleTable(20), estimate: cheapRoutes }, async (files, report) => {
      const folder = files.report.replace(/pictures\/.*/, "");
      contents.push(report.replaceAll(folder, ""));
      for (const path of [files.predictions, ...files.pictures]) {
        const bytes = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
        contents.push(new Uint8Array(bytes).toHex());
      }
    });
  }
  assert.deepEqual(contents.slice(0, 6), contents.slice(6));
});

Deno.test("writeAnalysis page holds all of the report and loads nothing", () =>
  withAnalysis(
    { table: sampleTable(30), estimate: cheapRoutes },
    async ({ page, pictures }, report) => {
      const html = await Deno.readTextFile(page);
      for (const [, title] of report.matchAll(/^## (.*)$/gm)) {
        assert.ok(html.includes(`>${title}</h2>`) && html.includes(`>${title}</a>`), title);
      }
      // A bar a channel, a fan for each of the 26 that are not learning.
      assert.equal(html.match(/<svg /g)?.length, pictures.length + 30 + 26);
      assert.ok(!/<script|<img|<link|src=|url\((?!#)/.test(html));
      for (const path of pictures) {
        assert.match(await Deno.readTextFile(path.replace(/png$/, "svg")), /^<svg [^]*<\/svg>\s*$/);
      }
    },
  ));

Deno.test("writeAnalysis has a page a channel, most at stake first, that the table leads to", () =>
  withAnalysis({ table: sampleTable(60), estimate: cheapRoutes }, async ({ page }, report) => {
    for (const text of [report, await Deno.readTextFile(page)]) {
      const ids = [...text.matchAll(/<details id="([^"]+)">/g)].map(([, id]) => id);
      assert.equal(ids.length, MOST_PAGES);
      assert.equal(new Set(ids).size, MOST_PAGES);
      for (const id of ids) assert.match(text, new RegExp(`(\\(|href=")#${id}["\\)]`));
    }
    const pages = report.split("<details ").slice(1);
    // The largest channel: needs of half the capacity at 75 %, of a tenth inwards.
    assert.match(pages[0], /\| 24 h \| outbound \| 900,000 sat .* \| 4\.5 M sat \| 5\.4 M sat \|/);
    assert.match(pages[0], /\| 24 h \| inbound \| – \| – \| 450,000 sat \| 900,000 sat \|/);
    for (const text of pages) {
      assert.match(text, /- Decision: [^]*Own terms|Own terms [^]*Decision: /);
    }
  }));

Deno.test("writeAnalysis with a channel graph tells of the network, and calls peers by their names", () => {
  const builder = new NetworkBuilder().addNode("node-a").addNode("peer of a", "Alice | <b>")
    .addNode("far");
  for (const [index, [node1, node2]] of [["node-a", "peer of a"], ["peer of a", "far"]].entries()) {
    builder.addChannel({
      ...{ channelId: `${index}x1x1`, node1, node2, capacitySat: 2_000_000 },
      ...{ policy1: policy(), policy2: policy() },
    });
  }
  const table = tableOf([sample("a", watched(1_000_000, 10_000))]);
  const input = { table, estimate: cheapRoutes, network: builder.build() };
  return withAnalysis(input, async (files, report) => {
    assert.match(report, /## Network\n\nThe channel graph in `graph.json`: 3 nodes, 2 channels/);
    assert.match(report, /### Place of `node-a`\n\n- Channels 1: place 2 of 3/);
    assert.match(report, /### 1\. `Alice ¦ <b>` `a`/);
    assert.match(report, /\| `far` \| 1 \| 1 \| 2 M sat \|/);
    assert.match(report, /Costs of routes were searched in the channel graph/);
    assert.ok(files.pictures.some((path) => path.endsWith("fee_rates.png")));
    const html = await Deno.readTextFile(files.page);
    assert.ok(!html.includes("<b>"));
    const [row] = await Array.fromAsync((await openCsv(files.predictions)).records);
    assert.equal(row.row.peer, "peer of a", "programs go on seeing keys");
  });
});
