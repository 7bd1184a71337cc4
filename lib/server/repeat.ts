import { type Clock, logger } from "../core/mod.ts";

/** Does some work again and again until the signal; what it throws is logged. */
export async function repeat(
  work: () => Promise<void>,
  { clock, everyMs, signal }: { clock: Clock; everyMs: number; signal: AbortSignal },
): Promise<void> {
  while (true) {
    await clock.sleep(everyMs, signal);
    if (signal.aborted) return;
    try {
      await work();
    } catch (error) {
      logger("server").error`${String(error)}`;
    }
  }
}
