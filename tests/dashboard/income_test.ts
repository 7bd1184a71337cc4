import assert from "node:assert/strict";
import { DAY_MS, HOUR_MS, isoTime } from "../../lib/core/mod.ts";
import {
  byWeekdayAndHour,
  incomeByDay,
  incomes,
  incomeSince,
  localMidnight,
  projectedAndRealised,
} from "../../lib/dashboard/app/income.ts";
import type { ActivityView } from "../../lib/dashboard/app/insight_api.ts";
import { fakeActivity } from "../e2e/fake_insights.ts";

const activity = fakeActivity();

Deno.test("incomes sums fees less costs over today, 7 and 30 days", () => {
  const { today, week, month } = incomes(activity)!;
  const net = activity.hours.reduce((sum, h) => sum + h.fees_msat - h.rebalance_cost_msat, 0);
  assert.equal(month.netMsat, net);
  const weekFrom = Date.parse(activity.now!) - 7 * DAY_MS;
  assert.deepEqual(week, incomeSince(activity.hours, weekFrom));
  assert.ok(today.netMsat < week.netMsat && week.netMsat < month.netMsat);
  assert.equal(incomes({ ...activity, now: null }), undefined);
});

Deno.test("incomeByDay has every day once and holds all of the hours' income", () => {
  const days = incomeByDay(activity, 30);
  const starts = days.map(({ dayMs }) => dayMs);
  assert.deepEqual(starts, [...new Set(starts)].sort((a, b) => a - b));
  for (const start of starts) assert.equal(localMidnight(start), start);
  const within = activity.hours.filter(({ hour }) => Date.parse(hour) >= starts[0]);
  const fees = within.reduce((sum, { fees_msat }) => sum + fees_msat, 0);
  const shown = days.reduce((sum, { feesSat }) => sum + feesSat * 1000, 0);
  assert.ok(Math.abs(shown - fees) < 1);
});

Deno.test("incomeByDay shows days without anything as 0", () => {
  const quiet = activity.hours.filter((_, i) => i < 24 || i > 24 * 5);
  const gap = incomeByDay({ ...activity, hours: quiet }, 30);
  assert.equal(gap.length, incomeByDay(activity, 30).length);
  assert.ok(gap.some(({ feesSat }) => feesSat === 0));
});

Deno.test("byWeekdayAndHour puts each hour in its place", () => {
  const monday = new Date(2026, 0, 5, 13).getTime();
  const hour = { ...activity.hours[0], hour: isoTime(monday), out_msat: 5000 };
  const table = byWeekdayAndHour([hour, { ...hour, hour: isoTime(monday + 6 * 24 * HOUR_MS) }]);
  assert.equal(table[0][13], 5);
  assert.equal(table[6][13], 5);
  assert.equal(table.flat().reduce((a, b) => a + b), 10);
});

Deno.test("projectedAndRealised keeps what was carried out apart", () => {
  const day = { day: "", count: 2, paid: 1, projected_msat: 10, realised_msat: 7 };
  const judged = [{ ...day, carried_out: true }, { ...day, carried_out: false, count: 5 }];
  const of: ActivityView = { ...activity, judged };
  assert.equal(projectedAndRealised(of, true).count, 2);
  assert.equal(projectedAndRealised(of, false).count, 5);
});
