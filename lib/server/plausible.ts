import { InputError, isoTime } from "../core/mod.ts";
import type { LensEvent } from "../protocol/mod.ts";

/** Times before the first block or far ahead are mistakes, not events. */
const EARLIEST_MS = Date.UTC(2009, 0, 3);
const LATEST_MS = Date.UTC(2100, 0, 1);

/**
 * An event as it is, when its time is one at which it can have happened.
 *
 * @param field what comes before the name of the field, such as `3.`
 * @throws {InputError} for any other time
 */
export function plausible(event: LensEvent, field: string): LensEvent {
  if (event.timeMs >= EARLIEST_MS && event.timeMs <= LATEST_MS) return event;
  throw new InputError({
    field: `${field}timestamp`,
    found: isoTime(event.timeMs),
    expected: "a time between 2009-01-03 and 2100-01-01",
  });
}
