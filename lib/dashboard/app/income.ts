import { DAY_MS, HOUR_MS } from "../../core/browser.ts";
import type { ActivityView, HourView } from "./insight_api.ts";

/** Sums over a span of time. */
export interface Income {
  netMsat: number;
  feesMsat: number;
  costMsat: number;
  settled: number;
  tried: number;
  lacked: number;
}

/** Sums of the hours that begin at `fromMs` or later. */
export function incomeSince(hours: readonly HourView[], fromMs: number): Income {
  const sum: Income = { netMsat: 0, feesMsat: 0, costMsat: 0, settled: 0, tried: 0, lacked: 0 };
  for (const hour of hours) {
    if (Date.parse(hour.hour) < fromMs) continue;
    sum.feesMsat += hour.fees_msat;
    sum.costMsat += hour.rebalance_cost_msat;
    sum.settled += hour.settled;
    sum.tried += hour.settled + hour.failed;
    sum.lacked += hour.lacked;
  }
  sum.netMsat = sum.feesMsat - sum.costMsat;
  return sum;
}

/** Midnight of the user's own clock before a time. */
export function localMidnight(timeMs: number): number {
  const day = new Date(timeMs);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}

/** Today, the last 7 and the last 30 days; undefined before the first event. */
export function incomes({ now, hours }: ActivityView) {
  if (now === null) return undefined;
  const nowMs = Date.parse(now);
  const back = (days: number) => incomeSince(hours, nowMs - days * DAY_MS);
  return { today: incomeSince(hours, localMidnight(nowMs)), week: back(7), month: back(30) };
}

/** Net income by day of the user's clock, oldest first, days without anything included. */
export function incomeByDay({ now, hours }: ActivityView, days: number) {
  if (now === null || hours.length === 0) return [];
  const firstMs = Math.max(
    Date.parse(now) - (days - 1) * DAY_MS,
    Date.parse(hours[0].hour),
  );
  const result: { dayMs: number; feesSat: number; costSat: number }[] = [];
  const byDay = new Map<number, { feesSat: number; costSat: number }>();
  for (const hour of hours) {
    const dayMs = localMidnight(Date.parse(hour.hour));
    const sum = byDay.get(dayMs) ?? { feesSat: 0, costSat: 0 };
    sum.feesSat += hour.fees_msat / 1000;
    sum.costSat += hour.rebalance_cost_msat / 1000;
    byDay.set(dayMs, sum);
  }
  const lastMs = localMidnight(Date.parse(now));
  // Days of 23 or 25 hours: half a day on from one midnight and back to the next.
  for (
    let dayMs = localMidnight(firstMs);
    dayMs <= lastMs;
    dayMs = localMidnight(dayMs + DAY_MS + 12 * HOUR_MS)
  ) result.push({ dayMs, ...(byDay.get(dayMs) ?? { feesSat: 0, costSat: 0 }) });
  return result;
}

/** Forwards that settled by weekday (0 is Monday) and hour of the user's clock, sat. */
export function byWeekdayAndHour(hours: readonly HourView[]): number[][] {
  const table = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  for (const { hour, out_msat } of hours) {
    const time = new Date(hour);
    table[(time.getDay() + 6) % 7][time.getHours()] += out_msat / 1000;
  }
  return table;
}

/** What judged suggestions promised beside what came of them. */
export function projectedAndRealised({ judged }: ActivityView, carriedOut: boolean) {
  const sum = { count: 0, paid: 0, projectedMsat: 0, realisedMsat: 0 };
  for (const day of judged) {
    if (day.carried_out !== carriedOut) continue;
    sum.count += day.count;
    sum.paid += day.paid;
    sum.projectedMsat += day.projected_msat;
    sum.realisedMsat += day.realised_msat;
  }
  return sum;
}
