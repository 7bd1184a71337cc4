import type { Alert } from "./rules.ts";

/** An alert with its history. */
export interface StandingAlert extends Alert {
  sinceMs: number;
  /** It is shown, but nobody is told of it before this time. */
  silencedUntilMs?: number;
}

/** What {@linkcode AlertBook.update} found to tell. */
export interface AlertChange {
  status: "raised" | "cleared";
  alert: StandingAlert;
}

/** A silence for one key, or for all alerts of a code. */
export interface Silence {
  key: string;
  untilMs: number;
}

/**
 * Which alerts stand. Each is told once when it comes up and once when it is over; what comes back
 * within `holdMs` was not over. A silenced alert is told when its silence ends, if it stands still.
 */
export class AlertBook {
  readonly #standing = new Map<string, StandingAlert & { told: boolean; goneMs?: number }>();
  readonly #silences = new Map<string, number>();

  /** @param holdMs how long something must be gone before it counts as over */
  constructor(readonly holdMs: number) {}

  /** Takes all that needs a human now; says what is new and what is over. */
  update(alerts: readonly Alert[], nowMs: number): AlertChange[] {
    const changes: AlertChange[] = [];
    const present = new Set<string>();
    for (const alert of alerts) {
      present.add(alert.key);
      const before = this.#standing.get(alert.key);
      const entry = {
        ...alert,
        sinceMs: before?.sinceMs ?? nowMs,
        told: before?.told ?? false,
      };
      this.#standing.set(alert.key, entry);
      if (entry.told || this.silencedUntil(alert.key, nowMs) !== undefined) continue;
      entry.told = true;
      changes.push({ status: "raised", alert: standing(entry) });
    }
    for (const [key, entry] of this.#standing) {
      if (present.has(key)) continue;
      entry.goneMs ??= nowMs;
      if (nowMs - entry.goneMs < this.holdMs) continue;
      this.#standing.delete(key);
      if (entry.told) changes.push({ status: "cleared", alert: standing(entry) });
    }
    return changes;
  }

  /** Nobody is told of this key, or of any alert of this code, until then. */
  silence({ key, untilMs }: Silence): void {
    this.#silences.set(key, untilMs);
  }

  /** Silences that hold, by key. */
  silences(nowMs: number): Silence[] {
    return [...this.#silences].filter(([, untilMs]) => untilMs > nowMs)
      .map(([key, untilMs]) => ({ key, untilMs }))
      .sort((a, b) => a.key < b.key ? -1 : 1);
  }

  /** Until when a key is silenced; undefined when it is not. */
  silencedUntil(key: string, nowMs: number): number | undefined {
    const untilMs = Math.max(
      this.#silences.get(key) ?? 0,
      this.#silences.get(key.split(":")[0]) ?? 0,
    );
    return untilMs > nowMs ? untilMs : undefined;
  }

  /** What stands, the oldest first. */
  list(nowMs: number): StandingAlert[] {
    return [...this.#standing.values()]
      .filter(({ goneMs }) => goneMs === undefined)
      .map((entry) => ({
        ...standing(entry),
        silencedUntilMs: this.silencedUntil(entry.key, nowMs),
      }))
      .sort((a, b) => a.sinceMs - b.sinceMs || (a.key < b.key ? -1 : 1));
  }
}

function standing(
  { code, key, text, advice, brief, stakeSat, sinceMs }: StandingAlert,
): StandingAlert {
  return { code, key, text, advice, brief, stakeSat, sinceMs };
}
