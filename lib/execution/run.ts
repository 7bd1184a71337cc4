import { type Clock, errorMessage, logger } from "../core/mod.ts";
import type {
  LightningNode,
  NodeChannel,
  PayingNode,
  PaymentAttempt,
  PaymentOutcome,
} from "../nodes/mod.ts";
import type {
  AttemptDetail,
  RebalanceProgress,
  Suggestion,
  SuggestionResult,
} from "../protocol/mod.ts";
import { checkEnds, type Ends, expiry } from "./guards.ts";
import type { KillSwitch } from "./kill_switch.ts";
import type { SpendingLedger } from "./ledger.ts";
import type { RouteKnowledge } from "./route_knowledge.ts";
import type { ExecutionSettings } from "./settings.ts";

/** What an executor works with. */
export interface ExecutorParts {
  /** The node, for looking: a read-only credential is enough. */
  reader: Pick<LightningNode, "channels" | "info">;
  /** The same node, for paying. */
  payer: Pick<
    PayingNode,
    "createInvoice" | "rebalance" | "sendAlong" | "track" | "deleteFailedPayment"
  >;
  /** What is known of ways through the network; left out, the node finds them by itself. */
  routes?: RouteKnowledge;
  ledger: SpendingLedger;
  killSwitch: Pick<KillSwitch, "engaged">;
  clock: Clock;
  /** Told of every result, those found after a crash included. */
  onResult?: (result: SuggestionResult) => void;
  /** Told just before anything is sent for a suggestion, and when that has ended. */
  onProgress?: (progress: RebalanceProgress) => void;
  /** Told when a payment cost more, or moved less, than the node had promised. */
  onBrokenPromise?: () => void;
  /** Whether somebody wants nothing more to be sent for a suggestion. */
  isStopped?: (suggestionId: string) => boolean;
}

/** A suggestion under way. */
export interface Run {
  suggestion: Suggestion;
  ends: Ends;
  /** What all channels to the target's peer held on the node's side at first, sat. */
  beforeSat: number;
  /** What all of it may cost at most. */
  capMsat: number;
  /** Routes that were tried. */
  tries: AttemptDetail[];
}

/** A reason to send nothing more. */
export interface Stop {
  stop: string;
}

const log = logger("execution");

/**
 * Why nothing may be sent at this moment, if so: the kill switch, the operator, the suggestion's
 * expiry, or the operator's rules.
 */
export function forbiddenNow(
  { killSwitch, clock, isStopped }: Pick<ExecutorParts, "killSwitch" | "clock" | "isStopped">,
  { forbids }: Pick<ExecutionSettings, "forbids">,
  suggestion: Suggestion,
): string | undefined {
  if (killSwitch.engaged) return "rebalancing is stopped by the kill switch";
  if (isStopped?.(suggestion.id)) return "stopped by the operator";
  return expiry(suggestion, clock.nowMs()) ?? forbids?.(suggestion, clock.nowMs());
}

/** Tells how a suggestion stands, with what is under way. */
export function tellProgress(
  { onProgress }: Pick<ExecutorParts, "onProgress">,
  { suggestion, tries }: Run,
  underWay: RebalanceProgress["underWay"],
): void {
  const { id, node, sourceChannel, targetChannel, amountMsat, feeLimitMsat } = suggestion;
  const whole = { id, node, sourceChannel, targetChannel, amountMsat, feeLimitMsat };
  onProgress?.({ ...whole, tries: [...tries], underWay });
}

/** All channels, or none when the node can't say. */
export async function channelsOf(
  { reader }: Pick<ExecutorParts, "reader">,
): Promise<NodeChannel[]> {
  try {
    return await reader.channels();
  } catch (error) {
    log.warn`channels: ${errorMessage(error)}`;
    return [];
  }
}

/** Looks at both channels before the next payment. The reason why it must not come, if so. */
export async function lookAgain(
  parts: ExecutorParts,
  run: Run,
  settings: ExecutionSettings,
): Promise<string | undefined> {
  const channels = await channelsOf(parts);
  if (channels.length === 0) return "the node does not tell of its channels";
  const ends = checkEnds(run.suggestion, channels, settings);
  if (typeof ends === "string") return ends;
  run.ends = ends;
  return undefined;
}

/** An invoice whose worst case is set aside. */
export interface ReservedInvoice {
  invoice: Awaited<ReturnType<PayingNode["createInvoice"]>>;
  /** Fees it may cost at most. */
  reservedMsat: number;
  invoiceExpiresMs: number;
}

/**
 * Makes an invoice of the node to itself and sets its worst case aside. Nothing is sent.
 *
 * @param most what it can move at most
 * @returns the reason why not, where the budget does not hold it
 */
export async function reserveInvoice(
  { payer, ledger, clock }: ExecutorParts,
  { id }: Suggestion,
  most: { amountMsat: number; reservedMsat: number; byRoute: boolean },
  settings: ExecutionSettings,
): Promise<ReservedInvoice | Stop> {
  const expiryMs = settings.invoiceExpiryMs;
  const createdMs = clock.nowMs();
  const invoice = await payer.createInvoice({
    amountMsat: most.byRoute ? 0 : most.amountMsat,
    expiryMs,
    memo: `rebalance ${id}`,
  });
  // From the answer on, not from the question: the node's own time to expiry began between.
  const invoiceExpiresMs = Math.max(createdMs, clock.nowMs()) + expiryMs;
  const { paymentHash } = invoice;
  const refused = ledger.reserve(
    { paymentHash, suggestionId: id, invoiceExpiresMs, ...most },
    settings,
    clock.nowMs(),
  );
  if (refused !== undefined) return { stop: refused };
  return { invoice, reservedMsat: most.reservedMsat, invoiceExpiresMs };
}

/** Books a payment that has ended without moving anything, and makes the node forget it. */
export async function bookFailure(
  { payer, ledger, clock }: ExecutorParts,
  hash: string,
  reason: string,
): Promise<void> {
  ledger.fail(hash, reason, clock.nowMs());
  await payer.deleteFailedPayment(hash).catch((error) =>
    log.debug`${hash} is not forgotten: ${errorMessage(error)}`
  );
}

/**
 * Books a payment that arrived; at its worst, where it did not keep what was promised.
 *
 * @returns what is wrong in that case
 */
export function bookSuccess(
  { ledger, clock, onBrokenPromise }: Pick<ExecutorParts, "ledger" | "clock" | "onBrokenPromise">,
  hash: string,
  { amountMsat, feeMsat }: PaymentOutcome & { status: "succeeded" },
  promised: { amountMsat: number; feeMsat: number },
): string | undefined {
  const kept = feeMsat <= promised.feeMsat && amountMsat >= promised.amountMsat;
  const bookedMsat = kept ? feeMsat : Math.max(feeMsat, promised.feeMsat);
  // The ledger has no payments of nothing.
  const movedMsat = Math.max(1, amountMsat);
  ledger.settle(hash, { amountMsat: movedMsat, feeMsat: bookedMsat }, clock.nowMs());
  if (kept) return undefined;
  log
    .error`payment ${hash} moved ${amountMsat} msat for ${feeMsat}, promised were ${promised.amountMsat} for ${promised.feeMsat}`;
  onBrokenPromise?.();
  return "the node did not keep what it promised";
}

/** A node's attempt as results tell it. */
export function tryOf(attempt: PaymentAttempt): AttemptDetail {
  const { hops, amountMsat, feeMsat, status, failure } = attempt;
  return {
    channels: hops.map(({ channelId }) => channelId),
    amountMsat,
    feeMsat,
    settled: status === "succeeded",
    ...(failure && { failedHop: failure.atHop, reason: failure.code }),
  };
}
