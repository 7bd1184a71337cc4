import { DriftDetector, type DriftDetectorOptions, type DriftState } from "../../learning/mod.ts";

/**
 * Watches the errors of the model that serves, and raises an alarm when they are no longer what
 * they were. Starts anew with every model.
 */
export class DriftWatch {
  /** Told of every alarm; set by who can do something about it. */
  onAlarm: ((state: DriftState) => void) | undefined;
  #detector: DriftDetector;
  /** The last alarm; it stays until the model changes. */
  #alarm: DriftState | undefined;

  constructor(options: Partial<DriftDetectorOptions> = {}) {
    this.#detector = new DriftDetector(options);
  }

  get state(): DriftState {
    return this.#detector.state;
  }

  get lastAlarm(): DriftState | undefined {
    return this.#alarm;
  }

  /**
   * Takes the loss of a forecast whose horizon has passed, as a share of the channel's capacity, so
   * that large channels don't drown small ones.
   */
  observe(loss: number, timeMs: number): void {
    const { alarms } = this.#detector.state;
    const state = this.#detector.observe(loss, timeMs);
    if (state.alarms === alarms) return;
    this.#alarm = state;
    this.onAlarm?.(state);
  }

  /** Another model serves: what was usual for the old one says nothing of it. */
  reset(): void {
    this.#detector.reset();
    this.#alarm = undefined;
  }
}
