import { DAY_MS, formatDuration, formatSat } from "../../core/browser.ts";

/** `3 s ago`, `2 h 5 min ago`; `just now` below two seconds. */
export function ago(timeMs: number, nowMs: number): string {
  const passedMs = nowMs - timeMs;
  return passedMs < 2000 ? "just now" : `${formatDuration(passedMs)} ago`;
}

/** A time as the user's clock would show it; the day too when it is another one than `nowMs`. */
export function localTime(timeMs: number, nowMs: number): string {
  const far = Math.abs(nowMs - timeMs) > DAY_MS / 2;
  return new Intl.DateTimeFormat("en-GB", {
    ...(far ? { year: "numeric", month: "short", day: "numeric" } : {}),
    hour: "2-digit",
    minute: "2-digit",
  }).format(timeMs);
}

/** `2026-01-05 13:45:01 UTC`. */
export function utcTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** A signed amount: `+1,200 sat`, `-30 sat`. */
export function signedSat(amountSat: number): string {
  return `${amountSat > 0 ? "+" : amountSat < 0 ? "−" : ""}${formatSat(Math.abs(amountSat))}`;
}

/** A dash for what is not known. */
export const UNKNOWN = "–";
