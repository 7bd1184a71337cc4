import { DAY_MS, type Rng, type RngState } from "../../core/mod.ts";
import { BalancePrior, type Balances, type Network } from "../../network/mod.ts";
import type { Roles } from "./roles.ts";
import { WeightedDraw } from "./weighted_draw.ts";

/** Share of the capacity that a source (or a sink's peer) owns in a channel that was set up anew. */
const LEAST_FRESH_SHARE = 0.7;

/** Payers and payees fill up and cash out so many times as often as others. */
const EDGE_WEIGHT = 5;

/**
 * The chain's part in liquidity: channels are closed and opened, filled and emptied by swaps. A
 * channel's balances are drawn anew then: full on the side of a payer, empty on the side of a
 * payee, elsewhere as channels lie by their fees. Which channel, when and the draw depend on the
 * seed alone.
 */
export class Refresh {
  readonly #prior: BalancePrior;
  readonly #rng: Rng;
  readonly #meanGapMs: number;
  readonly #channels: WeightedDraw;
  /** When a channel is next refreshed. */
  nextMs: number;

  /** @param sharePerDay share of all channels a day, 0 or more */
  constructor(
    readonly network: Network,
    readonly roles: Roles,
    { rng, startMs, sharePerDay }: { rng: Rng; startMs: number; sharePerDay: number },
  ) {
    this.#prior = new BalancePrior(network);
    this.#rng = rng;
    this.#meanGapMs = DAY_MS / (sharePerDay * network.channelCount);
    this.#channels = new WeightedDraw(
      network.capacitySat.map((_, channel) => this.#slope(2 * channel) === 0 ? 1 : EDGE_WEIGHT),
    );
    this.nextMs = this.#after(startMs);
  }

  save(): { rng: RngState; nextMs: number } {
    return { rng: this.#rng.save(), nextMs: this.nextMs };
  }

  load({ rng, nextMs }: ReturnType<Refresh["save"]>): void {
    this.#rng.load(rng);
    this.nextMs = nextMs;
  }

  #after(timeMs: number): number {
    return timeMs + Math.ceil(this.#rng.exponential() * this.#meanGapMs);
  }

  /** Refreshes one channel; returns it. */
  apply(balances: Balances): number {
    const { network } = this;
    const channel = this.#channels.draw(this.#rng);
    const direction = 2 * channel;
    const drawn = this.#prior.draw(direction, this.#rng);
    const fresh = LEAST_FRESH_SHARE + (1 - LEAST_FRESH_SHARE) * this.#rng.float();
    const slope = this.#slope(direction);
    const share = slope > 0 ? fresh : slope < 0 ? 1 - fresh : drawn;
    const wantedMsat = Math.floor(share * network.capacitySat[channel]) * 1000;
    balances.refresh(direction, this.#allowed(balances, direction, wantedMsat));
    this.nextMs = this.#after(this.nextMs);
    return channel;
  }

  /** A side with HTLCs in flight keeps its reserve. */
  #allowed({ reserveMsat, inFlightMsat }: Balances, direction: number, wantedMsat: number): number {
    const back = direction ^ 1, keptMsat = reserveMsat[direction >> 1];
    const freeMsat = this.network.capacitySat[direction >> 1] * 1000 -
      inFlightMsat[direction] - inFlightMsat[back];
    const leastMsat = inFlightMsat[direction] > 0 ? keptMsat : 0;
    const mostMsat = inFlightMsat[back] > 0 ? freeMsat - keptMsat : freeMsat;
    return Math.min(mostMsat, Math.max(leastMsat, wantedMsat));
  }

  /** Above 0 where payments want to go with a direction, below 0 against it. */
  #slope(direction: number): number {
    const { source } = this.network;
    return this.#pull(source[direction]) - this.#pull(source[direction ^ 1]);
  }

  /** 1 for those who pay, -1 for those who are paid, 0 for the rest. */
  #pull(node: number): number {
    const role = this.roles.role[node];
    return role === "wallet" ? 1 : role === "merchant" ? -1 : 0;
  }
}
