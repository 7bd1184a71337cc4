/** Source of time, in Unix milliseconds. Passed to whatever needs to know or to wait. */
export interface Clock {
  /** Unix time in milliseconds. */
  nowMs(): number;
  /** Resolves after `ms` of this clock's time, or at once when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A timer of 25 days or more would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's wall clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  async sleep(ms, signal) {
    let leftMs = ms;
    for (; leftMs > LONGEST_TIMER_MS && !signal?.aborted; leftMs -= LONGEST_TIMER_MS) {
      await nap(LONGEST_TIMER_MS, signal);
    }
    await nap(leftMs, signal);
  },
};

function nap(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
}

/** Monotonic milliseconds for measuring how long something took; never for data. */
export function elapsedMs(): number {
  return performance.now();
}

/** A clock that moves when told to: virtual time in simulations and tests. */
export class ManualClock implements Clock {
  #nowMs: number;
  #waiting: { dueMs: number; wake: () => void }[] = [];
  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }
  nowMs(): number {
    return this.#nowMs;
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted) return Promise.resolve();
    return new Promise((wake) => {
      this.#waiting.push({ dueMs: this.#nowMs + ms, wake });
      signal?.addEventListener("abort", () => wake(), { once: true });
    });
  }
  /** Moves to `timeMs` and wakes what was due by then. Earlier times are ignored: time never runs back. */
  advanceTo(timeMs: number): void {
    if (timeMs <= this.#nowMs) return;
    this.#nowMs = timeMs;
    const due = this.#waiting.filter((w) => w.dueMs <= timeMs).sort((a, b) => a.dueMs - b.dueMs);
    this.#waiting = this.#waiting.filter((w) => w.dueMs > timeMs);
    for (const { wake } of due) wake();
  }
}

/** The year 2100 in Unix seconds: what tells of later times in a node's history is no time. */
export const LATEST_UNIX_SECONDS = 4_102_444_800;

/** ISO 8601 in UTC with milliseconds. */
export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** `20240922_134501`: UTC time for file names. */
export function fileStamp(timeMs: number): string {
  return isoTime(timeMs).replace(/[-:]/g, "").replace("T", "_").slice(0, 15);
}

/** Unix ms of an ISO 8601 time; one without a zone is UTC. `undefined` when it is no time. */
export function parseIsoTime(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text)) {
    return undefined;
  }
  if (text.slice(8, 10) > "28" && !isDay(text.slice(0, 10))) return undefined;
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text) && text.length > 10;
  const timeMs = Date.parse(text.replace(" ", "T") + (zoned || text.length === 10 ? "" : "Z"));
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** Whether the month of `YYYY-MM-DD` has this day; `Date` takes the 30th of February for March. */
function isDay(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).getUTCDate() === Number(date.slice(8));
}
