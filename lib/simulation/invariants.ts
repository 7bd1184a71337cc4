import { errorMessage, isoTime, LensError } from "../core/mod.ts";
import type { Machine } from "./htlc/machine.ts";

/** The simulation itself is wrong: what it came to is worth nothing. */
export class BrokenInvariantError extends LensError {
  override name = "BrokenInvariantError";
}

/** Checks balances and HTLCs. @throws {BrokenInvariantError} naming the first fault, and when */
export function checkInvariants({ nowMs, balances, engine }: Machine): void {
  try {
    balances.check();
    engine.check();
  } catch (error) {
    const message = errorMessage(error);
    throw new BrokenInvariantError(`invariant broken at ${isoTime(nowMs)}: ${message}`);
  }
}
