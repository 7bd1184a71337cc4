import { nextTurn } from "../core/mod.ts";

interface Waiting<In, Out> {
  item: In;
  resolve: (out: Out) => void;
  reject: (error: unknown) => void;
}

/**
 * Hands over together what arrives while a commit is under way, or in one turn of the event loop:
 * many senders share one commit, a single one waits for no timer.
 */
export class GroupCommit<In, Out> {
  #waiting: Waiting<In, Out>[] = [];
  #running: Promise<void> | undefined;

  /** @param commit makes items durable and answers each, in order, or rejects for all of them */
  constructor(private readonly commit: (items: In[]) => Promise<Out[]>) {}

  add(item: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    await nextTurn();
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        const answers = await this.commit(group.map(({ item }) => item));
        group.forEach(({ resolve }, i) => resolve(answers[i]));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#running = undefined;
  }
}
