import { satToMsat } from "../core/mod.ts";
import { isCooling } from "./eligibility.ts";
import type { NodePast } from "./node_past.ts";
import { type Blocked, type RefusalCode, REFUSALS } from "./refusals.ts";
import type { ConfidenceBasis, PlannerOptions, RouteEstimate, RouteEstimator } from "./types.ts";
import type { PlannedChannel } from "./value.ts";

/** Targets and amounts of a node that routes are searched for, those first that may gain most. */
const SEARCHES = 40;
/** The same at least, however many nodes share a plan. */
const LEAST_SEARCHES = 8;
/** Sources that are looked at for each amount, those first that lose least by giving it. */
const SOURCES = 32;
/** Targets and amounts whose gain is looked into, those first whose target alone would gain most. */
const LOOKS = 1000;
/** Amounts are a factor 2 apart, from here on, so that searches for routes can be shared. */
const GRID_SAT = 10_000;

/** A rebalance that would be worth it. */
export interface Move {
  source: PlannedChannel;
  target: PlannedChannel;
  amountSat: number;
  /** Value gained at both ends before the fee. */
  grossMsat: number;
  route: RouteEstimate;
  /** The most that may be paid for it. */
  feeLimitMsat: number;
  /** Expected net gain: what is chosen by. */
  scoreMsat: number;
  /** Moves that had been chosen when this was computed. */
  after: number;
}

/** A move that was taken, with what its value rests on. */
export interface ChosenMove extends Move {
  /** What it would have earned in windows of the past, each up to now; none by the forecast alone. */
  replayed: { sinceMs: number; earnedMsat: number }[];
  /** The chance that it pays for itself, and what that follows from. */
  confidence: number;
  basis: ConfidenceBasis;
}

/** A target and an amount that may be worth a search for routes. */
interface Chance {
  target: PlannedChannel;
  amountSat: number;
  givers: PlannedChannel[];
  /** What is left at most. */
  mostMsat: number;
}

/** Settings of one node's market. */
interface MarketOptions extends PlannerOptions {
  /** Targets and amounts that routes are searched for, see {@linkcode searchesEach}. */
  searches: number;
}

/** Searches that each node of a plan is left with. */
export function searchesEach(nodes: number, { maxSearches }: PlannerOptions): number {
  return Math.min(SEARCHES, Math.max(LEAST_SEARCHES, Math.floor(maxSearches / nodes)));
}

type RoutesFrom = (sourceChannel: string) => RouteEstimate | undefined;

/** Every pair of channels and every amount of one node, and the best of them. */
export class Market {
  /** By target, what stood in the way of the most promising rebalance into it. */
  readonly blocked: Blocked = new Map();
  readonly #routes = new Map<string, RoutesFrom>();
  /** What the best source would leave of a target's gain, by target and amount, msat. */
  readonly #mostMsat = new Map<string, number>();
  readonly #node: string;
  readonly #past: NodePast | undefined;
  /** Moves chosen so far. */
  #chosen = 0;

  constructor(
    readonly channels: readonly PlannedChannel[],
    readonly estimate: RouteEstimator,
    readonly timeMs: number,
    readonly settings: MarketOptions,
  ) {
    this.#node = channels[0]?.outlook.channel.node ?? "";
    this.#past = settings.pasts.get(this.#node);
  }

  /**
   * Chooses greedily: the move of the largest score first, then the best of what is left, valued
   * anew after each. A target gets one move in a plan, a source may give to several, no channel does
   * both, and all channels of a target's peer are left alone after it, since LND can't tell by which
   * of them an amount comes back. Each is given out while balances are still as they are before it.
   */
  *choose(): Generator<ChosenMove> {
    const { settings } = this;
    this.#settle();
    const queue = this.#allMoves();
    const refilled = new Set<string>(), gave = new Set<string>();
    let budgetMsat = settings.budgetMsat.get(this.#node) ?? Infinity;
    for (let left = settings.maxPerNode; left > 0;) {
      const move = queue.shift();
      if (move === undefined) return;
      const from = move.source.outlook.channel.peer, to = move.target.outlook.channel.peer;
      if (refilled.has(to) || gave.has(to) || refilled.has(from)) continue;
      if (move.after !== this.#chosen) {
        const anew = this.#judge(move.source, move.target, move.amountSat);
        if (anew !== undefined) insert(queue, anew);
        continue;
      }
      if (move.route.feeMsat > budgetMsat) {
        this.#note(move.target, "over_budget", move.route.feeMsat, move.amountSat);
        continue;
      }
      const sure = this.#sure(move);
      if (sure === undefined) continue;
      // It may cost as much as its limit says: then the whole plan stays within the budget.
      const feeLimitMsat = Math.min(move.feeLimitMsat, budgetMsat);
      budgetMsat -= feeLimitMsat;
      left--;
      this.#chosen++;
      yield { ...move, feeLimitMsat, replayed: this.#replayed(move), ...sure };
      move.target.movedSat += move.amountSat;
      move.source.movedSat -= move.amountSat;
      if (left > 0) this.#settle();
      refilled.add(to);
      gave.add(from);
    }
  }

  #settle(): void {
    this.#past?.settle(this.channels.map(({ id, localSat }) => [id, localSat] as const));
  }

  /** The past that values moves of these channels; undefined where one was not watched for long enough. */
  #pastOf(one: PlannedChannel, other = one): NodePast | undefined {
    return hasPast(one) && hasPast(other) ? this.#past : undefined;
  }

  /** What a move would have earned in each window of the past. */
  #replayed({ source, target, amountSat }: Move): ChosenMove["replayed"] {
    const past = this.#pastOf(source, target);
    if (past === undefined) return [];
    return past.changesMsat({ source: source.id, target: target.id, amountSat })
      .map((earnedMsat, window) => ({ sinceMs: past.sincesMs[window], earnedMsat }));
  }

  /** What a move is expected to gain at both ends before its fee, msat. */
  #gainMsat(source: PlannedChannel, target: PlannedChannel, amountSat: number): number {
    const past = this.#pastOf(source, target);
    if (past === undefined) {
      return target.gainOfReceivingMsat(amountSat) - source.lossOfGivingMsat(amountSat);
    }
    const ratePpm = target.outlook.earnedOutPpm;
    const move = { source: source.id, target: target.id, amountSat, ratePpm };
    return past.gainMsat(move) - source.expectedUseMsat(amountSat);
  }

  /** All that is worth it on today's balances, the best first. */
  #allMoves(): Move[] {
    const moves: Move[] = [];
    for (const { target, amountSat, givers } of this.#chances()) {
      for (const source of givers) {
        const move = this.#judge(source, target, amountSat);
        if (move !== undefined) moves.push(move);
      }
    }
    return moves.sort((a, b) => b.scoreMsat - a.scoreMsat);
  }

  /** Targets and amounts that may be worth a search for routes, those first that may gain most. */
  #chances(): Chance[] {
    const sources = this.channels.filter((channel) => this.#mayTakePart(channel, "source"));
    const byAmount = new Map<number, PlannedChannel[]>();
    const chances: Chance[] = [];
    for (const { target, amountSat, aloneMsat } of this.#looks()) {
      let cheap = byAmount.get(amountSat);
      if (cheap === undefined) byAmount.set(amountSat, cheap = cheapest(sources, amountSat));
      const givers = cheap.filter((source) => !samePeer(source, target));
      const mostMsat = givers.reduce(
        (most, source) => Math.max(most, this.#gainMsat(source, target, amountSat)),
        -Infinity,
      );
      const lastFeeMsat = lastHopFeeMsat(target, amountSat);
      const neededMsat = this.#neededMsat(lastFeeMsat);
      if (mostMsat < neededMsat) {
        const dear = lastFeeMsat > 0 && givers.length > 0;
        if (aloneMsat > 0) {
          this.#note(
            target,
            dear ? "too_expensive" : "no_source",
            dear ? lastFeeMsat : 0,
            amountSat,
          );
        }
        continue;
      }
      this.#mostMsat.set(`${target.id}/${amountSat}`, mostMsat);
      chances.push({ target, amountSat, givers, mostMsat: mostMsat - lastFeeMsat });
    }
    chances.sort((a, b) => b.mostMsat - a.mostMsat);
    const { searches } = this.settings;
    return (searches < SEARCHES ? targetsInTurn(chances) : chances).slice(0, searches);
  }

  /** What a move must gain whose fee is this at least. */
  #neededMsat(feeMsat: number): number {
    return Math.max(this.settings.minGainMsat, this.settings.marginFactor * feeMsat);
  }

  /** Targets and amounts that could gain enough at best, those first whose target alone gains most. */
  #looks(): { target: PlannedChannel; amountSat: number; aloneMsat: number }[] {
    const looks = this.channels.filter((target) => this.#mayTakePart(target, "target"))
      .flatMap((target) =>
        this.#amounts(target).map((amountSat) => {
          const aloneMsat = target.gainOfReceivingMsat(amountSat);
          return { target, amountSat, aloneMsat };
        })
      )
      .filter(({ target, amountSat, aloneMsat }) =>
        aloneMsat > 0 ||
        (this.#pastOf(target)?.mostMsat(amountSat, target.outlook.earnedOutPpm) ?? -Infinity) >=
          this.#neededMsat(lastHopFeeMsat(target, amountSat))
      );
    const most = LOOKS * this.settings.searches / SEARCHES;
    return looks.sort((a, b) => b.aloneMsat - a.aloneMsat).slice(0, most);
  }

  #mayTakePart(channel: PlannedChannel, role: "source" | "target"): boolean {
    return !isCooling(channel.outlook, role, this.timeMs, this.settings);
  }

  /** The grid of amounts that fit into a target. */
  #amounts(target: PlannedChannel): number[] {
    const { minAmountSat, maxAmountSat } = this.settings;
    const mostSat = Math.min(target.takeableSat, maxAmountSat);
    const amounts: number[] = [];
    for (let sat = GRID_SAT; sat <= mostSat; sat *= 2) if (sat >= minAmountSat) amounts.push(sat);
    return amounts;
  }

  #judge(source: PlannedChannel, target: PlannedChannel, amountSat: number): Move | undefined {
    const { settings } = this;
    if (samePeer(source, target) || source.givableSat < amountSat) return undefined;
    const grossMsat = this.#gainMsat(source, target, amountSat);
    const refuse = (code: RefusalCode, value: number) => this.#note(target, code, value, amountSat);
    if (grossMsat < settings.minGainMsat) return refuse("no_source", grossMsat);
    const route = this.#routesInto(target, amountSat)(source.id);
    if (route === undefined) return refuse("no_route", 0);
    const netMsat = grossMsat - route.feeMsat;
    const feeLimitMsat = Math.min(grossMsat / settings.marginFactor, target.feeCapMsat(amountSat));
    if (route.feeMsat > feeLimitMsat || netMsat < settings.minGainMsat) {
      return refuse("too_expensive", route.feeMsat);
    }
    return {
      ...{ source, target, amountSat, grossMsat, route, feeLimitMsat },
      scoreMsat: netMsat * route.probability,
      after: this.#chosen,
    };
  }

  /** Confidence in a move, and what it follows from; undefined where it is too small. */
  #sure(move: Move): Pick<ChosenMove, "basis" | "confidence"> | undefined {
    const { calibration, minConfidence } = this.settings;
    const basis = this.#basisOf(move);
    const confidence = calibration?.confidence(basis) ?? basis.chance;
    if (confidence >= minConfidence) return { basis, confidence };
    return this.#note(move.target, "low_confidence", confidence, move.amountSat);
  }

  /** On the balances as they are just before the move. */
  #basisOf({ source, target, amountSat, route: { feeMsat } }: Move): ConfidenceBasis {
    const watchedMs = Math.min(source.outlook.observedMs, target.outlook.observedMs);
    const tried = this.settings.tryOnPast?.({
      ...{ source: source.state, target: target.state, amountMsat: satToMsat(amountSat), feeMsat },
      watchedSinceMs: this.timeMs - watchedMs,
    });
    return { chance: chanceOfPayback(target, feeMsat), tried: tried ?? [] };
  }

  #routesInto(target: PlannedChannel, amountSat: number): RoutesFrom {
    const key = `${target.id}/${amountSat}`;
    let routes = this.#routes.get(key);
    if (routes === undefined) {
      const { node, channelId } = target.outlook.channel;
      const amountMsat = satToMsat(amountSat);
      const mostMsat = this.#mostMsat.get(key);
      const feeLimitMsat = mostMsat === undefined
        ? undefined
        : Math.ceil(mostMsat / this.settings.marginFactor);
      routes = this.estimate({ node, targetChannel: channelId, amountMsat, feeLimitMsat });
      this.#routes.set(key, routes);
    }
    return routes;
  }

  #note(target: PlannedChannel, code: RefusalCode, value: number, amountSat: number): undefined {
    const before = this.blocked.get(target.id);
    if (before === undefined || REFUSALS.indexOf(code) > REFUSALS.indexOf(before.code)) {
      this.blocked.set(target.id, { code, value, amountSat });
    }
  }
}

/** The chance that outflow beyond today's balance earns back the fee. */
function chanceOfPayback(target: PlannedChannel, feeMsat: number): number {
  const { earnedOutPpm } = target.outlook;
  return earnedOutPpm <= 0 ? 0 : target.chanceOfUse(feeMsat * 1000 / earnedOutPpm);
}

/** Whether a channel was watched long enough to be valued by the past. */
function hasPast({ outlook }: PlannedChannel): boolean {
  return outlook.curve !== undefined;
}

function samePeer(a: PlannedChannel, b: PlannedChannel): boolean {
  return a.outlook.channel.peer === b.outlook.channel.peer;
}

/** What the target's peer asks for the last hop: no route costs less. 0 where its terms are unknown. */
function lastHopFeeMsat({ outlook }: PlannedChannel, amountSat: number): number {
  const policy = outlook.channel.remotePolicy;
  return policy === undefined ? 0 : policy.baseFeeMsat + amountSat * policy.feeRatePpm / 1000;
}

function cheapest(sources: readonly PlannedChannel[], amountSat: number): PlannedChannel[] {
  return sources.filter((source) => source.givableSat >= amountSat)
    .map((source) => ({ source, lossMsat: source.lossOfGivingMsat(amountSat) }))
    .sort((a, b) => a.lossMsat - b.lossMsat)
    .slice(0, SOURCES)
    .map(({ source }) => source);
}

/**
 * First the best of each target, then the second of each, and so on: a target is refilled once, so
 * where searches are few, more targets are worth more than more amounts.
 */
function targetsInTurn(chances: readonly Chance[]): Chance[] {
  const turns: Chance[][] = [];
  const seen = new Map<PlannedChannel, number>();
  for (const chance of chances) {
    const turn = seen.get(chance.target) ?? 0;
    seen.set(chance.target, turn + 1);
    (turns[turn] ??= []).push(chance);
  }
  return turns.flat();
}

/** Puts a move where its score belongs. */
function insert(queue: Move[], move: Move): void {
  const at = queue.findIndex(({ scoreMsat }) => scoreMsat < move.scoreMsat);
  queue.splice(at === -1 ? queue.length : at, 0, move);
}
