import { formatSat } from "../../core/mod.ts";
import type { AlertChange, StandingAlert } from "./alert_book.ts";
import type { AlertCode } from "./rules.ts";

/** Alerts that a message names in its text, and lists at all. */
const MOST_NAMED = 5;
export const MOST_LISTED = 20;

/** What is told at once: one alert, or all of a code that came up, or ended, together. */
export interface AlertMessage {
  status: AlertChange["status"];
  code: AlertCode;
  /** Of the one alert; the code where there are several. */
  key: string;
  text: string;
  advice: string;
  /** Since when the first of them stands, Unix ms. */
  sinceMs: number;
  count: number;
  /** Those with the most at stake first, {@linkcode MOST_LISTED} at most. */
  alerts: StandingAlert[];
}

/**
 * Changes found at one look, as few messages: on the first start a node with a hundred drained
 * channels is one message, not a hundred.
 */
export function grouped(changes: readonly AlertChange[]): AlertMessage[] {
  const groups = Map.groupBy(changes, ({ status, alert }) => `${status} ${alert.code}`);
  return [...groups.values()].map((group) => {
    const { status } = group[0];
    const alerts = group.map(({ alert }) => alert).sort((a, b) =>
      (b.stakeSat ?? 0) - (a.stakeSat ?? 0) || (a.key < b.key ? -1 : 1)
    );
    const [{ code, key, text, advice }] = alerts;
    const several = alerts.length > 1;
    return {
      status,
      code,
      key: several ? code : key,
      text: several ? summaryOf(alerts) : text,
      advice,
      sinceMs: Math.min(...alerts.map(({ sinceMs }) => sinceMs)),
      count: alerts.length,
      alerts: alerts.slice(0, MOST_LISTED),
    };
  });
}

/** Several alerts of one code in a sentence. */
function summaryOf(alerts: readonly StandingAlert[]): string {
  const [{ code }] = alerts;
  const stakeSat = alerts.reduce((sum, alert) => sum + (alert.stakeSat ?? 0), 0);
  const what = code === "channel_draining"
    ? `${alerts.length} channels are about to run short of outbound liquidity; ${
      formatSat(stakeSat)
    } of fees are at stake`
    : `${alerts.length} times ${code.replaceAll("_", " ")}`;
  const named = alerts.slice(0, MOST_NAMED).map(({ brief, text }) => brief ?? text);
  const more = alerts.length > MOST_NAMED ? ` and ${alerts.length - MOST_NAMED} more` : "";
  return `${what}: ${named.join(", ")}${more}`;
}
