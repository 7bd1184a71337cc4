import {
  elapsedMs,
  errorMessage,
  formatBytes,
  HOUR_MS,
  isoTime,
  logger,
  MINUTE_MS,
  SECOND_MS,
} from "../core/mod.ts";
import type { DriftState } from "../learning/mod.ts";
import type { Network } from "../network/mod.ts";
import type { ChannelOutlook, Plan } from "../planning/mod.ts";
import { type LensEvent, snakeNames } from "../protocol/mod.ts";
import type { AppendResult, ChannelRow, ExportedFile } from "../store/mod.ts";
import { AlertWatch } from "./alerts/alert_watch.ts";
import { type CachedJson, cachedJson } from "./views/cached_json.ts";
import type { RetrainOutcome } from "./state/engine.ts";
import { Exporter } from "./exporter.ts";
import { Ingest, type IngestOptions } from "./ingest.ts";
import { Insights } from "./insights/insights.ts";
import { LiveChannels } from "./state/live_channels.ts";
import { LiveStream } from "./state/live_stream.ts";
import { ServerMetrics } from "./state/metrics.ts";
import { PredictionCache } from "./prediction_cache.ts";
import { repeat } from "./repeat.ts";
import { runView } from "./insights/run_views.ts";
import type { ChannelView, PredictionView, RecommendationsView } from "./views/schemas.ts";
import type { LensServerOptions } from "./server_options.ts";
import { SimulationDesk } from "./simulation_desk.ts";
import { channelView, driftView, predictionRows, retrainingView, twinView } from "./views/views.ts";

/** How often changed balances are sent to live readers. */
const LIVE_INTERVAL_MS = 250;

/**
 * The serving part without its wires: takes events (journal first), keeps plan and views, exports,
 * retrains. Its methods are called by the routes, by timers, or directly by whoever runs it in one
 * process with a simulation.
 */
export class LensServer {
  readonly metrics = new ServerMetrics();
  readonly channels = new LiveChannels();
  readonly insights: Insights;
  readonly live: LiveStream;
  readonly alerts: AlertWatch;
  /** The simulation that is connected, where there is one. */
  readonly simulation: SimulationDesk;
  /** Events that were read from the journal at the start. */
  recoveredEvents = 0;
  plan: Plan | undefined;
  modelId: string | undefined;
  servingSinceMs: number | undefined;
  lastRetraining: RetrainOutcome | undefined;
  /** The plan as it is served. */
  recommendations: CachedJson;
  /** The last predictions that were written down. */
  #predicted: { timeMs: number; modelId: string | undefined } | undefined;
  #liveTimer: ReturnType<typeof setTimeout> | undefined;
  #retraining: Promise<RetrainOutcome> | undefined;
  #exporter: Exporter;
  #predictions: PredictionCache;
  #ingest: Ingest;
  #stop = new AbortController();
  #loops: Promise<void>[] = [];
  #log = logger("server");

  private constructor(readonly options: LensServerOptions) {
    this.modelId = options.modelId;
    const { engine, store } = options;
    this.insights = new Insights(store, (run) => this.live.publish("run", runView(this, run)));
    this.#exporter = new Exporter(options);
    this.#predictions = new PredictionCache(options);
    const { channels, metrics, insights } = this;
    this.#ingest = new Ingest({ engine, store, channels, metrics, insights });
    if (options.modelId !== undefined) this.servingSinceMs = options.clock.nowMs();
    this.recommendations = cachedJson(this.planView());
    this.live = new LiveStream({
      snapshot: () => this.snapshot(),
      onSkip: () => this.metrics.add("live_skips_total"),
    });
    this.alerts = new AlertWatch(this, this.#stop.signal);
    this.simulation = new SimulationDesk({
      clock: options.clock,
      publish: (event, data) => this.live.publish(event, data),
    });
  }

  /** Builds a server and replays the journal into its engine. */
  static async open(options: LensServerOptions): Promise<LensServer> {
    const server = new LensServer(options);
    server.recoveredEvents = await server.#ingest.recover();
    await server.insights.recall(options.engine.nowMs);
    await server.alerts.open();
    if (server.recoveredEvents > 0) await server.renew();
    // Alarms of the past were answered in the past: from here on they count.
    if (options.drift) options.drift.onAlarm = (state) => server.#onDrift(state);
    return server;
  }

  /** True once {@linkcode LensServer.drain} was called. */
  get closing(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Why events can't be taken now; undefined when they can. */
  get unready(): string | undefined {
    if (this.closing) return "the server is shutting down";
    return this.#ingest.failing
      ? "the last events could not be stored; the log tells why"
      : undefined;
  }

  get retraining(): boolean {
    return this.#retraining !== undefined;
  }

  get pendingEvents(): number {
    return this.#ingest.pending;
  }

  /**
   * Makes events durable, which `onStored` is told, then learns from those that are new. Resolves
   * when they are both; throws an `UnavailableError` when too much waits, or the store fails.
   */
  async ingest(events: readonly LensEvent[], options?: IngestOptions): Promise<AppendResult> {
    const result = await this.#ingest.take(events, options);
    this.#publishSoon();
    return result;
  }

  /**
   * Scores all channels and plans anew; what comes out is served, stored and sent to live readers.
   * Undefined before the first event.
   */
  async renew(): Promise<Plan | undefined> {
    const { engine, store } = this.options;
    if (!Number.isFinite(engine.nowMs)) return undefined;
    const startMs = elapsedMs();
    const plan = engine.recommend();
    this.plan = plan;
    this.showPlan();
    const outlooks = engine.outlooks();
    this.insights.foresee(outlooks, plan.timeMs);
    const predictions = this.#predictions.put(outlooks);
    this.alerts.check(outlooks);
    this.metrics.observe("renew_seconds", (elapsedMs() - startMs) / SECOND_MS);
    this.metrics.showPlan(plan);
    this.live.publish("predictions", [...predictions.values()]);
    this.live.publish("performance", this.performanceView());
    try {
      await store.saveSuggestions(plan.timeMs, plan.suggestions);
      await this.#savePredictions(outlooks, plan.timeMs);
    } catch (error) {
      // The plan holds all the same; what is written down of it serves those who look back.
      this.metrics.add("store_errors_total");
      this.#log.error`the plan could not be stored: ${String(error)}`;
    }
    return plan;
  }

  /** Writes what is new as CSV into the data folder; one export at a time. */
  async export(): Promise<ExportedFile[]> {
    try {
      const files = await this.#exporter.export();
      this.metrics.add("exports_total", { outcome: "done" });
      return files;
    } catch (error) {
      this.metrics.add("exports_total", { outcome: "failed" });
      throw error;
    }
  }

  /** Copies the store, where the server was told how; one copy at a time. */
  async backUp(): Promise<void> {
    try {
      const backup = await this.options.backUp?.();
      if (backup === undefined) return;
      this.metrics.add("backups_total", { outcome: "done" });
      this.#log.info`backed up to ${backup.path} (${formatBytes(backup.bytes)})`;
    } catch (error) {
      this.metrics.add("backups_total", { outcome: "failed" });
      throw error;
    }
  }

  /**
   * Trains on what was learned so far; afterwards recommendations are renewed. A failure is an
   * outcome, not an error: the champion stays. While one is under way its promise is returned.
   */
  retrain(): Promise<RetrainOutcome> {
    this.#retraining ??= this.#retrain().finally(() => this.#retraining = undefined);
    return this.#retraining;
  }

  /** Another model serves from now on; recommendations are renewed. */
  async modelChanged(modelId: string): Promise<void> {
    this.modelId = modelId;
    this.servingSinceMs = this.options.clock.nowMs();
    await this.renew();
  }

  /** The present plan as it is shown, of one node where one is given. */
  planView(node?: string): RecommendationsView {
    const { modelId, options: { engine } } = this;
    return this.insights.planView(this.plan, { modelId, nowMs: engine.nowMs, node });
  }

  /** Serves the plan anew and sends it to live readers: after a plan, or a decision on one. */
  showPlan(): void {
    const view = this.planView();
    this.recommendations = cachedJson(view);
    this.live.publish("recommendations", view);
  }

  /** From now on routes are looked for in this graph. */
  setTopology(network: Network): void {
    this.showGraph(network);
    this.options.engine.setTopology(network);
    this.#log.info`routes: ${network.nodeCount} nodes, ${network.channelCount} channels`;
  }

  /** From now on this graph is shown, and nodes are called as it tells. */
  showGraph(network: Network): void {
    this.insights.network = network;
    this.live.publish("channels", this.channelViews(this.channels.list()));
  }

  /** Channels as they leave the server. */
  channelViews(rows: readonly ChannelRow[]): ChannelView[] {
    return rows.map((row) => channelView(row, (node) => this.insights.aliasOf(node)));
  }

  /** Starts exports, retrainings, renewals and backups by the clock; 0 or nothing: no backups. */
  startTimers(
    every: { exportMs: number; retrainMs: number; renewMs?: number; backUpMs?: number },
  ): void {
    let renewedSeq = -1;
    if (every.backUpMs) this.#loops.push(this.#every(every.backUpMs, () => this.backUp()));
    this.#loops.push(
      this.#every(MINUTE_MS, () => Promise.resolve(this.alerts.check())),
      this.#every(every.exportMs, async () => void await this.export()),
      this.#every(every.retrainMs, async () => void await this.retrain()),
      this.#every(every.renewMs ?? MINUTE_MS, async () => {
        if (renewedSeq === this.options.store.lastSeq) return;
        renewedSeq = this.options.store.lastSeq;
        await this.renew();
      }),
    );
  }

  /** Figures of the model that serves, as `/api/performance` shows them. */
  performanceView() {
    const { engine, store, performance } = this.options;
    return {
      model: this.modelId ?? null,
      serving_since: this.servingSinceMs === undefined ? null : isoTime(this.servingSinceMs),
      event_time: Number.isFinite(engine.nowMs) ? isoTime(engine.nowMs) : null,
      events: store.lastSeq,
      channels: this.channels.size,
      retraining: this.retraining,
      last_retraining: retrainingView(this.lastRetraining),
      drift: driftView(this.options.drift),
      metrics: snakeNames(performance?.() ?? {}) as Record<string, unknown>,
    };
  }

  /** Predictions of all channels: at most a second old while events keep coming. */
  predictions(): PredictionView[] {
    return [...this.#predictions.views().values()];
  }

  /** The prediction of one channel, by its key; as old as {@linkcode LensServer.predictions}. */
  prediction(key: string): PredictionView | undefined {
    return this.#predictions.views().get(key);
  }

  /** All that a new live reader must know. */
  snapshot() {
    return {
      channels: this.channelViews(this.channels.list()),
      predictions: this.predictions(),
      recommendations: this.planView(),
      performance: this.performanceView(),
      alerts: this.alerts.view(),
      simulation: this.simulation.view(),
      twin: twinView(this.simulation.twin),
      twin_history: this.simulation.twins.map(twinView),
      totals: snakeNames(this.channels.totals),
    };
  }

  /** Ends timers and live streams, so that no connection holds up the end. */
  drain(): void {
    this.#stop.abort();
    clearTimeout(this.#liveTimer);
    this.live.close();
  }

  /** Drains, waits for what is under way, writes a last export and closes the store. */
  async close(): Promise<void> {
    this.drain();
    await Promise.allSettled([...this.#loops, this.#retraining]);
    try {
      await this.export();
    } catch (error) {
      this.#log.error`last export: ${String(error)}`;
    }
    await this.options.store.close();
  }

  #publishSoon(): void {
    if (this.#liveTimer !== undefined || this.live.readers === 0) return;
    this.#liveTimer = setTimeout(() => {
      this.#liveTimer = undefined;
      const changed = this.channels.takeChanged();
      if (changed.length > 0) this.live.publish("channels", this.channelViews(changed));
      this.live.publish("totals", snakeNames(this.channels.totals) as object);
    }, LIVE_INTERVAL_MS);
  }

  /** Once an hour of the events' time, and when the model is another: more would only fill the disk. */
  async #savePredictions(outlooks: readonly ChannelOutlook[], timeMs: number): Promise<void> {
    const last = this.#predicted;
    const due = last === undefined || last.modelId !== this.modelId ||
      Math.abs(timeMs - last.timeMs) >= HOUR_MS;
    if (!due) return;
    await this.options.store.savePredictions(predictionRows(outlooks, timeMs, this.modelId));
    this.#predicted = { timeMs, modelId: this.modelId };
  }

  #onDrift({ direction, sinceMs }: DriftState): void {
    this.metrics.add("drift_alarms_total");
    const since = isoTime(sinceMs ?? this.options.engine.nowMs);
    this.#log.warn`errors of the model went ${direction} since ${since}: it is retrained early`;
    this.live.publish("performance", this.performanceView());
    void this.retrain();
  }

  async #retrain(): Promise<RetrainOutcome> {
    const { retrain, clock } = this.options;
    let outcome: RetrainOutcome;
    try {
      const result = retrain === undefined
        ? { status: "kept" as const, modelId: this.modelId, reason: "retraining is switched off" }
        : await retrain(this.#stop.signal);
      outcome = { ...result, finishedMs: clock.nowMs() };
      if (result.status === "promoted") {
        this.modelId = result.modelId;
        this.servingSinceMs = clock.nowMs();
      }
    } catch (error) {
      const reason = errorMessage(error);
      const status = this.closing ? "kept" : "failed";
      outcome = { status, modelId: this.modelId, reason, finishedMs: clock.nowMs() };
    }
    this.lastRetraining = outcome;
    this.metrics.add("retrainings_total", { outcome: outcome.status });
    this.metrics.clear("feature_drift_psi");
    for (const { feature, psi } of outcome.featureDrift ?? []) {
      this.metrics.set("feature_drift_psi", psi, { feature });
    }
    this.#log.info`retraining ${outcome.status}: ${outcome.reason}`;
    const plan = await this.renew();
    if (plan === undefined) this.live.publish("performance", this.performanceView());
    return outcome;
  }

  #every(everyMs: number, work: () => Promise<void>): Promise<void> {
    return repeat(work, { clock: this.options.clock, everyMs, signal: this.#stop.signal });
  }
}
