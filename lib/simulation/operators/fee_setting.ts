import { DAY_MS, type Rng, type RngState } from "../../core/mod.ts";
import type { Balances, Network } from "../../network/mod.ts";

export const FEE_SETTING_OPTIONS = {
  /** How often a node looks at each of its channels, on average. */
  looksPerDay: 1,
  /** What an empty channel charges, over the rate at the start; a full one charges its inverse. */
  swing: 3,
};
export type FeeSettingOptions = typeof FEE_SETTING_OPTIONS;

/**
 * Nodes that price by liquidity, as many fee scripts do: the less a channel holds on a node's side,
 * the dearer it is to leave by it. Half full it costs what it did at the start.
 */
export class FeeSetting {
  readonly options: FeeSettingOptions;
  readonly #rng: Rng;
  readonly #spared: (direction: number) => boolean;
  readonly #firstRatePpm: Float64Array;
  /** When somebody looks next. */
  nextMs: number;

  /** @param options.spared directions that are left alone, such as the operators' own */
  constructor(
    readonly network: Network,
    readonly balances: Balances,
    { rng, startMs, spared, ...options }: Partial<FeeSettingOptions> & {
      rng: Rng;
      startMs: number;
      spared: (direction: number) => boolean;
    },
  ) {
    this.options = { ...FEE_SETTING_OPTIONS, ...options };
    this.#rng = rng;
    this.#spared = spared;
    this.#firstRatePpm = network.feeRatePpm.slice();
    this.nextMs = this.#after(startMs);
  }

  #after(timeMs: number): number {
    const looksPerDay = this.options.looksPerDay * this.#firstRatePpm.length;
    return timeMs + Math.ceil(this.#rng.exponential() * DAY_MS / looksPerDay);
  }

  /** Prices one direction; returns it. Which one and when depends on the seed alone. */
  apply(): number {
    const { network, balances } = this;
    const direction = this.#rng.int(this.#firstRatePpm.length);
    this.nextMs = this.#after(this.nextMs);
    if (network.known[direction] === 0 || this.#spared(direction)) return direction;
    const ownMsat = balances.balanceMsat[direction];
    const bothMsat = ownMsat + balances.balanceMsat[direction ^ 1];
    const share = bothMsat === 0 ? 0.5 : ownMsat / bothMsat;
    const factor = this.options.swing ** (1 - 2 * share);
    network.setFees(direction, {
      baseFeeMsat: network.baseFeeMsat[direction],
      feeRatePpm: Math.round(this.#firstRatePpm[direction] * factor),
    });
    return direction;
  }

  save(): { rng: RngState; nextMs: number } {
    return { rng: this.#rng.save(), nextMs: this.nextMs };
  }

  load({ rng, nextMs }: ReturnType<FeeSetting["save"]>): void {
    this.#rng.load(rng);
    this.nextMs = nextMs;
  }
}
