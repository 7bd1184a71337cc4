import { compareLogLevel, type LogLevel, type LogRecord } from "@logtape/logtape";

/** A line of the log. */
export interface LogEntry {
  timeMs: number;
  level: LogLevel;
  /** Who says it, such as `server`. */
  room: string;
  text: string;
}

/** Lines that are kept. */
const MOST_LINES = 1000;
/** Longer lines are cut. */
const LONGEST_LINE = 2000;
/** Longer than any key or hash that one wants to read: macaroons, certificates, invoices. */
const LONG_CODE = /[\w+/=-]{80,}/g;

/** What a record of the log says, without its time. */
export function logText({ category, message }: LogRecord): Pick<LogEntry, "room" | "text"> {
  return {
    room: category.slice(1).join(".") || "main",
    text: message.map((part) => typeof part === "string" ? part : JSON.stringify(part)).join(""),
  };
}

/** The newest lines of the log, in memory, for whoever looks at a running program. */
export class RecentLog {
  #entries: LogEntry[] = [];

  /** Takes a line; codes that could be credentials are left out of it. */
  take(record: LogRecord): void {
    const { room, text } = logText(record);
    const { timestamp: timeMs, level } = record;
    const shown = text.replace(LONG_CODE, "[code]").slice(0, LONGEST_LINE);
    this.#entries.push({ timeMs, level, room, text: shown });
    if (this.#entries.length >= 2 * MOST_LINES) this.#entries = this.#entries.slice(-MOST_LINES);
  }

  /** The newest `limit` lines of this level or a graver one, newest first. */
  list(level: LogLevel, limit: number): LogEntry[] {
    const found: LogEntry[] = [];
    const oldest = Math.max(0, this.#entries.length - MOST_LINES);
    for (let i = this.#entries.length - 1; i >= oldest && found.length < limit; i--) {
      if (compareLogLevel(this.#entries[i].level, level) >= 0) found.push(this.#entries[i]);
    }
    return found;
  }
}
