import {
  type Clock,
  elapsedMs,
  formatDuration,
  logger,
  type Rng,
  SECOND_MS,
  UnreachableError,
} from "../core/mod.ts";
import type { Wire } from "./lens_client.ts";

/** A first connection is tried for so long. */
export const FIRST_CONNECTION_MS = 30 * SECOND_MS;
/** Who has not opened a connection by then is taken for deaf. */
const ANSWER_MS = 10 * SECOND_MS;
const SHORTEST_WAIT_MS = SECOND_MS / 4;
const LONGEST_WAIT_MS = 30 * SECOND_MS;
/** As long as nobody ever answered, somebody is starting things by hand: attempts are frequent. */
const LONGEST_FIRST_WAIT_MS = 2 * SECOND_MS;

/** Who talks over a connection, and outlives it. */
export interface Talker {
  /** A connection stands. */
  opened(wire: Wire): void;
  /** It is gone; nothing can be sent until the next one. */
  closed(): void;
  heard(text: string): void;
}

/** How {@linkcode stayConnected} goes about it. */
export interface ConnectionOptions {
  uri: string;
  /** Waits between attempts pass by this clock. */
  clock: Clock;
  /** Spreads the attempts of many clients. */
  rng: Rng;
  /** Ends it. */
  signal: AbortSignal;
  /** How long the first connection is tried for. Default {@linkcode FIRST_CONNECTION_MS}. */
  patienceMs?: number;
  /** How long one attempt may take. Default 10 seconds. */
  answerMs?: number;
}

/**
 * Connects, lets the client talk, and connects again whenever the connection breaks, waiting longer
 * after every one on which nothing was heard: a quarter of a second, doubled up to 30 seconds, each
 * spread by half.
 *
 * @throws {UnreachableError} when there was no first connection in time
 */
export async function stayConnected(client: Talker, options: ConnectionOptions): Promise<void> {
  const { uri, clock, rng, signal, patienceMs = FIRST_CONNECTION_MS } = options;
  const log = logger("client");
  const startMs = elapsedMs();
  let waitMs = SHORTEST_WAIT_MS;
  let everOpen = false;
  let attempts = 0;
  while (!signal.aborted) {
    attempts++;
    const { opened, heard } = await converse(client, options);
    if (signal.aborted) return;
    everOpen ||= opened;
    if (heard) waitMs = SHORTEST_WAIT_MS;
    if (!everOpen && elapsedMs() - startMs + waitMs > patienceMs) {
      throw new UnreachableError(
        `nothing answers at ${uri} (${attempts} attempts in ${
          formatDuration(elapsedMs() - startMs)
        }); is the simulation running? Start it with: deno task simulate`,
      );
    }
    const spreadMs = waitMs * (0.5 + rng.float());
    log[opened ? "warn" : "info"](
      `${opened ? "lost the connection to" : "nothing answers at"} ${uri}, next attempt in ${
        (spreadMs / SECOND_MS).toFixed(1)
      } s`,
    );
    await clock.sleep(spreadMs, signal);
    waitMs = Math.min(everOpen ? LONGEST_WAIT_MS : LONGEST_FIRST_WAIT_MS, waitMs * 2);
  }
}

/** One connection from opening to its end: whether it ever opened, and anything was heard. */
function converse(
  client: Talker,
  { uri, clock, signal, answerMs = ANSWER_MS }: ConnectionOptions,
): Promise<{ opened: boolean; heard: boolean }> {
  return new Promise((resolve) => {
    let opened = false, heard = false;
    const socket = new WebSocket(uri);
    const hangUp = () => socket.close();
    signal.addEventListener("abort", hangUp, { once: true });
    const ended = new AbortController();
    clock.sleep(answerMs, ended.signal).then(() => {
      if (!opened) hangUp();
    });
    socket.onopen = () => {
      opened = true;
      logger("client").info`connected to ${uri}`;
      client.opened({
        send: (text) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(text);
        },
      });
    };
    socket.onmessage = ({ data }) => {
      if (signal.aborted) return;
      heard = true;
      client.heard(typeof data === "string" ? data : "");
    };
    // An error is always followed by a close, which tells the same and more.
    socket.onclose = () => {
      signal.removeEventListener("abort", hangUp);
      ended.abort();
      if (opened) client.closed();
      resolve({ opened, heard });
    };
  });
}
