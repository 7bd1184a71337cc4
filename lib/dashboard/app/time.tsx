import { systemClock } from "../../core/browser.ts";
import { localTime, utcTime } from "./format.ts";

/** A moment by the user's clock, in UTC on hover. */
export function Time({ iso }: { iso: string }) {
  const timeMs = Date.parse(iso);
  return (
    <time dateTime={iso} title={utcTime(timeMs)}>{localTime(timeMs, systemClock.nowMs())}</time>
  );
}
