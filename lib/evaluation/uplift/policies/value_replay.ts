import { replayValue, type WindowFlow } from "../../../liquidity/mod.ts";
import type { ChannelState, Suggestion } from "../../../protocol/mod.ts";
import { flowsOf, type NodeView, type Wish } from "../node_view.ts";
import { mergeWishes, type PairEnd, replayPair } from "../pair_replay.ts";
import type { RouteGuess } from "../route_guess.ts";
import {
  activeChannels,
  failedLately,
  LEAST_AMOUNT_SAT,
  MOST_AMOUNT_SAT,
  MOST_SUGGESTIONS,
  Stock,
  suggestionFrom,
  type Wanted,
} from "./suggest.ts";

/** What liquidity would earn must exceed what moving it costs by this factor. */
const MARGIN_FACTOR = 2;
/** Less than this is not worth the trouble. */
const LEAST_GAIN_MSAT = 1000;

/** What a plan by replay is made from. */
export interface ReplayInputs {
  view: NodeView;
  timeMs: number;
  routes: RouteGuess;
  /** The forwards that are expected to be wanted through a channel, in order. */
  expected: (channelId: string) => readonly Wish[];
}

/**
 * Plans by replay: a channel's balance is worth the fees of those of the expected forwards that
 * it would serve. Again and again it takes the source, target and amount with the largest chance
 * times net gain, while the gain is at least twice the route's fee.
 */
export function planByReplay(inputs: ReplayInputs): Suggestion[] {
  const stocks = activeChannels(inputs.view).map((channel) =>
    new ReplayStock(channel, inputs.expected(channel.channelId))
  );
  const suggestions: Suggestion[] = [];
  const served = new Set<ReplayStock>();
  while (suggestions.length < MOST_SUGGESTIONS) {
    const best = bestMove(stocks.filter((stock) => !served.has(stock)), stocks, inputs);
    if (best === undefined) break;
    suggestions.push(suggestionFrom(best.wanted, inputs.timeMs));
    best.target.receive(best.wanted.amountSat);
    best.source.receive(-best.wanted.amountSat);
    served.add(best.target);
  }
  return suggestions;
}

/** A channel with the forwards that are expected of it. */
class ReplayStock extends Stock {
  readonly #values = new Map<number, number>();
  readonly #flows: readonly WindowFlow[];
  /** Channels by which expected forwards come here or go on. */
  readonly #partners: ReadonlySet<string>;

  constructor(channel: ChannelState, readonly wishes: readonly Wish[]) {
    super(channel);
    this.#flows = flowsOf(wishes, channel.channelId);
    this.#partners = new Set(wishes.flatMap((wish) => [wish.inChannel, wish.outChannel]));
  }

  /** Fees gained by taking an amount from another channel, msat. */
  gainFromMsat(source: ReplayStock, amountSat: number): number {
    if (!this.#partners.has(source.channel.channelId)) {
      return this.gainMsat(amountSat) + source.gainMsat(-amountSat);
    }
    // What comes in by one and goes out by the other counts once.
    const wishes = mergeWishes(this.wishes, source.wishes);
    return replayPair(wishes, [this.#end(amountSat), source.#end(-amountSat)]) -
      replayPair(wishes, [this.#end(0), source.#end(0)]);
  }

  #end(changeSat: number): PairEnd {
    return {
      channelId: this.channel.channelId,
      localMsat: (this.localSat + changeSat) * 1000,
      capacityMsat: this.channel.capacitySat * 1000,
    };
  }

  /** Fees gained by a change of the local balance, msat; negative when fewer flows are served. */
  gainMsat(changeSat: number): number {
    return this.#valueMsat(this.localSat + changeSat) - this.#valueMsat(this.localSat);
  }

  #valueMsat(localSat: number): number {
    let value = this.#values.get(localSat);
    if (value === undefined) {
      value = replayValue(this.#flows, {
        localMsat: localSat * 1000,
        capacityMsat: this.channel.capacitySat * 1000,
      }).feesMsat;
      this.#values.set(localSat, value);
    }
    return value;
  }
}

interface Move {
  source: ReplayStock;
  target: ReplayStock;
  wanted: Wanted;
  score: number;
}

function bestMove(
  targets: readonly ReplayStock[],
  sources: readonly ReplayStock[],
  inputs: ReplayInputs,
): Move | undefined {
  let best: Move | undefined;
  for (const target of targets) {
    const mostSat = Math.min(target.takeableSat, MOST_AMOUNT_SAT);
    for (let amountSat = LEAST_AMOUNT_SAT; amountSat <= mostSat; amountSat *= 2) {
      if (target.gainMsat(amountSat) < LEAST_GAIN_MSAT) continue;
      const move = bestSource(target, sources, amountSat, inputs);
      if (move !== undefined && move.score > (best?.score ?? 0)) best = move;
    }
  }
  return best;
}

function bestSource(
  target: ReplayStock,
  sources: readonly ReplayStock[],
  amountSat: number,
  { view, timeMs, routes }: ReplayInputs,
): Move | undefined {
  const routeFrom = routes.into(view.node, target.channel.channelId, amountSat);
  let best: Move | undefined;
  for (const source of sources) {
    const { channel } = source;
    if (channel.peer === target.channel.peer || source.givableSat < amountSat) continue;
    const route = routeFrom(channel.channelId);
    if (route === undefined) continue;
    const gainMsat = target.gainFromMsat(source, amountSat);
    const netMsat = gainMsat - route.feeMsat;
    if (gainMsat < MARGIN_FACTOR * route.feeMsat || netMsat < LEAST_GAIN_MSAT) continue;
    const score = route.probability * netMsat;
    if (score <= (best?.score ?? 0)) continue;
    if (failedLately(view, { source: channel, target: target.channel }, timeMs)) continue;
    const wanted = {
      source: channel,
      target: target.channel,
      amountSat,
      feeLimitMsat: gainMsat / MARGIN_FACTOR,
      gainMsat,
      feeMsat: route.feeMsat,
    };
    best = { source, target, wanted, score };
  }
  return best;
}
