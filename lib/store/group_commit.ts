import { setImmediate } from "node:timers";

interface Waiting<In, Out> {
  item: In;
  resolve: (out: Out) => void;
  reject: (error: unknown) => void;
}

/**
 * Gathers what arrives in one turn of the event loop and hands it over together: many senders share
 * one commit, a single one waits for no timer.
 */
export class GroupCommit<In, Out> {
  #waiting: Waiting<In, Out>[] = [];
  #scheduled = false;

  /** @param commit makes items durable and answers each, in order, or throws for all of them */
  constructor(private readonly commit: (items: In[]) => Out[]) {}

  add(item: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => this.flush());
    });
  }

  /** Commits at once what waits. */
  flush(): void {
    this.#scheduled = false;
    const group = this.#waiting;
    if (group.length === 0) return;
    this.#waiting = [];
    let answers: Out[];
    try {
      answers = this.commit(group.map(({ item }) => item));
    } catch (error) {
      for (const { reject } of group) reject(error);
      return;
    }
    group.forEach(({ resolve }, i) => resolve(answers[i]));
  }
}
