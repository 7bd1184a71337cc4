import { type Clock, errorMessage, isoTime, logger, SECOND_MS } from "../../core/mod.ts";
import type { AlertMessage } from "./grouped.ts";

/** Where changes of alerts are posted. */
export interface WebhookOptions {
  /** It may hold a secret: it is never logged. */
  url: string;
  clock: Clock;
  signal: AbortSignal;
}

/** Times that one message is tried, the pause before the second, and how long an answer may take. */
const TRIES = 5;
const FIRST_PAUSE_MS = 2 * SECOND_MS;
const TIMEOUT_MS = 10 * SECOND_MS;
/** Messages that wait at most; a webhook that is down must not fill the memory. */
const MOST_WAITING = 1000;

/**
 * Posts changes of alerts in order: `{"status", "code", "key", "text", "advice", "since", "count",
 * "alerts": [{"key", "text", "since"}]}`. What can't be delivered is tried again with longer pauses,
 * then logged and left out.
 */
export class Webhook {
  readonly #log = logger("alerts");
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(readonly options: WebhookOptions) {}

  /** Sends a message in its turn. */
  tell(message: AlertMessage): void {
    if (this.#waiting >= MOST_WAITING) {
      this.#log.warn`the webhook is not told of ${message.key}: too many messages wait`;
      return;
    }
    this.#waiting++;
    this.#last = this.#last.then(() => this.#deliver(message)).finally(() => this.#waiting--);
  }

  /** Resolves when all that was told has been delivered or given up. */
  idle(): Promise<void> {
    return this.#last;
  }

  async #deliver({ sinceMs, alerts, ...message }: AlertMessage): Promise<void> {
    const { clock, signal } = this.options;
    const { key } = message;
    const body = JSON.stringify({
      ...message,
      since: isoTime(sinceMs),
      alerts: alerts.map(({ key, text, sinceMs }) => ({ key, text, since: isoTime(sinceMs) })),
    });
    let reason = "";
    for (let tried = 0; tried < TRIES && !signal.aborted; tried++) {
      if (tried > 0) await clock.sleep(FIRST_PAUSE_MS * 2 ** (tried - 1), signal);
      reason = await this.#post(body);
      if (reason === "") return;
    }
    this.#log.warn`the webhook was not told of ${key}: ${reason}`;
  }

  /** Posts once. Returns the reason why it failed, without the address. */
  async #post(body: string): Promise<string> {
    const { url, signal } = this.options;
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        redirect: "error",
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await answer.body?.cancel();
      return answer.ok ? "" : `it answered ${answer.status}`;
    } catch (error) {
      return errorMessage(error).replaceAll(url, "[webhook]");
    }
  }
}
