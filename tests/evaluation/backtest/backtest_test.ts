import assert from "node:assert/strict";
import { join } from "node:path";
import { DAY_MS, HOUR_MS, InputError, seededRng, silentProgress } from "../../../lib/core/mod.ts";
import { backtest, backtestLines, backtestRows } from "../../../lib/evaluation/mod.ts";
import { bootstrap } from "../../../lib/evaluation/backtest/bootstrap.ts";
import { historyOf } from "../../../lib/evaluation/backtest/history.ts";
import { assumedCapacities } from "../../../lib/evaluation/backtest/policies.ts";
import { rollOver } from "../../../lib/evaluation/backtest/rolling.ts";
import { seasonalMeans } from "../../../lib/evaluation/backtest/seasonal.ts";
import type { FeatureTable } from "../../../lib/liquidity/mod.ts";
import type { ForwardEvent } from "../../../lib/evaluation/backtest/forwards_log.ts";

const START_MS = Date.UTC(2024, 0, 1);

/** A node whose channels have rates of their own; forwards with a cycle of the day. */
function forwards(days: number, seed = 1): ForwardEvent[] {
  const rng = seededRng(seed);
  const events: ForwardEvent[] = [];
  for (let hour = 0; hour < days * 24; hour++) {
    const busy = 1 + Math.sin(2 * Math.PI * hour / 24);
    for (let c = 0; c < 6; c++) {
      if (rng.float() > 0.12 * busy * (c + 1) / 3) continue;
      const outAmountMsat = Math.round(5e7 * Math.exp(rng.normal()));
      events.push({
        kind: "forward",
        timeMs: START_MS + hour * HOUR_MS + Math.floor(rng.float() * HOUR_MS),
        forward: {
          node: "self",
          inChannel: `in${rng.int(3)}`,
          outChannel: `out${c}`,
          inAmountMsat: outAmountMsat + Math.round(outAmountMsat * 3e-4),
          outAmountMsat,
          outcome: "settled",
        },
      });
    }
  }
  return events.sort((a, b) => a.timeMs - b.timeMs);
}

async function judged(events: readonly ForwardEvent[]) {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "log.csv");
    const lines = events.map(({ timeMs, forward: f }) =>
      [timeMs / 1000, f.inChannel, f.outChannel, f.inAmountMsat, f.outAmountMsat].join()
    );
    const header = "timestamp,in_channel,out_channel,in_msat,out_msat";
    await Deno.writeTextFile(path, [header, ...lines, ""].join("\n"));
    return await backtest({
      forwards: path,
      assumptions: { costPpm: 60, probability: 0.5, seed: 1 },
      refits: 2,
      trees: 20,
      seed: 1,
      progress: silentProgress,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const log = forwards(40);
const result = await judged(log);

Deno.test("backtest judges every forecast on the same needs, beside the best simple one", () => {
  const day = result.forecasts.filter((f) => f.horizonMs === DAY_MS && f.side === "both");
  assert.deepEqual(
    day.map(({ forecast }) => forecast),
    ["mixture", "model", "ewma", "persistence", "seasonal", "nothing"],
  );
  assert.ok(day.every(({ rows }) => rows === day[0].rows && rows > 500));
  const best = Math.min(...day.slice(2).map(({ pinballSat }) => pinballSat));
  for (const { pinballSat, againstBest } of day) {
    assert.ok(Math.abs(pinballSat / best - 1 - againstBest.value) < 1e-9);
    assert.ok(againstBest.low <= againstBest.value && againstBest.value <= againstBest.high);
  }
  assert.ok(day[0].pinballSat < day[5].pinballSat, "the mixture beats forecasting nothing");
});

Deno.test("rollOver forecasts know nothing of what comes later", () => {
  const parts = {
    format: "csv" as const,
    withoutTime: 0,
    withoutChannel: 0,
    outOfOrder: 0,
    rejected: 0,
  };
  const history = historyOf({ ...parts, events: log }, [DAY_MS]);
  const memory = { memoryMs: 365 * DAY_MS, modelMemoryMs: 365 * DAY_MS };
  const options = { ...memory, startShare: 0.4, refits: 2, trees: 10, maxRows: 2000 };
  const roll = (table: FeatureTable) =>
    rollOver({ ...history, table }, { ...options, seed: 1, progress: silentProgress });
  const { table } = history;
  const plain = roll(table);
  const [{ fromMs, toMs }] = plain.origins;
  // All needs of windows that end after the first forecast, multiplied.
  const changed = (needs: Float64Array) =>
    needs.map((need, row) => table.timeMs[row] + DAY_MS > fromMs ? need * 10 + 5000 : need);
  const other = roll({
    ...table,
    outboundNeedSat: changed(table.outboundNeedSat),
    inboundNeedSat: changed(table.inboundNeedSat),
  });
  assert.equal(other.origins[0].fromMs, fromMs);
  let compared = 0;
  for (const [row, { model, ewma, persistence }] of plain.outbound) {
    if (table.timeMs[row] >= toMs) continue;
    const again = other.outbound.get(row)!;
    assert.deepEqual([again.model, again.ewma, again.persistence], [model, ewma, persistence]);
    compared++;
  }
  assert.ok(compared > 200, `${compared} rows`);
});

Deno.test("backtest policies see the same forwards and pay for what they move", () => {
  const [none, ...others] = result.policies;
  assert.equal(none.policy, "none");
  assert.equal(none.costMsat, 0);
  assert.ok(others.every(({ forwards }) => forwards === none.forwards));
  for (const { rebalances, rebalancedSat, costMsat } of others) {
    assert.ok(Math.abs(costMsat - rebalancedSat * 60 / 1000) < 1);
    assert.equal(rebalances === 0, costMsat === 0);
  }
});

Deno.test("backtestLines and backtestRows tell every horizon, assumption and policy", () => {
  const text = backtestLines(result).join("\n");
  for (const word of ["6 h", "24 h", "3 d", "hour of the week", "60 ppm", "50/50", "half full"]) {
    assert.ok(text.includes(word), word);
  }
  const rows = backtestRows(result);
  assert.ok(rows.some((row) => row.case === "24h/both/model" && row.metric === "pinball_loss"));
  assert.ok(rows.every(({ value, min, max }) => [value, min, max].every(Number.isFinite)));
});

Deno.test("backtest refuses a history shorter than ten days", () =>
  assert.rejects(
    judged(forwards(9)),
    (error) => error instanceof InputError && /a history of 8\.8 days/.test(error.message),
  ));

Deno.test("backtest names the silence of a clock that jumped where too little is left", () => {
  const jumped = forwards(9).concat(
    forwards(1).map((event) => ({ ...event, timeMs: event.timeMs + 3650 * DAY_MS })),
  );
  return assert.rejects(
    judged(jumped),
    (error) =>
      error instanceof InputError &&
      /log\.csv: .*no times of a wrong clock: .* from 2024-01-09.* to 2033-/.test(error.message),
  );
});

Deno.test("historyOf lists silences and channels without a capacity", () => {
  const broken = forwards(20).filter(({ timeMs }) =>
    timeMs < START_MS + 5 * DAY_MS || timeMs > START_MS + 10 * DAY_MS
  );
  const { facts } = historyOf(
    {
      format: "csv",
      events: broken,
      withoutTime: 0,
      withoutChannel: 0,
      outOfOrder: 0,
      rejected: 0,
    },
    [DAY_MS],
    new Map([["out0", 1e6]]),
  );
  assert.equal(facts.gaps.length, 1);
  assert.ok(facts.gaps[0].toMs - facts.gaps[0].fromMs > 4.5 * DAY_MS);
  assert.ok(facts.withoutCapacity.includes("in1") && !facts.withoutCapacity.includes("out0"));
});

Deno.test("seasonalMeans take windows of the same hours of the week that had ended", () => {
  const { table } = historyOf(
    {
      format: "csv",
      events: forwards(30),
      withoutTime: 0,
      withoutChannel: 0,
      outOfOrder: 0,
      rejected: 0,
    },
    [DAY_MS],
  );
  const means = seasonalMeans(table, table.outboundNeedSat.map(() => 7));
  for (let row = 0; row < table.rows; row++) {
    const early = table.timeMs[row] < START_MS + 7 * DAY_MS;
    if (early) assert.equal(means[row], 0);
    else assert.ok(means[row] === 0 || Math.abs(means[row] - 7) < 1e-9);
  }
});

Deno.test("assumedCapacities are as wide as the net flow moved, known ones are kept", () => {
  const move = (timeMs: number, inChannel: string, outChannel: string): ForwardEvent => ({
    kind: "forward",
    timeMs,
    forward: {
      ...{ node: "self", inChannel, outChannel, outcome: "settled" as const },
      ...{ inAmountMsat: 1_000_000, outAmountMsat: 1_000_000 },
    },
  });
  const events = [1, 2, 3].map((t) => move(t, "a", "b"));
  assert.deepEqual(
    assumedCapacities(events, new Map([["b", 99]])),
    new Map([["a", 3000], ["b", 99]]),
  );
});

Deno.test("assumedCapacities know no channel without a name", () => {
  const [event] = forwards(1);
  const nameless = { ...event, forward: { ...event.forward, outChannel: "" } };
  assert.deepEqual([...assumedCapacities([nameless]).keys()], [event.forward.inChannel]);
});

Deno.test("bootstrap of equal blocks has no width, of uneven ones it holds the ratio", () => {
  assert.deepEqual(bootstrap([[1, 2], [1, 2]], 1), { value: 0.5, low: 0.5, high: 0.5 });
  const { value, low, high } = bootstrap([[1, 2], [3, 2], [2, 2], [5, 2]], 1);
  assert.ok(low < value && value < high);
});
