import assert from "node:assert/strict";
import { parseCommandLine } from "../../lib/cli/parse.ts";
import { run } from "../../lib/cli/commands/demo.ts";
import { demoResult, finalTable, statusLine, verdict } from "../../lib/cli/demo/report.ts";
import { type Figures, figuresSince, netIncomeMsat } from "../../lib/cli/twin/figures.ts";

function figures(more: Partial<Figures> = {}): Figures {
  return {
    payments: 100,
    settled: 80,
    forwards: 50,
    feesEarnedMsat: 10_000_000,
    rebalanceCostMsat: 0,
    netByOperatorMsat: [6_000_000, 4_000_000],
    ...more,
  };
}

/** A demo on a small network in a folder of its own; ports are free ones. */
async function runSmall(seed: number): Promise<Record<string, unknown>> {
  const folder = await Deno.makeTempDir();
  const argv = ["--nodes=150", "--operators=4", "--days=3", "--payments-per-day=1500", "--json"];
  argv.push("--minutes=3", "--port=0", "--ws-port=0", `--seed=${seed}`, `--data-dir=${folder}`);
  const lines: string[] = [];
  try {
    const { options } = await parseCommandLine("demo", argv, { env: () => undefined });
    const signal = new AbortController().signal;
    await run(options, { args: [], print: (line) => lines.push(line), signal });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return JSON.parse(lines.join("\n"));
}

Deno.test("demo runs the whole loop, and the same seed gives the same result", async () => {
  const [first, second] = [await runSmall(5), await runSmall(5)];
  assert.deepEqual(second, first);
  assert.equal(first.cutShort, false);
  const twin = first.twin as Record<string, number>;
  assert.equal(twin.rebalanceCostSat, 0, "the twin gets no suggestions");
  assert.ok(twin.payments > 1000);
  assert.equal((first.lens as Record<string, number>).payments, twin.payments, "same traffic");
  const { applied, failed, refused } = first.suggestions as Record<string, number>;
  assert.ok(applied + failed + refused > 0, "suggestions flowed back");
});

Deno.test("demoResult measures the gain, and gives no share of an income that is not above 0", () => {
  const rest = {
    days: 10,
    measuredDays: 6,
    seed: 1,
    cutShort: false,
    suggestions: { applied: 1, failed: 2, refused: 3 },
  };
  const lens = figures({
    feesEarnedMsat: 13_000_000,
    rebalanceCostMsat: 1_000_000,
    netByOperatorMsat: [9_000_000, 3_000_000],
  });
  const result = demoResult(lens, figures(), rest);
  assert.equal(result.gainSat, 2000);
  assert.equal(result.gainShare, 0.2);
  assert.deepEqual([result.operatorsBetter, result.operatorsWorse], [1, 1]);
  assert.match(verdict(result), /\+2,000 sat \(\+20\.0 %\) over 6\.0 days/);
  const worse = demoResult(figures({ feesEarnedMsat: 0 }), figures({ feesEarnedMsat: 0 }), rest);
  assert.equal(worse.gainShare, null);
});

Deno.test("finalTable shows both twins and their difference", () => {
  const table = finalTable(figures({ rebalanceCostMsat: 500_000 }), figures()).join("\n");
  assert.match(table, /net income, sat +9,500 +10,000 +-500/);
  assert.match(table, /fees of rebalances, sat +500 +0 +\+500/);
});

Deno.test("finalTable fits a terminal of 60 columns", () => {
  const rich = figures({ feesEarnedMsat: 123_456_000 });
  const wide = finalTable(rich, rich), narrow = finalTable(rich, rich, 60);
  assert.equal(wide.length, narrow.length);
  assert.ok(wide[0].length > 60 && narrow.every((line) => line.length <= 60), narrow.join("\n"));
  assert.match(narrow.join("\n"), /net income, sat +123,456 +123,456 +\+0/);
});

Deno.test("figuresSince subtracts what came before", () => {
  const since = figuresSince(figures({ payments: 150, rebalanceCostMsat: 7 }), figures());
  assert.equal(since.payments, 50);
  assert.equal(netIncomeMsat(since), -7);
  assert.deepEqual(since.netByOperatorMsat, [0, 0]);
});

Deno.test("statusLine leaves out what does not fit, and cuts no number", () => {
  const state = {
    timeMs: Date.UTC(2024, 8, 23, 6),
    done: 0.5,
    suggesting: true,
    lens: figures({ feesEarnedMsat: 13_000_000 }),
    twin: figures(),
    applied: 33,
    failed: 30,
    refused: 0,
  };
  const whole = statusLine(state);
  assert.match(
    whole,
    /^2024-09-23 06:00 +50 % +success .* net 13,000 \/ 10,000 sat +gain \+3,000 sat/,
  );
  assert.match(whole, /gain \+3,000 sat {2}rebalances 33 applied, 30 failed$/);
  assert.equal(
    statusLine(state, 79),
    "2024-09-23 06:00   50 %  net 13,000 / 10,000 sat  gain +3,000 sat",
  );
  assert.equal(statusLine(state, 50), "2024-09-23 06:00   50 %  gain +3,000 sat");
  assert.equal(statusLine(state, 30), " 50 %  gain +3,000 sat");
  const learning = { ...state, suggesting: false };
  assert.match(statusLine(learning), /success .*learning, no suggestions yet$/);
  for (let cells = 5; cells < 140; cells++) {
    for (const line of [statusLine(state, cells), statusLine(learning, cells)]) {
      assert.ok(line.length <= cells, line);
    }
  }
});
