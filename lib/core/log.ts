import { getFileSink } from "@logtape/file";
import {
  configure,
  dispose,
  getLogger,
  type Logger,
  type LogLevel,
  type LogRecord,
  type Sink,
} from "@logtape/logtape";

import { logText, type RecentLog } from "./recent_log.ts";

export type { Logger, LogLevel };

/** Where the program's log goes. */
export interface LogOptions {
  /** A file that is appended to as well, such as `lightning_lens_http.log`. */
  file?: string;
  /** Show debug lines. */
  verbose?: boolean;
  /** Keep the console silent. */
  quiet?: boolean;
  /** Keeps the newest lines as well. */
  recent?: RecentLog;
}

/**
 * Sets up logging for the process: lines on standard error, and in `file` when given. Standard
 * output stays for results.
 */
export async function setUpLogging(options: LogOptions = {}): Promise<void> {
  const level: LogLevel = options.verbose ? "debug" : "info";
  const console_ = (record: LogRecord) => {
    Deno.stderr.writeSync(new TextEncoder().encode(logLine(record)));
  };
  const sinks: Record<string, Sink> = {};
  if (!options.quiet) sinks.console = console_;
  if (options.file !== undefined) {
    sinks.file = getFileSink(options.file, { formatter: logLine, bufferSize: 0 });
  }
  const { recent } = options;
  if (recent !== undefined) sinks.recent = (record) => recent.take(record);
  const names = Object.keys(sinks);
  await configure({
    reset: true,
    sinks,
    loggers: [
      { category: ["lightning-lens"], lowestLevel: level, sinks: names },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: names },
    ],
  });
}

/** Flushes and closes what {@linkcode setUpLogging} opened. */
export async function closeLogging(): Promise<void> {
  await dispose();
}

/** The logger of a room, such as `server`. Silent until logging is set up. */
export function logger(room: string): Logger {
  return getLogger(["lightning-lens", room]);
}

/** `2024-09-22T13:45:01.123Z info server: message` and a line feed. */
export function logLine(record: LogRecord): string {
  const time = new Date(record.timestamp).toISOString();
  const { room, text } = logText(record);
  return `${time} ${record.level} ${room}: ${text}\n`;
}
