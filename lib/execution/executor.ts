import { type Clock, errorMessage, logger, MSAT_PER_SAT } from "../core/mod.ts";
import {
  channelStateOf,
  type LightningNode,
  type NodeChannel,
  type PayingNode,
  type PaymentAttempt,
  type PaymentOutcome,
} from "../nodes/mod.ts";
import type { AttemptDetail, Suggestion, SuggestionResult } from "../protocol/mod.ts";
import { checkEnds, type Ends, expiry, localWithPeer, movableMsat } from "./guards.ts";
import type { KillSwitch } from "./kill_switch.ts";
import type { SpendingLedger } from "./ledger.ts";
import { feeCapMsat } from "./limits.ts";
import { recover, type Recovery } from "./recovery.ts";
import { movedMsat, refusal, resultOf } from "./result.ts";
import { EXECUTION_DEFAULTS, type ExecutionOptions, type ExecutionSettings } from "./settings.ts";

/** What an {@linkcode Executor} works with. */
export interface ExecutorParts {
  /** The node, for looking: a read-only credential is enough. */
  reader: Pick<LightningNode, "channels">;
  /** The same node, for paying. */
  payer: Pick<PayingNode, "createInvoice" | "rebalance" | "track" | "deleteFailedPayment">;
  ledger: SpendingLedger;
  killSwitch: Pick<KillSwitch, "engaged">;
  clock: Clock;
  /** Told of every result, those found after a crash included. */
  onResult?: (result: SuggestionResult) => void;
}

/** A suggestion under way. */
interface Run {
  suggestion: Suggestion;
  ends: Ends;
  /** What all channels to the target's peer held on the node's side at first, sat. */
  beforeSat: number;
  /** What the next payment tries to move. */
  partMsat: number;
  /** Routes that the node tried. */
  tries: AttemptDetail[];
}

/** What became of one payment. */
interface PartOutcome {
  settled: boolean;
  /** No other payment may follow. */
  end: boolean;
  reason?: string;
}

/** How often balances are looked at after a payment, and the time between: they lag a second or so. */
const BALANCE_LOOKS = 8;
const BALANCE_LAG_MS = 500;
const STOPPED = "rebalancing is stopped by the kill switch";
const log = logger("execution");

/**
 * Carries out suggestions as payments of the node to itself, one at a time. Before each payment
 * the kill switch is looked at, both channels are looked at anew, and its worst case is set aside
 * in the ledger; no payment follows one whose end is not known.
 */
export class Executor {
  readonly #settings: ExecutionSettings;
  #last: Promise<unknown> = Promise.resolve();

  constructor(readonly parts: ExecutorParts, options: ExecutionOptions) {
    this.#settings = { ...EXECUTION_DEFAULTS, ...options };
  }

  /** Finds the ends of payments that a crash or a lost connection left open. */
  recover(): Promise<Recovery> {
    return this.#inTurn(() => this.#recover());
  }

  /**
   * Carries out one suggestion, within the limits, or says why not. It never rejects: a connection
   * that is lost under way is a result too.
   */
  execute(suggestion: Suggestion): Promise<SuggestionResult> {
    return this.#inTurn(() => this.#execute(suggestion));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }

  #recover(): Promise<Recovery> {
    return recover(this.parts, this.#settings);
  }

  async #execute(suggestion: Suggestion): Promise<SuggestionResult> {
    try {
      const run = await this.#prepare(suggestion);
      if (typeof run === "string") return this.#tell(refusal(suggestion, run));
      return await this.#carryOut(run);
    } catch (error) {
      // Before anything was sent; what comes later is caught where it happens.
      return this.#tell(refusal(suggestion, errorMessage(error)));
    }
  }

  /** Everything that can be checked before a suggestion counts as begun. */
  async #prepare(suggestion: Suggestion): Promise<Run | string> {
    const { ledger, reader, clock, killSwitch } = this.parts;
    if (killSwitch.engaged) return STOPPED;
    const nowMs = clock.nowMs();
    const against = expiry(suggestion, nowMs) ?? this.#settings.forbids?.(suggestion, nowMs);
    if (against !== undefined) return against;
    if (ledger.open().length > 0 && (await this.#recover()).open > 0) {
      return "an earlier payment is still in flight";
    }
    const channels = await reader.channels();
    const ends = checkEnds(suggestion, channels, this.#settings);
    if (typeof ends === "string") return ends;
    if (!ledger.begin(suggestion, clock.nowMs())) return "it was carried out before";
    const beforeSat = localWithPeer(channels, suggestion.targetNode);
    return { suggestion, ends, beforeSat, partMsat: suggestion.amountMsat, tries: [] };
  }

  async #carryOut(run: Run): Promise<SuggestionResult> {
    const { id, amountMsat } = run.suggestion;
    const { maxAttempts, leastPartShare } = this.#settings;
    let moved = 0, reason: string | undefined;
    for (let attempts = 0; moved < amountMsat; attempts++) {
      if (attempts === maxAttempts) break;
      const leftMsat = amountMsat - moved;
      const partMsat = wholeSat(movableMsat(run.ends, Math.min(run.partMsat, leftMsat)));
      if (partMsat < Math.min(amountMsat * leastPartShare, leftMsat)) {
        reason ??= "a channel holds too little";
        break;
      }
      const outcome = await this.#payPart(run, partMsat);
      reason = outcome.reason;
      if (outcome.settled) moved += partMsat;
      // Smaller after a failure; the same again after a success.
      run.partMsat = outcome.settled ? partMsat : partMsat / 2;
      if (outcome.end || !await this.#lookAgain(run)) break;
    }
    log.debug`${id}: ${moved} of ${amountMsat} msat moved`;
    return this.#conclude(run, moved < amountMsat ? reason : undefined);
  }

  /** One payment from its invoice to its end. */
  async #payPart(run: Run, amountMsat: number): Promise<PartOutcome> {
    const { payer, ledger, clock, killSwitch } = this.parts;
    const { suggestion } = run;
    const settings = this.#settings;
    const stop = (reason: string) => ({ end: true, settled: false, reason });
    if (killSwitch.engaged) return stop(STOPPED);
    const late = expiry(suggestion, clock.nowMs());
    if (late !== undefined) return stop(late);
    const feeLimitMsat = feeCapMsat({
      amountMsat,
      feeLimitMsat: suggestion.feeLimitMsat * (amountMsat / suggestion.amountMsat),
    }, settings);
    let hash: string | undefined;
    try {
      const memo = `rebalance ${suggestion.id}`;
      const expiryMs = settings.invoiceExpiryMs;
      const createdMs = clock.nowMs();
      const invoice = await payer.createInvoice({ amountMsat, expiryMs, memo });
      const refused = ledger.reserve(
        {
          paymentHash: invoice.paymentHash,
          suggestionId: suggestion.id,
          amountMsat,
          reservedMsat: feeLimitMsat,
          // From the answer on, not from the question: the node's own time to expiry began between.
          invoiceExpiresMs: Math.max(createdMs, clock.nowMs()) + expiryMs,
        },
        settings,
        clock.nowMs(),
      );
      if (refused !== undefined) return stop(refused);
      hash = invoice.paymentHash;
      if (killSwitch.engaged) {
        ledger.fail(hash, "never sent", clock.nowMs());
        return stop(STOPPED);
      }
      const outcome = await payer.rebalance({
        invoice,
        sourceChannels: [suggestion.sourceChannel],
        targetPeer: suggestion.targetNode,
        feeLimitMsat,
        maxParts: 1,
        timeoutMs: settings.timeoutMs,
        cltvLimit: settings.cltvLimit,
      });
      return await this.#book(run, hash, { amountMsat, feeLimitMsat }, outcome);
    } catch (error) {
      log.warn`${suggestion.id}: ${errorMessage(error)}`;
      return hash === undefined
        ? stop(errorMessage(error))
        : stop(`the end of a payment is not known yet: ${errorMessage(error)}`);
    }
  }

  /** Writes down how a payment ended. */
  async #book(
    { tries }: Run,
    hash: string,
    promised: { amountMsat: number; feeLimitMsat: number },
    outcome: PaymentOutcome,
  ): Promise<PartOutcome> {
    const { payer, ledger, clock } = this.parts;
    if (outcome.status === "in_flight" || outcome.status === "unknown") {
      return { end: true, settled: false, reason: "a payment is still in flight" };
    }
    tries.push(...outcome.attempts.map(tryOf));
    if (outcome.status === "failed") {
      ledger.fail(hash, outcome.reason, clock.nowMs());
      await payer.deleteFailedPayment(hash).catch((error) =>
        log.debug`${hash} is not forgotten: ${errorMessage(error)}`
      );
      return { end: false, settled: false, reason: outcome.reason };
    }
    const { amountMsat, feeMsat } = outcome;
    ledger.settle(hash, feeMsat, clock.nowMs());
    if (feeMsat <= promised.feeLimitMsat && amountMsat >= promised.amountMsat) {
      return { end: false, settled: true };
    }
    log.error`payment ${hash} moved ${amountMsat} msat for ${feeMsat}, promised were ${promised}`;
    return { end: true, settled: true, reason: "the node did not keep what it promised" };
  }

  /** Looks at both channels before the next payment. False when it must not come. */
  async #lookAgain(run: Run): Promise<boolean> {
    const ends = checkEnds(run.suggestion, await this.#channels(), this.#settings);
    if (typeof ends === "string") return false;
    run.ends = ends;
    return true;
  }

  /** All channels, or none when the node can't say. */
  async #channels(): Promise<NodeChannel[]> {
    try {
      return await this.parts.reader.channels();
    } catch (error) {
      log.warn`channels: ${errorMessage(error)}`;
      return [];
    }
  }

  async #conclude(run: Run, reason: string | undefined): Promise<SuggestionResult> {
    const { ledger, clock } = this.parts;
    const { suggestion } = run;
    const attempts = ledger.attemptsOf(suggestion.id);
    const { channels, doubt } = await this.#arrival(run, movedMsat(attempts));
    const result = resultOf(suggestion, attempts, {
      reason: doubt ?? reason,
      tries: run.tries,
      channels: channels.map((channel) => channelStateOf(suggestion.node, channel)),
    });
    // What is still in flight has no result yet: recovery will find it.
    if (attempts.every(({ state }) => state !== "reserved")) ledger.finish(result, clock.nowMs());
    return this.#tell(result);
  }

  /**
   * Both channels after the last payment. A node chooses among the channels of one peer by itself,
   * so what arrived is judged peer by peer; other traffic moves balances too, so only a peer that
   * gained less than half is worth a word. Balances lag behind a payment that has settled.
   */
  async #arrival({ suggestion, beforeSat }: Run, msat: number) {
    const { sourceChannel, targetChannel, targetNode } = suggestion;
    for (let look = 1;; look++) {
      const channels = await this.#channels();
      const gainedSat = localWithPeer(channels, targetNode) - beforeSat;
      const arrived = gainedSat * MSAT_PER_SAT >= msat / 2;
      if (arrived || channels.length === 0 || look === BALANCE_LOOKS) {
        return {
          channels: channels.filter(({ channelId }) =>
            channelId === sourceChannel || channelId === targetChannel
          ),
          doubt: arrived || channels.length === 0
            ? undefined
            : `the target's peer gained ${gainedSat} sat only`,
        };
      }
      await this.parts.clock.sleep(BALANCE_LAG_MS);
    }
  }

  #tell(result: SuggestionResult): SuggestionResult {
    this.parts.onResult?.(result);
    return result;
  }
}

function tryOf({ hops, amountMsat, feeMsat, status, failure }: PaymentAttempt): AttemptDetail {
  return {
    channels: hops.map(({ channelId }) => channelId),
    amountMsat,
    feeMsat,
    settled: status === "succeeded",
    ...(failure && { failedHop: failure.atHop, reason: failure.code }),
  };
}

function wholeSat(amountMsat: number): number {
  return Math.floor(amountMsat / MSAT_PER_SAT) * MSAT_PER_SAT;
}
