import type { UnheardTimes } from "../liquidity/mod.ts";
import type { PairMove, SuggestionBasis } from "../planning/mod.ts";
import type { ChannelState, Suggestion, SuggestionResult } from "../protocol/mod.ts";
import { pairReplay } from "./pair_replay.ts";
import type { PastFlows } from "./past_flows.ts";

/** A suggestion whose horizon has passed, with what it would have earned. */
export interface Judgement {
  suggestion: Suggestion;
  /** What it was computed from. */
  basis: SuggestionBasis;
  /** When it was made, or carried out; Unix ms. */
  timeMs: number;
  /** Whether it was carried out; else it is judged as if it had been, for the fee expected. */
  carriedOut: boolean;
  feeMsat: number;
  /** Share of the suggested amount that moved; 1 where it is judged as if it had. */
  movedShare: number;
  /** Fees that the moved liquidity earned within the horizon, msat; negative where it was missed. */
  earnedMsat: number;
}

interface Pending extends PairMove {
  suggestion: Suggestion;
  basis: SuggestionBasis;
  timeMs: number;
  carriedOut: boolean;
}

/**
 * Would it have paid? After the horizon what was attempted through both channels is replayed from
 * both balances, with and without the rebalance; the difference is what it earned. Suggestions are
 * judged whether they were carried out or not: that is what a shadow mode shows and what the lens
 * learns its confidence from.
 *
 * Flows that came because of the rebalance are not told apart from those that came anyway, and a
 * payment that would have come back by another channel of the node counts as lost without it. Where
 * the node was not heard within the horizon nothing is judged: what it refused then is not known.
 */
export class ShadowJudge {
  readonly #pending: Pending[] = [];

  constructor(
    readonly horizonMs: number,
    readonly flows: PastFlows,
    readonly onJudged: (judgement: Judgement) => void,
    readonly unheard?: UnheardTimes,
  ) {}

  /** Number of suggestions whose horizon has not passed. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Takes a suggestion as it is made; its pair counts once at a time. */
  add(
    suggestion: Suggestion,
    basis: SuggestionBasis,
    { timeMs, source, target }: { timeMs: number; source: ChannelState; target: ChannelState },
  ): void {
    const again = this.#pending.some((pending) =>
      pending.suggestion.node === suggestion.node &&
      pending.suggestion.targetChannel === suggestion.targetChannel &&
      pending.suggestion.sourceChannel === suggestion.sourceChannel &&
      timeMs < pending.suggestion.expiresAt
    );
    if (again) return;
    this.#pending.push({
      ...{ suggestion, basis },
      timeMs,
      amountMsat: suggestion.amountMsat,
      feeMsat: suggestion.expectedFeeMsat,
      carriedOut: false,
      ...{ source, target },
    });
  }

  /** Learns what became of a suggestion: one that was carried out is judged by what moved and cost. */
  settle(timeMs: number, result: SuggestionResult): void {
    const found = this.#pending.find(({ suggestion }) => suggestion.id === result.id);
    if (found === undefined || result.status !== "applied") return;
    const { amountMsat, feeMsat } = result;
    Object.assign(found, { timeMs, amountMsat, feeMsat, carriedOut: true });
    for (const channel of result.channels) {
      if (channel.channelId === result.sourceChannel) {
        found.source = moved(channel, amountMsat + feeMsat);
      } else if (channel.channelId === result.targetChannel) {
        found.target = moved(channel, -amountMsat);
      }
    }
  }

  /** Judges what is due by a time. */
  advance(nowMs: number): void {
    for (let i = 0; i < this.#pending.length;) {
      const pending = this.#pending[i];
      if (pending.timeMs + this.horizonMs > nowMs) {
        i++;
        continue;
      }
      this.#pending.splice(i, 1);
      const { suggestion, basis, timeMs, carriedOut, feeMsat, amountMsat } = pending;
      const window = { fromMs: timeMs, toMs: timeMs + this.horizonMs };
      if (this.unheard?.heard(suggestion.node, window) === false) continue;
      this.onJudged({
        ...{ suggestion, basis, timeMs, carriedOut, feeMsat },
        movedShare: amountMsat / suggestion.amountMsat,
        earnedMsat: pairReplay(this.flows, pending, window)(pending),
      });
    }
  }
}

/** A channel whose local balance is larger by so much, within its capacity. */
function moved(channel: ChannelState, amountMsat: number): ChannelState {
  const localSat = channel.localBalanceSat + Math.round(amountMsat / 1000);
  const localBalanceSat = Math.min(channel.capacitySat, Math.max(0, localSat));
  return { ...channel, localBalanceSat };
}
