import { nextTurn } from "../../core/mod.ts";
import type { LensEvent } from "../../protocol/mod.ts";

/** Events that are learned from in one turn of the event loop at most, a millisecond or two. */
const EVENTS_A_TURN = 500;

interface Lesson {
  events: readonly LensEvent[];
  /** How many of them were learned from. */
  done: number;
  resolve: () => void;
}

/**
 * Stored events on their way to the engine, in the journal's order. What is urgent, such as telling
 * senders that theirs are stored, has its turn between parts of a few hundred.
 */
export class LessonQueue {
  /** Events that wait. */
  waiting = 0;
  #lessons: Lesson[] = [];
  #running = false;

  constructor(private readonly learn: (events: readonly LensEvent[]) => void) {}

  /** Resolves when these events, and all before them, were learned from. */
  add(events: readonly LensEvent[]): Promise<void> {
    this.waiting += events.length;
    return new Promise((resolve) => {
      this.#lessons.push({ events, done: 0, resolve });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#lessons.length > 0) {
      await nextTurn();
      this.#turn();
    }
    this.#running = false;
  }

  #turn(): void {
    let left = EVENTS_A_TURN, finished = 0;
    for (const lesson of this.#lessons) {
      const part = lesson.events.slice(lesson.done, lesson.done + left);
      this.learn(part);
      lesson.done += part.length;
      left -= part.length;
      this.waiting -= part.length;
      if (lesson.done < lesson.events.length) break;
      finished++;
      lesson.resolve();
    }
    this.#lessons.splice(0, finished);
  }
}
