import { HOUR_MS } from "../core/mod.ts";
import type { LiquidityBounds } from "../network/mod.ts";

interface Lesson {
  direction: number;
  amountMsat: number;
  timeMs: number;
}

/** What one payer remembers at most. */
const MOST_LESSONS = 200;

/** What failures taught each payer: kept per node and forgotten after a while. */
export class Lessons {
  readonly #byNode = new Map<number, Lesson[]>();

  /** @param keepMs how long a lesson counts; LND halves its weight every hour, which makes it nothing after six */
  constructor(readonly keepMs = 6 * HOUR_MS) {}

  /** `node` saw `amountMsat` fail in `direction`. */
  add(node: number, lesson: Lesson): void {
    const lessons = this.#byNode.get(node);
    if (lessons === undefined) this.#byNode.set(node, [lesson]);
    else {
      lessons.push(lesson);
      if (lessons.length > MOST_LESSONS) lessons.shift();
    }
  }

  /** Tells `bounds` what `node` still remembers at `nowMs`. */
  recall(node: number, nowMs: number, bounds: LiquidityBounds): void {
    const lessons = this.#byNode.get(node);
    if (lessons === undefined) return;
    const fresh = lessons.findIndex((lesson) => lesson.timeMs > nowMs - this.keepMs);
    lessons.splice(0, fresh === -1 ? lessons.length : fresh);
    if (lessons.length === 0) this.#byNode.delete(node);
    for (const { direction, amountMsat } of lessons) bounds.learnFailure(direction, amountMsat);
  }
}
