import { DAY_MS } from "../core/mod.ts";

/** A stretch of time, Unix ms. */
export interface TimeSpan {
  fromMs: number;
  toMs: number;
}

/** Spans that ended longer before the newest are forgotten: no window reaches so far back. */
const KEPT_MS = 30 * DAY_MS;
/** Of a window that counts, no more than this share was not heard. */
const MOST_SHARE = 0.01;

/**
 * When nodes were not listened to. What they refused then is not known: demand counted over such a
 * time is too low.
 */
export class UnheardTimes {
  /** By node, in order of their beginning. */
  readonly #spans = new Map<string, TimeSpan[]>();

  /** A node is not heard from this time on, until {@linkcode UnheardTimes.add} tells the end. */
  begin(node: string, fromMs: number): void {
    this.#insert(node, { fromMs, toMs: Infinity });
  }

  /** A node was not heard within this time; before and after it was. */
  add(node: string, span: TimeSpan): void {
    this.#spans.set(node, this.#of(node).filter(({ toMs }) => Number.isFinite(toMs)));
    this.#insert(node, span);
  }

  /** How much of (fromMs, toMs] a node was not heard, ms. */
  withinMs(node: string, { fromMs, toMs }: TimeSpan): number {
    let unheardMs = 0, countedMs = fromMs;
    for (const span of this.#of(node)) {
      const startMs = Math.max(countedMs, span.fromMs), endMs = Math.min(toMs, span.toMs);
      if (endMs <= startMs) continue;
      unheardMs += endMs - startMs;
      countedMs = endMs;
    }
    return unheardMs;
  }

  /** Whether demand counted over a window is about all that there was. */
  heard(node: string, window: TimeSpan): boolean {
    return this.withinMs(node, window) <= MOST_SHARE * (window.toMs - window.fromMs);
  }

  #of(node: string): TimeSpan[] {
    return this.#spans.get(node) ?? [];
  }

  #insert(node: string, span: TimeSpan): void {
    const kept = this.#of(node).filter(({ toMs }) => toMs > span.fromMs - KEPT_MS);
    this.#spans.set(node, [...kept, span].sort((a, b) => a.fromMs - b.fromMs));
  }
}
