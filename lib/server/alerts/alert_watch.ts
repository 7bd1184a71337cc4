import { type Clock, isoTime, logger, MINUTE_MS } from "../../core/mod.ts";
import type { ChannelOutlook } from "../../planning/mod.ts";
import type { LiveStream } from "../state/live_stream.ts";
import type { ServerMetrics } from "../state/metrics.ts";
import type { ExecutionControl } from "../state/controls.ts";
import type { DriftWatch } from "../models/drift_watch.ts";
import type { RetrainOutcome } from "../state/engine.ts";
import { AlertBook, type StandingAlert } from "./alert_book.ts";
import { type AlertMessage, grouped } from "./grouped.ts";
import {
  ALERT_CODES,
  ALERT_DEFAULTS,
  type AlertOptions,
  alertsOf,
  type AlertThresholds,
  type AlertView,
} from "./rules.ts";
import type { AlertsView } from "./schemas.ts";
import { SilenceFile } from "./silence_file.ts";
import { Webhook } from "./webhook.ts";

/** What an {@linkcode AlertWatch} looks at, and where it tells of it. */
export interface Watched {
  readonly options: {
    clock: Clock;
    folder: string;
    alerts?: AlertOptions;
    drift?: DriftWatch;
    execution?: ExecutionControl;
  };
  readonly insights: { aliasOf(node: string): string | null };
  readonly lastRetraining: RetrainOutcome | undefined;
  readonly live: LiveStream;
  readonly metrics: ServerMetrics;
}

/** What was raised counts as over after it was gone for this long: it does not flap. */
const HOLD_MS = 10 * MINUTE_MS;

/**
 * What needs a human: looked for after every plan and once a minute, told to live readers, the log,
 * the webhook and `/metrics`. Silences outlast a restart.
 */
export class AlertWatch {
  readonly #book = new AlertBook(HOLD_MS);
  readonly #thresholds: AlertThresholds;
  readonly #silences: SilenceFile;
  readonly #webhook: Webhook | undefined;
  #outlooks: readonly ChannelOutlook[] = [];
  #log = logger("alerts");

  /** @param signal ends what is being told */
  constructor(private readonly server: Watched, signal: AbortSignal) {
    const { alerts = {}, clock, folder } = server.options;
    this.#thresholds = { ...ALERT_DEFAULTS, ...alerts.thresholds };
    this.#silences = new SilenceFile(folder);
    const url = alerts.webhookUrl;
    this.#webhook = url === undefined ? undefined : new Webhook({ url, clock, signal });
  }

  /** Takes up the silences of before. */
  async open(): Promise<void> {
    for (const silence of await this.#silences.read()) this.#book.silence(silence);
  }

  /**
   * Looks at everything and tells what changed.
   *
   * @param outlooks those of a new plan; the last ones where left out
   */
  check(outlooks = this.#outlooks): void {
    this.#outlooks = outlooks;
    const nowMs = this.#nowMs;
    const changes = this.#book.update(alertsOf(this.#look(nowMs), this.#thresholds), nowMs);
    for (const message of grouped(changes)) this.#tell(message);
    const { metrics } = this.server;
    const standing = this.#book.list(nowMs);
    for (const code of ALERT_CODES) {
      metrics.set("alerts", standing.filter((alert) => alert.code === code).length, { code });
    }
    if (changes.length > 0) this.server.live.publish("alerts", this.view());
  }

  /**
   * Nobody is told of this alert, or of any of this code, for so long; 0 ends a silence.
   *
   * @param key `code` or `code:what`
   * @returns Unix ms of its end
   */
  async silence(key: string, durationMs: number): Promise<number> {
    const untilMs = this.#nowMs + durationMs;
    this.#book.silence({ key, untilMs });
    await this.#silences.write(this.#book.silences(this.#nowMs));
    this.#log.info`${key} is silenced until ${isoTime(untilMs)}`;
    this.server.live.publish("alerts", this.view());
    return untilMs;
  }

  /** What stands and what is silenced, as it leaves the server. */
  view(): AlertsView {
    const nowMs = this.#nowMs;
    return {
      alerts: this.#book.list(nowMs).map(alertView),
      silences: this.#book.silences(nowMs).map(({ key, untilMs }) => ({
        key,
        until: isoTime(untilMs),
      })),
    };
  }

  /** Resolves when the webhook was told everything, or gave up. */
  async idle(): Promise<void> {
    await this.#webhook?.idle();
  }

  get #nowMs(): number {
    return this.server.options.clock.nowMs();
  }

  #look(nowMs: number): AlertView {
    const { drift, execution, alerts } = this.server.options;
    const alarm = drift?.lastAlarm;
    const spending = execution?.spending();
    return {
      nowMs,
      outlooks: this.#outlooks,
      aliasOf: (node) => this.server.insights.aliasOf(node),
      drift: alarm && `its errors went ${alarm.direction}` +
          (alarm.sinceMs === undefined ? "" : ` since ${isoTime(alarm.sinceMs)}`),
      retraining: this.server.lastRetraining,
      budget: spending && {
        usedSat: (spending.settledMsat + spending.reservedMsat) / 1000,
        budgetSat: spending.budgetMsat / 1000,
      },
      node: alerts?.node?.(),
    };
  }

  #tell(message: AlertMessage): void {
    const { status, text, advice } = message;
    if (status === "raised") this.#log.warn`${text} (${advice})`;
    else this.#log.info`over: ${text}`;
    this.#webhook?.tell(message);
  }
}

function alertView(
  { code, key, text, advice, brief, stakeSat, sinceMs, silencedUntilMs }: StandingAlert,
) {
  return {
    ...{ code, key, text, advice, brief: brief ?? null },
    stake_sat: stakeSat ?? null,
    since: isoTime(sinceMs),
    silenced_until: silencedUntilMs === undefined ? null : isoTime(silencedUntilMs),
  };
}
