import type { Rng } from "../core/mod.ts";
import type { Balances, Network } from "../network/mod.ts";
import type { ChannelState, LensEvent, Suggestion, SuggestionResult } from "../protocol/mod.ts";
import { type Account, Accounts } from "./accounts.ts";
import { type HopOutcome, Payer, type PayerOptions, type PaymentResult } from "./payer.ts";
import { checkSuggestion, rebalance } from "./rebalancer.ts";
import { Refresh } from "./refresh.ts";
import { SettleTimes } from "./settle_times.ts";
import { type Statistics, StatisticsCounter } from "./statistics.ts";
import { type DriftOptions, TermsDrift } from "./terms_drift.ts";
import { type Intent, Traffic, type TrafficOptions } from "./traffic.ts";

/** What a {@linkcode Simulation} is made of. */
export interface SimulationOptions {
  network: Network;
  /** Owned by the simulation from now on; twins need a clone each. */
  balances: Balances;
  /** Twins get generators of the same seed. */
  rng: Rng;
  /** Virtual time at the start, Unix ms. */
  startMs: number;
  /** Ids of the nodes whose events are told and that take suggestions. */
  operators: readonly string[];
  traffic?: Partial<TrafficOptions>;
  payments?: Partial<PayerOptions>;
  /** Share of channels a day whose balances are drawn anew, by the chain. */
  refreshPerDay?: number;
  /** How other nodes change their terms; they don't when left out. */
  drift?: Partial<DriftOptions>;
  /** Begins the ids of events, so that those of several runs differ. */
  name?: string;
  /** Told of every event, in order. */
  onEvent?: (event: LensEvent) => void;
  /** Told of every payment in the network, in order. */
  onPayment?: (intent: Intent, result: PaymentResult) => void;
}

/** Something that happens again and again. */
interface Source {
  nextMs(): number;
  /** Does what is due at `nextMs` and moves that on. */
  run(): void;
}

/** Share of channels a day that are refreshed when not told. */
const REFRESH_PER_DAY = 0.06;

/**
 * A Lightning network in virtual time: payments of persistent sources and sinks, routed and
 * retried over real balances. It moves only when told to ({@linkcode Simulation.runUntil}), and
 * the same seed and interventions give the same events. Payment intents depend on the seed alone.
 */
export class Simulation {
  readonly network: Network;
  readonly balances: Balances;
  /** Ids of the operators. */
  readonly operators: readonly string[];
  readonly traffic: Traffic;
  readonly #payer: Payer;
  readonly #sources: Source[];
  readonly #settleTimes: SettleTimes;
  readonly #accounts: Accounts;
  readonly #statistics = new StatisticsCounter();
  readonly #isOperator: Uint8Array;
  readonly #name: string;
  #nowMs: number;
  #eventCount = 0;
  #muted = false;
  /** Set when the payment at hand passed by or ended at an operator. */
  #touched = false;
  readonly #moved = new Set<number>();
  onEvent: (event: LensEvent) => void;
  onPayment: (intent: Intent, result: PaymentResult) => void;

  constructor(options: SimulationOptions) {
    const { balances, rng, startMs } = options;
    // Terms change during the run: twins must not see each other's.
    const network = options.network.clone();
    this.network = network;
    this.balances = balances;
    this.operators = [...options.operators];
    this.#nowMs = startMs;
    this.#name = options.name ?? "sim";
    this.onEvent = options.onEvent ?? (() => {});
    this.onPayment = options.onPayment ?? (() => {});
    this.#accounts = new Accounts(network.nodeCount);
    this.#isOperator = new Uint8Array(network.nodeCount);
    for (const id of options.operators) this.#isOperator[this.#nodeOf(id)] = 1;
    this.traffic = new Traffic(network, { ...options.traffic, rng: rng.fork("traffic"), startMs });
    this.#payer = new Payer(network, balances, (hop) => this.#onHop(hop), options.payments);
    this.#settleTimes = new SettleTimes(rng.fork("settle times"));
    this.#sources = [{
      nextMs: () => this.traffic.nextMs,
      run: () => this.#pay(this.traffic.next()),
    }, ...this.#changes(options)];
  }

  /** What happens beside payments. */
  #changes({ rng, startMs, refreshPerDay = REFRESH_PER_DAY, drift }: SimulationOptions): Source[] {
    const { network } = this;
    const sources: Source[] = [];
    if (refreshPerDay > 0) {
      const refresh = new Refresh(network, this.traffic.roles, {
        rng: rng.fork("refresh"),
        startMs,
        sharePerDay: refreshPerDay,
      });
      sources.push({
        nextMs: () => refresh.nextMs,
        run: () => this.#tellChange(2 * refresh.apply(this.balances)),
      });
    }
    if (drift !== undefined) {
      const spared = (direction: number) => this.#isOperator[network.source[direction]] === 1;
      const terms = new TermsDrift(network, { ...drift, rng: rng.fork("drift"), startMs, spared });
      sources.push({ nextMs: () => terms.nextMs, run: () => this.#tellChange(terms.apply()) });
    }
    return sources;
  }

  /** Virtual time, Unix ms. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** When something will happen next. */
  get nextMs(): number {
    return Math.min(...this.#sources.map((source) => source.nextMs()));
  }

  /** Runs everything that is due until then, the end included. Earlier times are ignored. */
  runUntil(timeMs: number): void {
    while (this.nextMs <= timeMs) this.step();
    this.#nowMs = Math.max(this.#nowMs, timeMs);
  }

  /** Runs the next thing that is due; of several at a time payments come last. */
  step(): void {
    const [payments, ...changes] = this.#sources;
    let next = payments;
    for (const source of changes) if (source.nextMs() <= next.nextMs()) next = source;
    this.#nowMs = Math.max(this.#nowMs, next.nextMs());
    next.run();
  }

  /** An operator changes what it charges in one of its channels, from now on. */
  setFees(
    node: string,
    channelId: string,
    fees: { baseFeeMsat: number; feeRatePpm: number },
  ): void {
    const channel = this.network.channelOf(channelId);
    const direction = channel === undefined
      ? undefined
      : this.network.directionFrom(this.#nodeOf(node), channel);
    if (direction === undefined) throw new RangeError(`${channelId} is no channel of ${node}`);
    this.network.setFees(direction, fees);
    this.#tellChange(direction);
  }

  #tellChange(direction: number): void {
    this.#touchDirection(direction);
    this.#tellMoved();
  }

  /** Runs so far with nobody listening, and starts accounts and statistics anew: the first balances settle. */
  warmUp(durationMs: number): void {
    this.#muted = true;
    this.runUntil(this.#nowMs + durationMs);
    this.#muted = false;
    this.#accounts.reset();
    this.#statistics.reset();
  }

  #pay(intent: Intent): void {
    this.#touched = this.#isOperator[intent.sender] === 1 ||
      this.#isOperator[intent.receiver] === 1;
    const result = this.#payer.pay(intent);
    this.#statistics.count(intent, result);
    for (const { directions } of result.routes) {
      for (const direction of directions) this.#touchDirection(direction);
    }
    if (this.#muted) {
      this.#moved.clear();
      return;
    }
    this.onPayment(intent, result);
    if (this.#touched) {
      const { network } = this;
      this.#emit({
        kind: "transaction",
        timeMs: this.#nowMs,
        transaction: {
          sender: network.nodeIds[intent.sender],
          receiver: network.nodeIds[intent.receiver],
          amountMsat: intent.amountMsat,
          success: result.success,
          feeMsat: result.feeMsat,
          attempts: result.attempts,
          durationMs: this.#settleTimes.draw(result.attempts),
          failureReason: result.success ? undefined : result.failureReason,
          transactionType: "payment",
        },
      });
    }
    this.#tellMoved();
  }

  #onHop(hop: HopOutcome): void {
    const { node, inAmountMsat, outAmountMsat, outcome } = hop;
    if (outcome === "settled") {
      this.#accounts.add(node, "forwards", 1);
      this.#accounts.add(node, "forwardedMsat", outAmountMsat);
      this.#accounts.add(node, "forwardIncomeMsat", inAmountMsat - outAmountMsat);
    } else {
      this.#accounts.add(node, outcome === "failed_here" ? "failedHere" : "failedDownstream", 1);
    }
    if (this.#isOperator[node] === 0) return;
    this.#touched = true;
    if (this.#muted) return;
    const { channelIds, nodeIds } = this.network;
    this.#emit({
      kind: "forward",
      timeMs: this.#nowMs,
      forward: {
        node: nodeIds[node],
        inChannel: channelIds[hop.inDirection >> 1],
        outChannel: channelIds[hop.outDirection >> 1],
        inAmountMsat,
        outAmountMsat,
        outcome,
        failureReason: hop.failureReason,
      },
    });
  }

  /** Notes that a channel's balances moved, if an operator sees it. */
  #touchDirection(direction: number): void {
    for (const d of [direction, direction ^ 1]) {
      if (this.#isOperator[this.network.source[d]] === 1) this.#moved.add(d);
    }
  }

  #tellMoved(): void {
    if (!this.#muted) {
      for (const direction of this.#moved) {
        this.#emit({
          kind: "channel_state",
          timeMs: this.#nowMs,
          channel: this.#channelState(direction),
        });
      }
    }
    this.#moved.clear();
  }

  #emit(event: LensEvent): void {
    event.eventId = `${this.#name}-${++this.#eventCount}`;
    this.onEvent(event);
  }

  /** Channels of an operator, or of all operators, as they see them now. */
  channelStates(operator?: string): ChannelState[] {
    const ids = operator === undefined ? this.operators : [operator];
    return ids.flatMap((id) =>
      Array.from(this.network.directionsFrom(this.#nodeOf(id)), (d) => this.#channelState(d))
    );
  }

  /** The states of {@linkcode Simulation.channelStates} as events of now: what a listener must know first. */
  tellStates(): void {
    for (const channel of this.channelStates()) {
      this.#emit({ kind: "channel_state", timeMs: this.#nowMs, channel });
    }
  }

  #channelState(direction: number): ChannelState {
    const { network, balances } = this;
    const channel = direction >> 1;
    return {
      node: network.nodeIds[network.source[direction]],
      channelId: network.channelIds[channel],
      peer: network.nodeIds[network.source[direction ^ 1]],
      capacitySat: network.capacitySat[channel],
      localBalanceSat: Math.floor(balances.balanceMsat[direction] / 1000),
      remoteBalanceSat: Math.floor(balances.balanceMsat[direction ^ 1] / 1000),
      active: network.disabled[direction] === 0 || network.disabled[direction ^ 1] === 0,
      localPolicy: network.policy(direction),
      remotePolicy: network.policy(direction ^ 1),
    };
  }

  /**
   * Carries out the circular rebalance that is suggested, now, as real payments: fees go to the
   * nodes that forward, the cost to the operator's account. Emits what became of it.
   */
  applySuggestion(suggestion: Suggestion): SuggestionResult {
    const checked = this.operators.includes(suggestion.node)
      ? checkSuggestion(suggestion, this.network, this.balances, this.#nowMs)
      : "not a node that takes suggestions";
    if (typeof checked === "string") return this.refuseSuggestion(suggestion, checked);
    const { node, sourceChannel, targetChannel } = checked;
    const outcome = rebalance(this.#payer, checked, this.#nowMs, (route) => {
      for (const direction of route.directions) this.#touchDirection(direction);
    });
    const { movedMsat, feeMsat, attempts } = outcome;
    if (movedMsat > 0) {
      this.#accounts.add(node, "rebalances", 1);
      this.#accounts.add(node, "rebalancedMsat", movedMsat);
      this.#accounts.add(node, "rebalanceCostMsat", feeMsat);
    }
    this.#tellMoved();
    return this.#tellResult(suggestion, {
      status: movedMsat > 0 ? "applied" : "failed",
      reason: movedMsat === 0
        ? (attempts === 0 ? "no route within the fee limit" : `${attempts} routes failed`)
        : movedMsat < suggestion.amountMsat
        ? "no route for the rest"
        : undefined,
      amountMsat: movedMsat,
      feeMsat,
      attempts,
      channels: [sourceChannel, targetChannel].map((channel) =>
        this.#channelState(this.network.directionFrom(node, channel)!)
      ),
    });
  }

  /** Answers a suggestion that is not carried out, and says why. */
  refuseSuggestion(suggestion: Suggestion, reason: string): SuggestionResult {
    return this.#tellResult(suggestion, {
      status: "refused",
      reason,
      amountMsat: 0,
      feeMsat: 0,
      attempts: 0,
      channels: [],
    });
  }

  #tellResult(
    { id, node, sourceChannel, targetChannel }: Suggestion,
    outcome: Omit<SuggestionResult, "id" | "node" | "sourceChannel" | "targetChannel">,
  ): SuggestionResult {
    const result = { id, node, sourceChannel, targetChannel, ...outcome };
    this.#statistics.countSuggestion(result);
    this.#emit({ kind: "rebalance", timeMs: this.#nowMs, rebalance: result });
    return result;
  }

  /** What an operator, or any node, earned and spent since the start or the warm-up. */
  account(node: string): Account {
    return this.#accounts.of(this.#nodeOf(node));
  }

  /** Sum of the operators' accounts. */
  operatorsAccount(): Account {
    return this.#accounts.sum(this.operators.map((id) => this.#nodeOf(id)));
  }

  /** Counts since the start or the warm-up. */
  statistics(): Statistics {
    return this.#statistics.read();
  }

  /** @throws {Error} when a channel's balances don't add up to its capacity or anything is still in flight */
  check(): void {
    this.balances.check();
    const stuck = this.balances.inFlightMsat.findIndex((amountMsat) => amountMsat !== 0);
    if (stuck !== -1) throw new Error(`direction ${stuck}: an HTLC did not end`);
  }

  #nodeOf(id: string): number {
    const node = this.network.nodeOf(id);
    if (node === undefined) throw new RangeError(`node ${id}: expected a node of the network`);
    return node;
  }
}
