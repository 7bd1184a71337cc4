import { join } from "node:path";
import {
  DAY_MS,
  formatDuration,
  HOUR_MS,
  logger,
  RefusedError,
  seededRng,
  systemClock,
} from "../core/mod.ts";
import type { Lens } from "../lens/mod.ts";
import type { Network } from "../network/mod.ts";
import { NodeFollower, type OpenLnd, openLnd } from "../nodes/mod.ts";
import type { CommandOptions, LensEvent } from "../protocol/mod.ts";
import { copyStore, DATABASE_NAME, type Notes, SqliteStore, type Store } from "../store/mod.ts";
import { LOOKS_ONCE, openLens } from "./lens_setup.ts";
import { lndSettings } from "./lnd_options.ts";
import { type LensOptions, lensSetup } from "./operator_settings.ts";
import { NodeSink, recallGaps, unheardMs } from "./node_sink.ts";

/** A node that was read, and a lens that knows its past and present. */
export interface NodeSession {
  opened: OpenLnd;
  lens: Lens;
  store: Store;
  graph: Network | undefined;
  /** What the reader should know of the grounds of all advice. */
  notes: string[];
  /** Makes events durable and teaches the lens those that are new. */
  take(events: readonly LensEvent[]): Promise<void>;
}

/** Options that name the node and the data folder. */
export type ReadOptions =
  & Parameters<typeof lndSettings>[0]
  & LensOptions
  & Pick<CommandOptions<"recommend">, "allow-admin-macaroon">;

/** How a session is opened. */
export interface SessionOptions {
  signal: AbortSignal;
  /** Go on with a copy that is gone afterwards, where a server has the data folder. */
  passing: boolean;
  /** Payments that are told by whoever sent them. */
  isTold?: (paymentHash: string) => boolean;
}

/**
 * Reads the node that the options name into the data folder and does something with it.
 *
 * @throws as `openLnd` does
 * @throws {RefusedError} when a server has the data folder, unless `passing`
 */
export async function withNode<T>(
  options: ReadOptions,
  { signal, passing, isTold }: SessionOptions,
  work: (session: NodeSession) => Promise<T>,
): Promise<T> {
  const folder = options["data-dir"];
  const { lens } = await openLens({ ...await lensSetup(options), ...LOOKS_ONCE });
  const allowAdmin = options["allow-admin-macaroon"];
  const opened = await openLnd(lndSettings(options), { clock: systemClock, allowAdmin });
  try {
    const { store, notes, dispose } = await openStore(folder, passing);
    try {
      const learn = (events: readonly LensEvent[]) => events.forEach((event) => lens.ingest(event));
      await recallGaps(store, lens, opened.info.nodeId);
      for await (const { events } of store.replay(0)) learn(events);
      const take = async (events: readonly LensEvent[], notes?: Notes) => {
        learn((await store.append(events, notes)).accepted);
      };
      const sink = new NodeSink(store, lens, take);
      const { node, info } = opened;
      const rng = seededRng(options.seed);
      const follower = new NodeFollower({ node, sink, clock: systemClock, rng, isTold });
      await follower.start(({ forwards, payments, rebalances }) => {
        logger("nodes")
          .info`${forwards} forwards, ${payments} payments, ${rebalances} rebalances read`;
      }, signal);
      notes.push(...await gapNotes(store, info.nodeId));
      return await work({ opened, lens, store, graph: sink.graph, notes, take });
    } finally {
      await dispose();
    }
  } finally {
    opened.node.close();
  }
}

async function gapNotes(store: Store, nodeId: string): Promise<string[]> {
  const nowMs = systemClock.nowMs();
  const unheard = await unheardMs(store, nodeId, { fromMs: nowMs - 7 * DAY_MS, nowMs });
  if (unheard <= HOUR_MS) return [];
  return [
    `failed forwards are unknown for ${formatDuration(unheard)} of the last 7 d: LND tells ` +
    "them only to who listens; leave deno task serve --lnddir running",
  ];
}

/** The data folder's store; a passing copy of it where a server has it and that will do. */
async function openStore(folder: string, passing: boolean) {
  try {
    const store = SqliteStore.open(folder);
    return { store, notes: [] as string[], dispose: () => store.close() };
  } catch (error) {
    if (!(error instanceof RefusedError && passing)) throw error;
  }
  const aside = await Deno.makeTempDir({ prefix: "lightning-lens-" });
  try {
    await copyStore(folder, join(aside, DATABASE_NAME));
    const store = SqliteStore.open(aside);
    const dispose = async () => {
      await store.close();
      await Deno.remove(aside, { recursive: true });
    };
    return { store, notes: [`${folder} is in use by a server: nothing of this was kept`], dispose };
  } catch (error) {
    await Deno.remove(aside, { recursive: true });
    throw error;
  }
}
