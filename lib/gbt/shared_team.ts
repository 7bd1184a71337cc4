import { type Arena, CONTROL } from "./arena.ts";
import type { Team } from "./grower.ts";

/**
 * Looks at the round this often before it sleeps. Meetings are microseconds apart while all
 * threads run; on a machine with other work, spinning for longer takes the core from the very
 * thread that is waited for.
 */
const SPINS = 2000;

/** A team whose members meet in the arena's control area. */
export class SharedTeam implements Team {
  readonly #control: Int32Array;

  constructor({ memory, at }: Arena, readonly thread: number, readonly threads: number) {
    this.#control = new Int32Array(memory.buffer, at.control, CONTROL.length);
  }

  meet(): void {
    if (this.threads === 1) return;
    const control = this.#control;
    const round = Atomics.load(control, CONTROL.round);
    if (Atomics.add(control, CONTROL.arrived, 1) === this.threads - 1) {
      Atomics.store(control, CONTROL.arrived, 0);
      Atomics.store(control, CONTROL.round, (round + 1) | 0);
      if (Atomics.load(control, CONTROL.sleeping) > 0) Atomics.notify(control, CONTROL.round);
      return;
    }
    for (let i = 0; i < SPINS; i++) {
      if (Atomics.load(control, CONTROL.round) !== round) return;
    }
    Atomics.add(control, CONTROL.sleeping, 1);
    while (Atomics.load(control, CONTROL.round) === round) {
      Atomics.wait(control, CONTROL.round, round);
    }
    Atomics.sub(control, CONTROL.sleeping, 1);
  }
}
