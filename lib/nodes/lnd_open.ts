import { type Clock, InputError, RefusedError, UnreachableError } from "../core/mod.ts";
import { LndConnection } from "./lnd_connection.ts";
import { LEAST_LND, refusalError } from "./lnd_faults.ts";
import { atLeast, LndNode } from "./lnd_node.ts";
import { type LndKeys, type LndSettings, readLndKeys } from "./lnd_settings.ts";
import { beyondReading, permissionName } from "./macaroon.ts";
import type { NodeInfo } from "./types.ts";

/** An LND that is ready to be read from. */
export interface OpenLnd {
  node: LndNode;
  info: NodeInfo;
  keys: LndKeys;
}

/** How careful {@linkcode openLnd} is. */
export interface OpenLndOptions {
  clock: Clock;
  /** Take a macaroon that allows more than reading. */
  allowAdmin?: boolean;
}

/**
 * Connects to an LND for reading and sees that it can be used.
 *
 * @throws {InputError} for missing or wrong files, or an LND too old
 * @throws {UnreachableError} when it is not there, locked, starting or behind the chain
 * @throws {RefusedError} for a wrong certificate or macaroon, one that allows too much, or another
 *   network than was asked for
 */
export async function openLnd(settings: LndSettings, options: OpenLndOptions): Promise<OpenLnd> {
  const keys = await readLndKeys(settings);
  if (options.allowAdmin !== true) refuseTooMuch(keys);
  const connection = new LndConnection(keys.access);
  try {
    await checkState(connection);
    const node = new LndNode(connection, options.clock);
    const info = await node.info();
    checkInfo(info, settings.network, node.address);
    return { node, info, keys };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** @throws {RefusedError} naming what the macaroon allows beyond reading, never the macaroon */
function refuseTooMuch({ permissions, macaroonPath }: LndKeys): void {
  const excess = beyondReading(permissions).map(permissionName);
  if (excess.length === 0) return;
  const shown = excess.slice(0, 4).join(", ") + (excess.length > 4 ? ", ..." : "");
  throw new RefusedError(
    `the macaroon ${macaroonPath} allows more than reading (${shown}): deno task doctor prints ` +
      "how to bake one that does not, or insist with --allow-admin-macaroon",
  );
}

const STATES: Record<string, string> = {
  NON_EXISTING: "wallet not created",
  LOCKED: "wallet locked",
  WAITING_TO_START: "waiting to start",
  UNLOCKED: "starting up",
};

/** @throws {UnreachableError} when its wallet is locked or missing, or it is still starting */
export async function checkState(connection: LndConnection): Promise<void> {
  const path = "/v1/state";
  // What a gateway in between does not pass on is found out by the next question.
  const answer = await connection.find(path);
  const state = typeof answer === "object" && answer !== null && "state" in answer
    ? String(answer.state)
    : "";
  const message = STATES[state];
  if (message !== undefined) throw refusalError({ status: 200, message }, connection.address, path);
}

/** @throws as {@linkcode openLnd} */
function checkInfo(info: NodeInfo, network: string, address: string): void {
  if (info.network !== network) {
    throw new RefusedError(
      `the LND at ${address} is on ${info.network}, not on ${network}: name the right node, or ` +
        `say --network ${info.network}`,
    );
  }
  if (!atLeast(info.version, LEAST_LND.split(".").map(Number), { file: address })) {
    throw new InputError({
      file: address,
      field: "version",
      found: info.version,
      expected: `LND ${LEAST_LND} or later: upgrade lnd`,
    });
  }
  if (!info.syncedToChain) {
    throw new UnreachableError(
      `the LND at ${address} is behind the chain (block ${info.blockHeight}): its channels can't ` +
        "be judged yet; try again when lncli getinfo says synced_to_chain",
    );
  }
}
