import { setImmediate } from "node:timers";

/** Lets everything that waits have its turn: long work in parts does not stop the program. */
export function nextTurn(): Promise<void> {
  return new Promise<void>((resolve) => setImmediate(resolve));
}
