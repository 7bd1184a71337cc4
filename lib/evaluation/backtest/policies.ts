import { DAY_MS, MSAT_PER_SAT, type Rng, seededRng } from "../../core/mod.ts";
import { type AmountQuantiles, channelKey, QUANTILE_LEVELS } from "../../liquidity/mod.ts";
import type { ForwardEvent } from "./forwards_log.ts";
import { type History, rowsByChannel } from "./history.ts";
import type { ForecastName, Judged } from "./rolling.ts";

/** What a log can't tell and is assumed, the same for every policy. */
export interface PolicyAssumptions {
  /** What a rebalance costs of its amount, ppm. */
  costPpm: number;
  /** Chance that it works. */
  probability: number;
  /** Capacity by channel id, sat; where unknown it follows from the log. */
  capacitiesSat?: ReadonlyMap<string, number>;
  seed: number;
}

/** A policy: what balance a channel should have, from what is known when it plans. */
export const POLICIES = [
  "none",
  "fifty_fifty",
  "persistence",
  "ewma",
  "seasonal",
  "model",
  "hindsight",
] as const;
export type PolicyName = (typeof POLICIES)[number];

/** What a policy would have earned. */
export interface PolicyResult {
  policy: PolicyName;
  /** Forwards of the log that the assumed balances could carry, and all of them. */
  served: number;
  forwards: number;
  feesMsat: number;
  rebalances: number;
  rebalancedSat: number;
  costMsat: number;
  /** Fees less cost, by week. */
  netByWeek: Map<number, number>;
}

/** Plans are made once a day. */
const PLAN_MS = DAY_MS;
/** What is expected to be earned must exceed the cost by this. */
const MARGIN = 2;
/** Smallest amount worth a rebalance, sat. */
const LEAST_SAT = 50_000;

interface Channel {
  capacitySat: number;
  localSat: number;
  /** Earned by what went out so far, and how much did. */
  feesMsat: number;
  outMsat: number;
  /** What the newest forecast of each forecaster says it will send out. */
  forecast?: Record<ForecastName, AmountQuantiles>;
  /** What it will send out, for the policy that knows. */
  hindsightSat: number;
}

/**
 * Replays the judged part of the history under every policy: channels start half full, a settled or
 * unserved forward of the log is carried where both balances allow, and once a day a policy moves
 * balance from channels that have more than they will need to such that lack it.
 */
export function replayPolicies(
  history: History,
  judged: Judged,
  assumptions: PolicyAssumptions,
): PolicyResult[] {
  const { origins } = judged;
  if (origins.length === 0) return [];
  const fromMs = origins[0].fromMs;
  const toMs = origins[origins.length - 1].toMs;
  const capacities = assumedCapacities(history.events, assumptions.capacitiesSat);
  const events = history.events.filter(({ timeMs, forward }) =>
    timeMs > fromMs && timeMs <= toMs && forward.outChannel !== "" && forward.inChannel !== "" &&
    (forward.outcome === "settled" || forward.failureReason === "insufficient_balance")
  );
  return POLICIES.map((policy) =>
    new Replay(history, judged, { policy, capacities, assumptions }).run(events, fromMs)
  );
}

/**
 * Capacity where none is given: as wide as the channel's net position moved over the whole log, and
 * no less than twice its largest forward.
 */
export function assumedCapacities(
  events: readonly ForwardEvent[],
  known: ReadonlyMap<string, number> = new Map(),
): Map<string, number> {
  const seen = new Map<string, { net: number; low: number; high: number; most: number }>();
  const move = (id: string, sat: number) => {
    // A log may not know the channel.
    if (id === "") return;
    let channel = seen.get(id);
    if (channel === undefined) seen.set(id, channel = { net: 0, low: 0, high: 0, most: 0 });
    channel.net += sat;
    channel.low = Math.min(channel.low, channel.net);
    channel.high = Math.max(channel.high, channel.net);
    channel.most = Math.max(channel.most, Math.abs(sat));
  };
  for (const { forward } of events) {
    if (forward.outcome !== "settled") continue;
    move(forward.inChannel, forward.inAmountMsat / MSAT_PER_SAT);
    move(forward.outChannel, -forward.outAmountMsat / MSAT_PER_SAT);
  }
  const assumed = new Map([...seen].map(([id, { low, high, most }]) => [
    id,
    Math.ceil(Math.max(high - low, 2 * most)),
  ]));
  return new Map([...assumed, ...known]);
}

class Replay {
  #channels = new Map<string, Channel>();
  #rng: Rng;
  #result: PolicyResult;
  #rows: { key: string; row: number; timeMs: number }[] = [];
  #at = 0;

  constructor(
    readonly history: History,
    readonly judged: Judged,
    readonly options: {
      policy: PolicyName;
      capacities: Map<string, number>;
      assumptions: PolicyAssumptions;
    },
  ) {
    // The same draws for every policy.
    this.#rng = seededRng(options.assumptions.seed).fork("policies");
    for (const [id, capacitySat] of options.capacities) {
      this.#channels.set(id, {
        capacitySat,
        localSat: capacitySat / 2,
        feesMsat: 0,
        outMsat: 0,
        hindsightSat: 0,
      });
    }
    const { table } = history;
    for (const [key, rows] of rowsByChannel(table)) {
      for (const row of rows) {
        if (judged.outbound.has(row)) this.#rows.push({ key, row, timeMs: table.timeMs[row] });
      }
    }
    this.#rows.sort((a, b) => a.timeMs - b.timeMs);
    this.#result = {
      policy: options.policy,
      ...{ served: 0, forwards: 0, feesMsat: 0, rebalances: 0, rebalancedSat: 0, costMsat: 0 },
      netByWeek: new Map(),
    };
  }

  run(events: readonly ForwardEvent[], fromMs: number): PolicyResult {
    let planMs = fromMs + PLAN_MS;
    for (const event of events) {
      for (; planMs < event.timeMs; planMs += PLAN_MS) this.#plan(planMs);
      this.#forward(event);
    }
    return this.#result;
  }

  #forward({ timeMs, forward }: ForwardEvent): void {
    const into = this.#channels.get(forward.inChannel);
    const out = this.#channels.get(forward.outChannel);
    if (into === undefined || out === undefined) return;
    this.#result.forwards++;
    const inSat = forward.inAmountMsat / MSAT_PER_SAT;
    const outSat = forward.outAmountMsat / MSAT_PER_SAT;
    const feeMsat = forward.inAmountMsat - forward.outAmountMsat;
    out.feesMsat += feeMsat;
    out.outMsat += forward.outAmountMsat;
    if (out.localSat < outSat || into.localSat + inSat > into.capacitySat) return;
    out.localSat -= outSat;
    into.localSat += inSat;
    this.#result.served++;
    this.#result.feesMsat += feeMsat;
    this.#earn(timeMs, feeMsat);
  }

  #earn(timeMs: number, msat: number): void {
    const week = Math.floor(timeMs / (7 * DAY_MS));
    const { netByWeek } = this.#result;
    netByWeek.set(week, (netByWeek.get(week) ?? 0) + msat);
  }

  #plan(nowMs: number): void {
    this.#takeForecasts(nowMs);
    if (this.options.policy === "none") return;
    const wanted = [...this.#channels.values()]
      .map((channel) => ({ channel, lackSat: this.#target(channel) - channel.localSat }))
      .filter(({ lackSat }) => lackSat >= LEAST_SAT)
      .sort((a, b) => earnedPpm(b.channel) - earnedPpm(a.channel));
    for (const { channel, lackSat } of wanted) {
      const source = this.#source(channel);
      const amountSat = Math.min(lackSat, source?.spareSat ?? 0);
      if (source === undefined || amountSat < LEAST_SAT) continue;
      const works = this.#rng.float() < this.options.assumptions.probability;
      if (!works) continue;
      const costMsat = amountSat * MSAT_PER_SAT * this.options.assumptions.costPpm / 1e6;
      source.channel.localSat -= amountSat + costMsat / MSAT_PER_SAT;
      channel.localSat += amountSat;
      this.#result.rebalances++;
      this.#result.rebalancedSat += amountSat;
      this.#result.costMsat += costMsat;
      this.#earn(nowMs, -costMsat);
    }
  }

  #takeForecasts(nowMs: number): void {
    const { table } = this.history;
    for (; this.#at < this.#rows.length && this.#rows[this.#at].timeMs <= nowMs; this.#at++) {
      const { key, row } = this.#rows[this.#at];
      const id = key.slice(key.indexOf("/") + 1);
      const channel = this.#channels.get(id);
      if (channel === undefined || channelKey(table.nodes[row], id) !== key) continue;
      channel.forecast = this.judged.outbound.get(row);
      channel.hindsightSat = table.outboundNeedSat[row];
    }
  }

  /** The balance that a policy wants a channel to have. */
  #target(channel: Channel): number {
    const { policy, assumptions } = this.options;
    if (policy === "fifty_fifty") return channel.capacitySat / 2;
    // A satoshi more is worth its rate times the chance that it is used: the newsvendor's quantile.
    const level = 1 - MARGIN * assumptions.costPpm / earnedPpm(channel);
    if (!(level > 0)) return 0;
    if (policy === "hindsight") return Math.min(channel.capacitySat, channel.hindsightSat);
    if (policy === "none" || channel.forecast === undefined) return 0;
    return Math.min(channel.capacitySat, quantileAt(channel.forecast[policy], level));
  }

  /** The channel with the most to spare: beyond its own target and what is kept for surprises. */
  #source(target: Channel): { channel: Channel; spareSat: number } | undefined {
    let best: { channel: Channel; spareSat: number } | undefined;
    for (const channel of this.#channels.values()) {
      if (channel === target) continue;
      const spareSat = (channel.localSat - Math.max(this.#target(channel), this.#kept(channel))) /
        (1 + this.options.assumptions.costPpm / 1e6);
      if (spareSat > (best?.spareSat ?? 0)) best = { channel, spareSat };
    }
    return best;
  }

  /** A channel is not drained below half by a rule that knows of halves only, nor below a fifth. */
  #kept({ capacitySat }: Channel): number {
    return capacitySat * (this.options.policy === "fifty_fifty" ? 0.5 : 0.2);
  }
}

/** What a channel earned on what went out so far, ppm. */
function earnedPpm({ feesMsat, outMsat }: Channel): number {
  return outMsat === 0 ? 0 : feesMsat / outMsat * 1e6;
}

/** Linear between the levels; the lowest and the highest hold beyond them. */
function quantileAt({ sat }: AmountQuantiles, level: number): number {
  const last = QUANTILE_LEVELS.length - 1;
  if (level <= QUANTILE_LEVELS[0]) return sat[0];
  for (let i = 1; i <= last; i++) {
    if (level > QUANTILE_LEVELS[i]) continue;
    const [from, to] = [QUANTILE_LEVELS[i - 1], QUANTILE_LEVELS[i]];
    return sat[i - 1] + (sat[i] - sat[i - 1]) * (level - from) / (to - from);
  }
  return sat[last];
}
