import { DAY_MS, HOUR_MS, type Rng, type RngState } from "../../core/mod.ts";
import type { Network } from "../../network/mod.ts";

/** As measured: about 7 % of directions reprice a day, 2 to 4 % flip their disabled flag. */
export const DRIFT_OPTIONS = {
  /** Share of directions a day that change their fee rate. */
  repricedPerDay: 0.07,
  /** Share of directions a day that are switched off, for a while. */
  disabledPerDay: 0.015,
  /** Mean time that a direction stays off. */
  offMs: 12 * HOUR_MS,
};
export type DriftOptions = typeof DRIFT_OPTIONS;

/** Where a {@linkcode TermsDrift} stands. */
export interface DriftState {
  rng: RngState;
  off: { direction: number; untilMs: number }[];
  nextChangeMs: number;
}

/** Standard deviation of ln(new / old rate): half of the steps are above 20 %, up as often as down. */
const STEP_SD_LOG = Math.log(1.2) / 0.6745;
/** Rates stay within what is seen on the network. */
const MOST_PPM = 20_000;

/**
 * Other nodes' terms over time. Which direction changes, when and how depends on the seed and the
 * terms at the start alone.
 */
export class TermsDrift {
  readonly options: DriftOptions;
  readonly #rng: Rng;
  readonly #spared: (direction: number) => boolean;
  /** Directions that will be switched on again, soonest first. */
  #off: { direction: number; untilMs: number }[] = [];
  #nextChangeMs: number;
  /** Channels that are opened later don't drift: the draws depend on the seed alone. */
  readonly #directions: number;

  /** @param options.spared directions that are left alone, such as the operators' own */
  constructor(
    readonly network: Network,
    { rng, startMs, spared, ...options }: Partial<DriftOptions> & {
      rng: Rng;
      startMs: number;
      spared: (direction: number) => boolean;
    },
  ) {
    this.options = { ...DRIFT_OPTIONS, ...options };
    this.#rng = rng;
    this.#spared = spared;
    this.#directions = 2 * network.channelCount;
    this.#nextChangeMs = this.#after(startMs);
  }

  /** When something changes next. */
  get nextMs(): number {
    return Math.min(this.#nextChangeMs, this.#off[0]?.untilMs ?? Infinity);
  }

  save(): DriftState {
    const off = this.#off.map((entry) => ({ ...entry }));
    return { rng: this.#rng.save(), off, nextChangeMs: this.#nextChangeMs };
  }

  load({ rng, off, nextChangeMs }: DriftState): void {
    this.#rng.load(rng);
    this.#off = off.map((entry) => ({ ...entry }));
    this.#nextChangeMs = nextChangeMs;
  }

  #after(timeMs: number): number {
    const { repricedPerDay, disabledPerDay } = this.options;
    const perDay = (repricedPerDay + disabledPerDay) * this.#directions;
    return timeMs + Math.ceil(this.#rng.exponential() * DAY_MS / perDay);
  }

  /** Makes the next change; returns its direction. */
  apply(): number {
    if (this.#off.length > 0 && this.#off[0].untilMs <= this.#nextChangeMs) {
      const { direction } = this.#off.shift()!;
      // A channel that was closed meanwhile stays off.
      if (this.network.known[direction] === 1) this.network.setDisabled(direction, false);
      return direction;
    }
    const timeMs = this.#nextChangeMs;
    this.#nextChangeMs = this.#after(timeMs);
    const { repricedPerDay, disabledPerDay, offMs } = this.options;
    // All is drawn whether it is used or not, so that one change doesn't shift the next.
    const direction = this.#rng.int(this.#directions);
    const reprices = this.#rng.float() * (repricedPerDay + disabledPerDay) < repricedPerDay;
    const step = Math.exp(STEP_SD_LOG * this.#rng.normal());
    const untilMs = timeMs + Math.ceil(this.#rng.exponential() * offMs);
    if (this.network.known[direction] === 0 || this.#spared(direction)) return direction;
    if (reprices) this.#reprice(direction, step);
    else if (this.network.disabled[direction] === 0) this.#switchOff(direction, untilMs);
    return direction;
  }

  #reprice(direction: number, step: number): void {
    const old = this.network.feeRatePpm[direction];
    const changed = Math.round(old * step);
    // A small rate moves by 1 at least, or it would never move.
    const moved = changed === old ? old + (step > 1 ? 1 : -1) : changed;
    this.network.setFees(direction, {
      baseFeeMsat: this.network.baseFeeMsat[direction],
      feeRatePpm: Math.min(MOST_PPM, Math.max(0, moved)),
    });
  }

  #switchOff(direction: number, untilMs: number): void {
    this.network.setDisabled(direction, true);
    const after = this.#off.findIndex((other) => other.untilMs > untilMs);
    this.#off.splice(after === -1 ? this.#off.length : after, 0, { direction, untilMs });
  }
}
