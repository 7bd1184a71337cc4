import { type Balances, createRouter, type Network, type Route } from "../network/mod.ts";
import type { ChannelState, LensEvent, RebalanceProgress, Suggestion } from "../protocol/mod.ts";
import { type Account, Accounts } from "./operators/accounts.ts";
import { Changes, type Source } from "./changes.ts";
import { ChannelChanges } from "./operators/channel_changes.ts";
import { type Fault, faultsOf } from "./faults.ts";
import { MAX_HOPS } from "./htlc/htlc_pool.ts";
import { checkInvariants } from "./invariants.ts";
import { type Intervention, Interventions } from "./interventions.ts";
import { type AlongOutcome, type HopListener, type HopOutcome, Machine } from "./htlc/machine.ts";
import { Payer, type PaymentResult } from "./traffic/payer.ts";
import type { SimulationOptions } from "./simulation_options.ts";
import { loadNetwork, requireSame, saveNetwork, type SimulationState } from "./simulation_state.ts";
import { type Statistics, StatisticsCounter } from "./operators/statistics.ts";
import { type OnSuggestionResult, Suggestions } from "./operators/suggestions.ts";
import { Teller } from "./operators/teller.ts";
import { type Intent, type IntentSource, Traffic } from "./traffic/traffic.ts";

/**
 * A Lightning network in virtual time: payments of persistent sources and sinks, whose HTLCs take
 * their way hop by hop over real balances. It moves only when told to
 * ({@linkcode Simulation.runUntil}), and the same seed and interventions give the same events.
 * Payment intents depend on the seed alone.
 */
export class Simulation {
  readonly network: Network;
  readonly balances: Balances;
  /** Ids of the operators. */
  readonly operators: readonly string[];
  readonly traffic: IntentSource;
  readonly #machine: Machine;
  readonly #payer: Payer;
  readonly #interventions: Interventions;
  readonly #suggestions: Suggestions;
  readonly #channelChanges: ChannelChanges;
  /** Channels at the start. */
  readonly #firstChannels: number;
  readonly #changes: Changes;
  readonly #sources: Source[];
  readonly #accounts: Accounts;
  readonly #statistics = new StatisticsCounter();
  readonly #teller: Teller;
  /** Payments under way that passed by an operator. */
  readonly #touched = new Set<number>();
  /** Told of every wish to pay, when it comes up. */
  onIntent: (intent: Intent) => void = () => {};
  /** Told of every HTLC that a node of the network forwarded or was to forward. */
  onHop: HopListener | undefined;
  onPayment: (intent: Intent, result: PaymentResult) => void;

  constructor(options: SimulationOptions) {
    const { rng, startMs } = options;
    // Terms and channels change during the run: twins must not see each other's.
    const network = options.network.clone(), balances = options.balances.clone(network);
    this.network = network;
    this.balances = balances;
    this.operators = [...options.operators];
    this.#firstChannels = network.channelCount;
    this.onPayment = options.onPayment ?? (() => {});
    this.#accounts = new Accounts(network.nodeCount);
    this.#machine = new Machine(network, balances, {
      ...options.htlc,
      seed: rng.fork("latency").int(2 ** 32),
      startMs,
    });
    this.#teller = new Teller({
      network,
      balances,
      operators: this.operators.map((id) => this.#nodeOf(id)),
      name: options.name ?? "sim",
      nowMs: () => this.nowMs,
    });
    this.onEvent = options.onEvent ?? (() => {});
    this.#machine.onHop = (hop) => this.#onHop(hop);
    this.#machine.onAttempt = (attempt, settled) => this.#onAttempt(attempt, settled);
    this.#payer = new Payer({
      machine: this.#machine,
      makeRouter: () => createRouter(options.router ?? "prior", network),
      onResult: (intent, result, id) => this.#onResult(intent, result, id),
    }, options.payments);
    const parts = {
      machine: this.#machine,
      payer: this.#payer,
      accounts: this.#accounts,
      statistics: this.#statistics,
      teller: this.#teller,
      operators: this.operators,
    };
    this.#suggestions = new Suggestions(parts);
    this.#channelChanges = new ChannelChanges(parts);
    const trafficRng = rng.fork("traffic");
    this.traffic = options.intents?.(network, trafficRng) ??
      new Traffic(network, { ...options.traffic, rng: trafficRng, startMs });
    this.#interventions = new Interventions(this.#machine, {
      channels: this.#channelChanges,
      traffic: this.traffic,
      onTerms: (direction) => this.#tellChange(direction),
    });
    this.#changes = new Changes(options, {
      machine: this.#machine,
      teller: this.#teller,
      accounts: this.#accounts,
      check: () => this.check(),
      roles: this.traffic.roles,
      onChange: (direction) => this.#tellChange(direction),
    });
    this.#sources = [...this.#changes.sources, {
      nextMs: () => this.traffic.nextMs,
      run: () => this.#pay(this.traffic.next()),
    }];
  }

  /** Told of every event, in order. */
  get onEvent(): (event: LensEvent) => void {
    return this.#teller.onEvent;
  }

  set onEvent(listener: (event: LensEvent) => void) {
    this.#teller.onEvent = listener;
  }

  /** Told of each step of the suggestions that are carried out; what began before is not told. */
  set onProgress(listener: (progress: RebalanceProgress) => void) {
    this.#suggestions.onProgress = listener;
  }

  /** Virtual time, Unix ms. */
  get nowMs(): number {
    return this.#machine.nowMs;
  }

  /** When something will happen next. */
  get nextMs(): number {
    let next = this.#machine.nextMs;
    for (const source of this.#sources) next = Math.min(next, source.nextMs());
    return next;
  }

  /** Runs everything that is due until then, the end included. Earlier times are ignored. */
  runUntil(timeMs: number): void {
    while (this.nextMs <= timeMs) this.step();
    this.#machine.advanceTo(timeMs);
  }

  /** Runs the next thing that is due; of several at a time HTLCs come first and payments last. */
  step(): void {
    let next: Source | undefined, nextMs = this.#machine.nextMs;
    for (const source of this.#sources) {
      if (source.nextMs() < nextMs) [next, nextMs] = [source, source.nextMs()];
    }
    if (next === undefined) return this.#machine.step();
    this.#machine.advanceTo(nextMs);
    next.run();
  }

  /** Begins nothing new and runs until nothing is in flight any more. For the end of a run. */
  drain(): void {
    while (this.#machine.queue.size > 0) this.#machine.step();
  }

  /** Calls `then` at that virtual time, or now when that is past. */
  at(timeMs: number, then: () => void): void {
    this.#machine.at(timeMs, then);
    this.#machine.settleNow();
  }

  /**
   * Sends one HTLC along a route, whose payer is the source of its first direction, and tells, in
   * virtual time, what became of it. The fees of one that settles are in nobody's account but the
   * forwarders'.
   *
   * @throws {RangeError} for a route that is empty or too long
   */
  sendAlong(route: Route, onOutcome: (outcome: AlongOutcome) => void): void {
    this.#machine.sendAlong(route, onOutcome);
  }

  /** Does something to the network at that time, or now when that is past. */
  schedule(timeMs: number, intervention: Intervention): void {
    this.#interventions.schedule(timeMs, intervention);
  }

  /**
   * Does something to the network now. Payments can pass a channel that is opened when it is
   * confirmed; one that is closed is paid out when the HTLCs in flight have ended.
   *
   * @returns the channel's name for `open`
   * @throws {RangeError} for what this network doesn't have, or can't do
   */
  intervene(intervention: Intervention): string | undefined {
    return this.#interventions.run(intervention);
  }

  /** What was done to the network and is not over: nodes that are away, more or fewer payments. */
  faults(): Fault[] {
    return faultsOf(this.#machine, this.traffic);
  }

  /** What a node owns in its channels, HTLCs that it sent included: the capital that it has locked. */
  capitalMsat(node: string): number {
    const { balanceMsat, inFlightMsat } = this.balances;
    return this.network.directionsFrom(this.#nodeOf(node))
      .reduce((sum, d) => sum + balanceMsat[d] + inFlightMsat[d], 0);
  }

  #tellChange(direction: number): void {
    this.#teller.touch(direction);
    this.#teller.tellMoved();
  }

  /** Runs so far with nobody listening, and starts accounts and statistics anew: the first balances settle. */
  warmUp(durationMs: number): void {
    this.#teller.muted = true;
    this.runUntil(this.nowMs + durationMs);
    this.#teller.muted = false;
    this.#accounts.reset();
    this.#statistics.reset();
  }

  #pay(intent: Intent): void {
    if (!this.#teller.muted) this.onIntent(intent);
    this.#payer.pay(intent);
  }

  #onResult(intent: Intent, result: PaymentResult, id: number): void {
    const touched = this.#touched.delete(id) || this.#teller.isOperator(intent.sender) ||
      this.#teller.isOperator(intent.receiver);
    this.#statistics.count(intent, result);
    this.traffic.answer?.(intent, result);
    for (const { directions } of result.routes) {
      for (const direction of directions) this.#teller.touch(direction);
    }
    if (!this.#teller.muted) {
      this.onPayment(intent, result);
      if (touched) this.#teller.transaction(intent, result);
    }
    this.#teller.tellMoved();
  }

  #onHop(hop: HopOutcome): void {
    const { node, inAmountMsat, outAmountMsat, outcome, payment } = hop;
    if (outcome === "settled") {
      this.#accounts.add(node, "forwards", 1);
      this.#accounts.add(node, "forwardedMsat", outAmountMsat);
      this.#accounts.add(node, "forwardIncomeMsat", inAmountMsat - outAmountMsat);
    } else {
      this.#accounts.add(node, outcome === "failed_here" ? "failedHere" : "failedDownstream", 1);
    }
    if (!this.#teller.muted) this.onHop?.(hop);
    if (!this.#teller.isOperator(node)) return;
    if (payment !== undefined) this.#touched.add(payment);
    this.#teller.forward(hop);
  }

  /** What an attempt moved that settled is told when its payment has ended. */
  #onAttempt(attempt: number, settled: boolean): void {
    const { pool } = this.#machine.engine;
    const base = MAX_HOPS * attempt;
    const hops = settled ? 0 : Math.min(pool.failedHop[attempt], pool.hops[attempt]);
    for (let hop = 0; hop < hops; hop++) this.#teller.touchIfMoved(pool.direction[base + hop]);
    if (hops > 0) this.#teller.tellMoved();
  }

  /** Channels of an operator, or of all operators, as they see them now. */
  channelStates(operator?: string): ChannelState[] {
    const ids = operator === undefined ? this.operators : [operator];
    return ids.flatMap((id) =>
      this.#teller.openDirections(this.#nodeOf(id)).map((d) => this.#teller.state(d))
    );
  }

  /** The states of {@linkcode Simulation.channelStates} as events of now: what a listener must know first. */
  tellStates(): void {
    for (const id of this.operators) {
      for (const d of this.#teller.openDirections(this.#nodeOf(id))) this.#teller.tellState(d);
    }
  }

  /**
   * Carries out the circular rebalance that is suggested, from now on, as real payments: fees go to
   * the nodes that forward, the cost to the operator's account. What became of it is told as a
   * `rebalance` event, and to `onResult`, when its last HTLC has ended.
   */
  applySuggestion(suggestion: Suggestion, onResult?: OnSuggestionResult): void {
    this.#suggestions.apply(suggestion, onResult);
  }

  /** Answers a suggestion that is not carried out, and says why. */
  refuseSuggestion(suggestion: Suggestion, reason: string, onResult?: OnSuggestionResult): void {
    this.#suggestions.refuse(suggestion, reason, onResult);
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

  /**
   * The whole state, as plain data, from which a simulation of the same options goes on exactly as
   * this one will.
   *
   * @throws {Error} while a call of `at` or `sendAlong` is waited for, and for payments from a
   *   source that can't be saved
   */
  save(): SimulationState {
    if (this.traffic.save === undefined) throw new Error("this source of payments can't be saved");
    return structuredClone({
      operators: [...this.operators],
      machine: this.#machine.save(this.#suggestions.underWay),
      network: saveNetwork(this.balances, this.#firstChannels),
      traffic: this.traffic.save(),
      changes: this.#changes.save(),
      payer: this.#payer.save(),
      rebalances: this.#suggestions.save(),
      interventions: this.#interventions.save(),
      channelChanges: this.#channelChanges.save(),
      accounts: this.#accounts.save(),
      statistics: this.#statistics.save(),
      teller: this.#teller.save(),
      touched: [...this.#touched],
    });
  }

  /**
   * Goes on where another simulation stood that was made with the same options. For one that has
   * not run yet; what listens is not told of anything.
   *
   * @throws {RangeError} for a state of other operators, another graph or another kind of payments
   */
  load(saved: SimulationState): void {
    const state = structuredClone(saved);
    requireSame(state, this.operators, this.#firstChannels);
    loadNetwork(this.balances, state.network);
    this.#machine.load(state.machine);
    this.traffic.load?.(state.traffic);
    this.#changes.load(state.changes);
    this.#payer.load(state.payer);
    this.#suggestions.load(state.rebalances);
    this.#interventions.load(state.interventions);
    this.#channelChanges.load(state.channelChanges);
    this.#accounts.load(state.accounts);
    this.#statistics.load(state.statistics);
    this.#teller.load(state.teller);
    this.#touched.clear();
    for (const id of state.touched) this.#touched.add(id);
  }

  /** HTLCs that have not ended, as attempts. */
  get inFlight(): number {
    return this.#machine.engine.pool.size;
  }

  /**
   * Holds the invariants: no satoshi appears or vanishes, no balance is negative, no HTLC took one
   * below its reserve, slots and amounts in flight are those of the HTLCs, and fees paid are fees
   * earned.
   *
   * @throws {BrokenInvariantError} naming the first that doesn't hold, and when
   */
  check(): void {
    checkInvariants(this.#machine);
  }

  #nodeOf(id: string): number {
    const node = this.network.nodeOf(id);
    if (node === undefined) throw new RangeError(`node ${id}: expected a node of the network`);
    return node;
  }
}
