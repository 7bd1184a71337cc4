import assert from "node:assert/strict";
import { type ChartStyle, errorHistory, PICTURE_STYLE } from "../../lib/charts/mod.ts";
import { satAxis } from "../../lib/charts/sat_axis.ts";
import { timeAxis, timeText } from "../../lib/charts/time_axis.ts";
import { HOUR_MS } from "../../lib/core/mod.ts";

interface Axis {
  title: { text: string };
  ticks: { callback(value: number): string };
}
interface TimeScale {
  min: number;
  max: number;
  maxWidth: number;
  ticks: { value: number }[];
}
const LOCAL: ChartStyle = { ...PICTURE_STYLE, clock: "local" };
const FROM = Date.UTC(2026, 0, 9, 13, 45) / HOUR_MS;

/** Labels of a time axis that is `widthPx` wide. */
function labels(hours: number, widthPx: number, style = PICTURE_STYLE): string[] {
  const axis = timeAxis([FROM, FROM + hours], style) as unknown as Axis & {
    afterBuildTicks(scale: TimeScale): void;
  };
  const scale = {
    min: FROM,
    max: FROM + hours,
    maxWidth: widthPx,
    ticks: [] as { value: number }[],
  };
  axis.afterBuildTicks(scale);
  return scale.ticks.map(({ value }) => axis.ticks.callback(value));
}

Deno.test("satAxis writes all labels in the one unit that its title names", () => {
  const written = (mostSat: number, values: number[]) => {
    const { title, ticks } = satAxis("local balance", mostSat, PICTURE_STYLE) as unknown as Axis;
    return [title.text, ...values.map((value) => ticks.callback(value))];
  };
  assert.deepEqual(written(1.52e8, [0, 5e7, 1.4e8]), ["local balance (BTC)", "0", "0.5", "1.4"]);
  assert.deepEqual(written(4e6, [0, 5e5, 4e6]), ["local balance (M sat)", "0", "0.5", "4"]);
  assert.deepEqual(written(2000, [0, 500]), ["local balance (sat)", "0", "500"]);
  assert.deepEqual(written(0, [0]), ["local balance (sat)", "0"]);
});

Deno.test("timeAxis labels whole hours or midnights, no more than there is room for", () => {
  assert.deepEqual(labels(6, 1000), [
    ...["01-09 14:00", "01-09 15:00", "01-09 16:00", "01-09 17:00", "01-09 18:00", "01-09 19:00"],
  ]);
  assert.deepEqual(
    labels(72, 1000),
    ["01-10 00:00", "01-10 12:00", "01-11 00:00"].concat(
      ["01-11 12:00", "01-12 00:00", "01-12 12:00"],
    ),
  );
  assert.deepEqual(labels(60, 280), ["01-10", "01-11", "01-12"]);
  for (const hours of [0, 1, 5, 30, 100, 700, 10_000]) {
    for (const width of [50, 200, 300, 1200]) {
      const most = Math.max(2, Math.min(7, width / 88));
      assert.ok(labels(hours, width).length <= most, `${hours} h on ${width} px`);
    }
  }
});

Deno.test("timeText follows the clock of whoever looks, where the style says so", () => {
  assert.equal(timeText(FROM, PICTURE_STYLE), "01-09 13:45");
  const here = new Date(FROM * HOUR_MS);
  const time = `${here.getHours()}`.padStart(2, "0") + ":" +
    `${here.getMinutes()}`.padStart(2, "0");
  assert.equal(timeText(FROM, LOCAL).slice(6), time);
  const moments = [{ timeMs: FROM * HOUR_MS, losses: { model: 1 } }];
  const title = (style: ChartStyle) =>
    (errorHistory(moments, style).config.options!.scales!.x as unknown as Axis).title.text;
  assert.deepEqual([title(PICTURE_STYLE), title(LOCAL)], ["time (UTC)", ""]);
});
