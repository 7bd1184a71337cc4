import { useLayoutEffect } from "hono/jsx/dom";

/**
 * Runs an effect in the frame after a rendering, and its clean-up before the next one or when the component is removed.
 *
 * Hono's own `useEffect` runs an effect that waits for its frame even after its component was removed, or after a newer
 * rendering took its place, and never cleans it up: charts are drawn on a canvas that is gone, and timers run for good.
 *
 * @param deps when one of them changes, the effect is run again
 */
export function useEffect(effect: () => void | (() => void), deps?: readonly unknown[]): void {
  useLayoutEffect(() => {
    let cleanUp: void | (() => void);
    const frame = requestAnimationFrame(() => {
      cleanUp = effect();
    });
    return () => {
      cancelAnimationFrame(frame);
      cleanUp?.();
    };
  }, deps);
}
