import type { ChannelState, LensEvent, Suggestion, SuggestionResult } from "../protocol/mod.ts";

/** What became of one {@linkcode Store.append}. */
export interface AppendResult {
  /** Events that are now durable for the first time. */
  accepted: LensEvent[];
  /** Events whose `eventId` was known already; they change nothing. */
  duplicates: number;
  /** Sequence number of the newest event in the journal; 0 while it is empty. */
  lastSeq: number;
}

/** A run of the journal: `events[i]` has the sequence number `firstSeq + i`. */
export interface JournalBatch {
  firstSeq: number;
  events: LensEvent[];
}

/** A channel as it was last seen. */
export interface ChannelRow {
  timeMs: number;
  channel: ChannelState;
}

/** What was predicted for one channel. Ratios are local balance over capacity, 0 to 1. */
export interface PredictionRow {
  timeMs: number;
  node: string;
  channelId: string;
  balanceRatio: number;
  optimalRatio: number;
  lowRatio: number;
  highRatio: number;
  /** Chance that outflow, or inflow, exceeds the balance within the horizon. */
  shortOutbound: number;
  shortInbound: number;
  feesAtStakeMsat: number;
  /** Which model said so. */
  modelId: string;
}

/** A suggestion and, once known, what became of it. */
export interface SuggestionRow {
  timeMs: number;
  suggestion: Suggestion;
  result?: SuggestionResult;
}

/** Which suggestions. */
export interface SuggestionQuery extends Page {
  /** Only those of which a result is known. */
  withResult?: boolean;
}

/** One measurement of the program itself, such as an error of the serving model. */
export interface MetricRow {
  timeMs: number;
  name: string;
  value: number;
}

/** What moved through one channel in one hour. */
export interface HourRow {
  /** Start of the hour, Unix ms. */
  hourMs: number;
  node: string;
  channelId: string;
  /** Forwards that settled out of the channel, and into it. */
  outCount: number;
  inCount: number;
  /** Forwards that were to go out here and failed, wherever. */
  failedCount: number;
  outMsat: number;
  inMsat: number;
  /** Earned by what went out. */
  feesMsat: number;
  /** Own rebalances into the channel, and what they cost. */
  rebalancedMsat: number;
  rebalanceCostMsat: number;
}

/** Which hours. */
export interface HourQuery extends Page {
  /** Those that begin at this time or later. */
  fromMs: number;
  node?: string;
}

/** An event and its number in the journal. */
export interface NumberedEvent {
  seq: number;
  event: LensEvent;
}

/** Some events, the newest in the journal first. */
export interface EventPage {
  events: NumberedEvent[];
  /** `beforeSeq` of the page that follows; undefined where the journal begins. */
  nextBefore: number | undefined;
}

/** Which events, the newest in the journal first. */
export interface EventQuery {
  kind: LensEvent["kind"];
  node?: string;
  /** Only those with a smaller number. */
  beforeSeq?: number;
  limit: number;
}

/** How many rows a {@linkcode Store.prune} took away. */
export interface PruneResult {
  events: number;
  predictions: number;
  suggestions: number;
  metrics: number;
}

/** A part of a list. */
export interface Page {
  limit: number;
  offset: number;
}

/** Numbers that are kept under names. */
export type Notes = Readonly<Record<string, number>>;

/**
 * Where the program keeps what it must not lose. Every implementation passes the suite in
 * `tests/contracts/`.
 */
export interface Store {
  /**
   * Adds events to the journal. When the promise resolves they are durable: they survive the loss
   * of the process and of power. All events of one call become durable together or, when it
   * rejects, not at all, and so do `notes`, such as how far the reading came that gave these events.
   * An event with an `eventId` among the newest million named ones is a
   * duplicate and is left out.
   */
  append(events: readonly LensEvent[], notes?: Notes): Promise<AppendResult>;
  /** Sequence number of the newest durable event; 0 while there is none. */
  readonly lastSeq: number;
  /** Time of the newest event by its own clock, Unix ms; undefined while there is none. */
  readonly newestMs: number | undefined;
  /**
   * Start (UTC, Unix ms) of the newest so many days on which anything was stored, by the newest
   * time of each run; undefined where there are fewer. Days without events don't count, so that a
   * clock that jumps ahead moves it by one day.
   */
  eventfulSince(days: number): number | undefined;
  /** The journal after `afterSeq` (0: all that is kept), in order. */
  replay(afterSeq: number): AsyncIterable<JournalBatch>;
  /**
   * Events of a kind, the newest in the journal first. A page may hold fewer than asked for, or
   * none, before the journal ends: a search looks through a part of it.
   */
  recent(query: EventQuery): Promise<EventPage>;
  /** Hours whose events have left the journal, oldest first. */
  hours(query: HourQuery): Promise<HourRow[]>;
  /** The last state of every channel, those whose events were pruned included; by node and id. */
  channels(): Promise<ChannelRow[]>;

  savePredictions(rows: readonly PredictionRow[]): Promise<void>;
  /** Predictions of `fromMs` and later, oldest first. */
  predictions(fromMs: number): Promise<PredictionRow[]>;
  saveSuggestions(timeMs: number, suggestions: readonly Suggestion[]): Promise<void>;
  /** Newest first. Results come from the journal's `rebalance` events. */
  suggestions(query: SuggestionQuery): Promise<SuggestionRow[]>;
  saveMetrics(rows: readonly MetricRow[]): Promise<void>;
  /** Metrics of `fromMs` and later, oldest first. */
  metrics(fromMs: number): Promise<MetricRow[]>;

  /** A number kept under a name, such as how far an export came. */
  note(name: string): Promise<number | undefined>;
  setNote(name: string, value: number): Promise<void>;
  /** Notes whose names begin so, by name. */
  notes(prefix: string): Promise<Map<string, number>>;
  /** Forgets notes; those that are not there are passed over. */
  dropNotes(names: readonly string[]): Promise<void>;

  /**
   * Removes what happened before `beforeMs`, as far as whole runs of the journal are older. The last
   * state of every channel, the sums by hour and the newest event stay.
   */
  prune(beforeMs: number): Promise<PruneResult>;
  /** What a {@linkcode Store.prune} would remove. */
  countBefore(beforeMs: number): Promise<PruneResult>;
  /** Commits what is under way and lets go of the data folder. */
  close(): Promise<void>;
}
