import { elapsedMs, errorMessage, logger, SECOND_MS, seededRng, systemClock } from "../core/mod.ts";
import type { Lens } from "../lens/mod.ts";
import { NodeFollower, type OpenLnd, openLnd } from "../nodes/mod.ts";
import type { Network } from "../network/mod.ts";
import type { CommandOptions } from "../protocol/mod.ts";
import type { LensServer } from "../server/mod.ts";
import { lndSettings, namesNode } from "./lnd_options.ts";
import { NodeSink } from "./node_sink.ts";

/** After an event recommendations are made anew this soon, events that come together at once. */
const RENEW_MS = SECOND_MS / 10;
/** Making them takes no more than one part of so many of the time. */
const RENEW_SHARE = 5;
/** How long to wait before a node that can't be followed is tried again. */
const RETRY_MS = 15 * SECOND_MS;

/**
 * The node that the options name, ready to be read; undefined where they name none.
 *
 * @throws as `openLnd` does
 */
export function openNamedLnd(options: CommandOptions<"serve">): Promise<OpenLnd | undefined> {
  if (!namesNode(options)) return Promise.resolve(undefined);
  const allowAdmin = options["allow-admin-macaroon"];
  return openLnd(lndSettings(options), { clock: systemClock, allowAdmin });
}

/** What a server and the node that it follows are made of. */
export interface FollowParts {
  opened: OpenLnd;
  server: LensServer;
  lens: Lens;
  seed: number;
  signal: AbortSignal;
  /** Payments that are told by whoever sent them. */
  isTold?: (paymentHash: string) => boolean;
  /** Told of the graph whenever it was read anew. */
  onGraph?: (network: Network) => void;
  /** Told how each reading of the node ended. */
  onReading?: (failure: string | undefined) => void;
}

/** Brings a node's past and present into a running server, until the signal. */
export async function followLnd(parts: FollowParts) {
  const { opened, server, lens, seed, signal, isTold, onGraph, onReading } = parts;
  const { node } = opened;
  const log = logger("nodes");
  const renewal = new Renewal(server);
  const sink = new NodeSink(server.options.store, lens, async (events, notes) => {
    await server.ingest(events, { notes });
    if (events.length > 0) renewal.ask();
  }, onGraph);
  const rng = seededRng(seed);
  const follower = new NodeFollower({ node, sink, clock: systemClock, rng, isTold, onReading });
  try {
    while (!signal.aborted) {
      try {
        await follower.start(({ forwards, payments, rebalances }) => {
          log
            .info`${forwards} forwards, ${payments} payments, ${rebalances} rebalances read from ${node.address}`;
        }, signal);
        await follower.follow(signal);
      } catch (error) {
        onReading?.(errorMessage(error));
        log.error`${node.address} can't be followed: ${String(error)}`;
        await systemClock.sleep(RETRY_MS, signal);
      }
    }
  } finally {
    renewal.stop();
    node.close();
  }
}

/** Makes recommendations anew soon after an event, and less often where that takes long. */
class Renewal {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #nextMs = -Infinity;

  constructor(private readonly server: LensServer) {}

  ask(): void {
    const waitMs = Math.max(RENEW_MS, this.#nextMs - elapsedMs());
    this.#timer ??= setTimeout(async () => {
      const startMs = elapsedMs();
      this.#timer = undefined;
      try {
        await this.server.renew();
      } catch (error) {
        logger("nodes").error`recommendations can't be made: ${String(error)}`;
      }
      this.#nextMs = elapsedMs() + (RENEW_SHARE - 1) * (elapsedMs() - startMs);
    }, waitMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
