import { join } from "node:path";

/** Name of the file whose presence forbids all spending. */
export const STOP_FILE = "STOP_REBALANCING";

/**
 * Forbids spending at once, from anywhere: it is a file in the data folder, so a command, a button
 * and a bare `touch` do the same, and it outlives every restart.
 */
export class KillSwitch {
  readonly path: string;

  constructor(folder: string) {
    this.path = join(folder, STOP_FILE);
  }

  /** Whether spending is forbidden. What can't be read counts as forbidden. */
  get engaged(): boolean {
    try {
      Deno.lstatSync(this.path);
      return true;
    } catch (error) {
      return !(error instanceof Deno.errors.NotFound);
    }
  }

  /** Forbids spending. */
  engage(): void {
    Deno.writeTextFileSync(this.path, "Rebalancing is stopped while this file is here.\n");
  }

  /** Allows it again. */
  release(): void {
    try {
      Deno.removeSync(this.path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
