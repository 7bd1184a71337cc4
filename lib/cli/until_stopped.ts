import { MINUTE_MS, systemClock } from "../core/mod.ts";

/** A signal that aborts with another one, or after `minutes` where there is a limit. */
export function stoppedAfter(minutes: number | undefined, signal: AbortSignal): AbortSignal {
  if (minutes === undefined) return signal;
  const ended = new AbortController();
  systemClock.sleep(minutes * MINUTE_MS, signal).then(() => ended.abort());
  return ended.signal;
}

/** Resolves when the process is told to stop, or after `minutes` where there is a limit. */
export async function untilStopped(signal: AbortSignal, minutes?: number): Promise<void> {
  if (minutes !== undefined) return await systemClock.sleep(minutes * MINUTE_MS, signal);
  if (signal.aborted) return;
  await new Promise<void>((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true })
  );
}
