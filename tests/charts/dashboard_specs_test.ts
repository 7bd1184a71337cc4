import assert from "node:assert/strict";
import {
  balanceTrail,
  confidenceCalibration,
  errorHistory,
  gainAt,
  incomeByDay,
  valueOfBalance,
} from "../../lib/charts/mod.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");
type Points = { x: number; y: number | null }[];

Deno.test("balanceTrail says how often the balance was within the forecast, and keeps to the capacity", () => {
  const moment = (hours: number, localSat: number | null) => ({
    ...{ hours, localSat, lowSat: 200, highSat: 600 },
  });
  const { summary, config } = balanceTrail({
    capacitySat: 1000,
    localBalanceSat: 900,
    past: [moment(-3, 100), moment(-2, 300), moment(-1, 400), moment(0, null)],
    ahead: {
      horizonMs: 86_400_000,
      outbound: { half: 100, most: 2000 },
      inbound: { half: 50, most: 300 },
    },
  });
  assert.match(plain(summary), /In 3 hours of 4 \(75 %\)/);
  const values = config.data.datasets.flatMap(({ data }) => (data as Points).map(({ y }) => y));
  assert.ok(values.every((y) => y === null || (y >= 0 && y <= 1000)));
  assert.equal((config.data.datasets[0].data as Points).at(-1)?.y, 900);
});

Deno.test("balanceTrail holds a balance until it is told anew, and a forecast for a day at most", () => {
  const moment = (hours: number, localSat: number | null, highSat: number | null) => ({
    ...{ hours, localSat, lowSat: highSat && 0, highSat },
  });
  const { summary, config } = balanceTrail({
    capacitySat: 1000,
    localBalanceSat: 100,
    past: [moment(-40, null, 500), moment(-37.5, 300, null), moment(-0.5, 100, 400)],
  });
  const y = (dataset: number) => (config.data.datasets[dataset].data as Points).map(({ y }) => y);
  const high = y(2);
  assert.equal(high.length, 41);
  assert.deepEqual(high.slice(0, 25), Array(25).fill(500));
  assert.deepEqual(high.slice(25), [...Array(15).fill(null), 400]);
  assert.deepEqual(y(0).slice(0, 4), [null, null, null, 300]);
  assert.match(plain(summary), /In 23 hours of 23 \(100 %\)/);
});

Deno.test("balanceTrail of a channel that is learning draws nothing ahead", () => {
  const { summary, config } = balanceTrail({ capacitySat: 9, localBalanceSat: 3, past: [] });
  assert.match(summary, /watched for a day/);
  assert.equal(config.data.datasets.length, 3);
});

Deno.test("valueOfBalance marks today and the asked balance on the curve, and names the best", () => {
  const points = [0, 1, 2, 3, 4].map((i) => ({ localSat: i * 25, gainSat: 10 * i - 3 * i * i }));
  const values = { capacitySat: 100, localBalanceSat: 50, askedSat: 60, points };
  const { config, summary } = valueOfBalance(values);
  const [asked, today] = config.data.datasets.map(({ data }) => (data as Points)[0]);
  assert.deepEqual([asked.x, today.x, today.y], [60, 50, 8]);
  assert.equal(asked.y, gainAt(points, 60));
  assert.match(plain(summary), /^Today's|50 sat local \(50 %\)/);
  assert.equal(gainAt(points, 12.5), 3.5);
  assert.equal(gainAt(points, 1000), -8);
  assert.match(valueOfBalance({ ...values, points: [] }).summary, /^Nothing is known/);
  const falling = points.map(({ localSat }) => ({
    localSat,
    gainSat: -Math.max(0, localSat - 50),
  }));
  const best = valueOfBalance({ ...values, points: falling }).summary;
  assert.match(best, /^No other balance is worth more .* with 100 sat it would be 50 sat less/);
  const flat = points.map(({ localSat }) => ({ localSat, gainSat: 0 }));
  assert.match(valueOfBalance({ ...values, points: flat }).summary, /none is worth less either/);
});

Deno.test("errorHistory draws each forecaster where it was measured, our own first", () => {
  const { config, summary } = errorHistory([
    { timeMs: 0, losses: { ewma: 5, model: 4 } },
    { timeMs: 3_600_000, losses: { ewma: 5, model: 6, online: 3 } },
  ]);
  const drawn = config.data.datasets.map(({ label, data }) => [label, data.length]);
  assert.deepEqual(drawn, [["model", 2], ["model, corrected online", 1], ["weighted mean", 2]]);
  assert.match(summary, /^Lowest at last: model, corrected online/);
  assert.match(errorHistory([]).summary, /^No errors/);
});

Deno.test("confidenceCalibration weighs bins by their suggestions and leaves empty ones out", () => {
  const { config, summary } = confidenceCalibration([
    { count: 0, confidence: 0, paid: 0 },
    { count: 1, confidence: 0.2, paid: 0 },
    { count: 3, confidence: 0.8, paid: 1 },
  ]);
  assert.equal(config.data.datasets[0].data.length, 2);
  assert.match(plain(summary), /^Of 4 suggestions .* 75 % paid for themselves; 65 %/);
});

Deno.test("incomeByDay draws costs below 0 and tells the mean", () => {
  const { config, summary } = incomeByDay([
    { dayMs: 0, feesSat: 100, costSat: 20 },
    { dayMs: 86_400_000, feesSat: 40, costSat: 0 },
  ]);
  assert.deepEqual(config.data.datasets.map(({ data }) => data), [[100, 40], [-20, -0]]);
  assert.match(summary, /^60 sat a day on average/);
});
