import { errorMessage, MSAT_PER_SAT } from "../core/mod.ts";
import { channelStateOf } from "../nodes/mod.ts";
import type { Suggestion, SuggestionResult } from "../protocol/mod.ts";
import { checkEnds, localWithPeer } from "./guards.ts";
import { feeCapMsat, withinMaxFee } from "./limits.ts";
import { carryOutByNode } from "./node_routed.ts";
import { carryOutByRoutes } from "./own_routed.ts";
import { recover, type Recovery } from "./recovery.ts";
import { movedMsat, refusal, resultOf } from "./result.ts";
import { channelsOf, type ExecutorParts, forbiddenNow, type Run } from "./run.ts";
import { EXECUTION_DEFAULTS, type ExecutionOptions, type ExecutionSettings } from "./settings.ts";

/** How often balances are looked at after a payment, and the time between: they lag a second or so. */
const BALANCE_LOOKS = 8;
const BALANCE_LAG_MS = 500;

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
   * Carries out one suggestion, as much of it as the limits allow, or says why not. It never rejects:
   * a connection that is lost under way is a result too.
   */
  execute(suggestion: Suggestion): Promise<SuggestionResult> {
    return this.#inTurn(() => this.#execute(withinMaxFee(suggestion, this.#settings)));
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
    const { ledger, reader, clock } = this.parts;
    const against = forbiddenNow(this.parts, this.#settings, suggestion);
    if (against !== undefined) return against;
    if (ledger.open().length > 0 && (await this.#recover()).open > 0) {
      return "an earlier payment is still in flight";
    }
    const capMsat = feeCapMsat(suggestion, this.#settings);
    const tooMuch = ledger.refusal(capMsat, this.#settings, clock.nowMs());
    if (tooMuch !== undefined) return tooMuch;
    const channels = await reader.channels();
    const ends = checkEnds(suggestion, channels, this.#settings);
    if (typeof ends === "string") return ends;
    if (!ledger.begin(suggestion, clock.nowMs())) return "it was carried out before";
    const beforeSat = localWithPeer(channels, suggestion.targetNode);
    return { suggestion, ends, beforeSat, capMsat, tries: [] };
  }

  async #carryOut(run: Run): Promise<SuggestionResult> {
    const { routes, clock } = this.parts;
    const { suggestion, capMsat } = run;
    const expiresMs = Math.min(suggestion.expiresAt, clock.nowMs() + this.#settings.deadlineMs);
    const search = routes?.search({ suggestion, capMsat, expiresMs }, this.#settings);
    const reason = search === undefined
      ? await carryOutByNode(this.parts, this.#settings, run)
      : await carryOutByRoutes(this.parts, this.#settings, run, search);
    if (search !== undefined) await routes?.keep();
    return await this.#conclude(run, reason);
  }

  async #conclude(run: Run, reason: string | undefined): Promise<SuggestionResult> {
    const { ledger, clock } = this.parts;
    const { suggestion } = run;
    const attempts = ledger.attemptsOf(suggestion.id);
    const { channels, doubt } = await this.#arrival(run, movedMsat(attempts));
    const result = resultOf(suggestion, attempts, {
      reason: [reason, doubt].filter((text) => text !== undefined).join("; ") || undefined,
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
      const channels = await channelsOf(this.parts);
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
