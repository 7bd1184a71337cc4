import { join } from "node:path";
import { InputError, quote, Secret, UsageError } from "../core/mod.ts";
import type { LndAccess } from "./lnd_connection.ts";
import { type MacaroonPermission, macaroonPermissions } from "./macaroon.ts";
import type { HostAndPort } from "./socks.ts";

/** The networks that LND knows; their names are folders in its directory. */
export const LND_NETWORKS = [
  "mainnet",
  "testnet",
  "testnet4",
  "signet",
  "regtest",
  "simnet",
] as const;

/** Where an LND is and what lets us in, as the user says it; lncli's names and defaults. */
export interface LndSettings {
  /** LND's directory, such as `~/.lnd`. */
  lndDir: string;
  /** Where REST listens: `HOST:PORT`, `https://HOST:PORT` or `unix:PATH`. */
  restServer?: string;
  /** gRPC's address: its host is taken, with REST's usual port. */
  rpcServer?: string;
  tlsCertPath?: string;
  macaroonPath?: string;
  network: string;
  /** A SOCKS 5 proxy, `HOST:PORT`. */
  socks?: string;
}

/** The REST port of an LND that was not told otherwise. */
const REST_PORT = 8080;
/** Tor's port. */
const SOCKS_PORT = 9050;
/** Name of a macaroon that was baked for this program. */
export const READING_MACAROON = "lightning-lens.macaroon";
/** The macaroon for reading that LND makes by itself. */
const LND_READING = "readonly.macaroon";

/** How an LND is reached, and what the credential is. */
export interface LndKeys {
  access: LndAccess;
  macaroonPath: string;
  /** What the macaroon says that it allows. */
  permissions: MacaroonPermission[];
}

/**
 * Finds certificate and macaroon and reads them. Nothing is asked of the node.
 *
 * @throws {InputError} for files that are missing or of another kind, saying which option names them
 * @throws {UsageError} for an address that is none
 */
export async function readLndKeys(settings: LndSettings): Promise<LndKeys> {
  const place = endpointOf(settings.restServer, settings.rpcServer);
  const certificate = await readCertificate(settings);
  const macaroonPath = settings.macaroonPath ?? await findMacaroon(settings);
  const bytes = await readOrThrow(macaroonPath, "a macaroon of LND");
  const permissions = macaroonPermissions(bytes, macaroonPath);
  const socks = settings.socks === undefined
    ? undefined
    : hostAndPort("--socks", settings.socks, SOCKS_PORT);
  return {
    access: { ...place, certificate, socks, macaroon: new Secret(bytes.toHex()) },
    macaroonPath,
    permissions,
  };
}

/** @throws {UsageError} for what is no address */
function endpointOf(
  restServer: string | undefined,
  rpcServer: string | undefined,
): HostAndPort & { address: string; socketPath?: string } {
  const socketPath = /^unix:(?:\/\/)?(\/.+)$/.exec(restServer ?? "")?.[1];
  if (socketPath !== undefined) {
    return { host: "localhost", port: REST_PORT, socketPath, address: `unix:${socketPath}` };
  }
  const place = restServer === undefined
    ? {
      host: hostAndPort("--rpcserver", rpcServer ?? "localhost", REST_PORT).host,
      port: REST_PORT,
    }
    : hostAndPort(
      "--restserver",
      restServer.replace(/^https:\/\//, "").replace(/\/$/, ""),
      REST_PORT,
    );
  const host = place.host.includes(":") ? `[${place.host}]` : place.host;
  return { ...place, address: `https://${host}:${place.port}` };
}

function hostAndPort(option: string, text: string, usualPort: number): HostAndPort {
  const found = /^(\[[0-9a-fA-F:]+\]|[^\s:/]+)(?::(\d{1,5}))?$/.exec(text);
  const port = Number(found?.[2] ?? usualPort);
  if (found === null || port < 1 || port > 65535) {
    throw new UsageError(`${option}: found ${quote(text)}, expected HOST or HOST:PORT`);
  }
  return { host: found[1].replace(/^\[|\]$/g, ""), port };
}

async function readCertificate(settings: LndSettings): Promise<string | undefined> {
  const path = settings.tlsCertPath ?? join(settings.lndDir, "tls.cert");
  // A node elsewhere may have a certificate that the system's roots vouch for.
  const elsewhere = settings.restServer !== undefined && settings.tlsCertPath === undefined;
  if (elsewhere && !await exists(path)) return undefined;
  const text = new TextDecoder().decode(
    await readOrThrow(path, "the certificate of the node (--tlscertpath or --lnddir)"),
  );
  if (!text.includes("-----BEGIN CERTIFICATE-----")) {
    throw new InputError({
      file: path,
      found: "other content",
      expected: "a certificate in PEM form, as lnd writes tls.cert",
    });
  }
  return text;
}

async function findMacaroon({ lndDir, network }: LndSettings): Promise<string> {
  const chains = join(lndDir, "data", "chain", "bitcoin");
  const own = join(chains, network);
  // The best first.
  for (
    const path of [
      join(own, READING_MACAROON),
      join(lndDir, READING_MACAROON),
      join(own, LND_READING),
    ]
  ) if (await exists(path)) return path;
  const networks: string[] = [];
  try {
    for await (const entry of Deno.readDir(chains)) networks.push(entry.name);
  } catch {
    // Told below: there is no such folder, or it may not be read.
  }
  const others = networks.filter((name) => name !== network).sort();
  const names = `${READING_MACAROON} or ${LND_READING}`;
  throw new InputError({
    file: own,
    found: "no macaroon for reading",
    expected: others.length > 0
      ? `${names}; this directory is for ${others.join(", ")} (--network)`
      : `${names}; name LND's directory with --lnddir, or the file with --macaroonpath`,
  });
}

async function readOrThrow(path: string, what: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    const found = error instanceof Deno.errors.NotFound
      ? "no such file"
      : error instanceof Deno.errors.PermissionDenied
      ? "a file that this user may not read"
      : error instanceof Error
      ? error.message
      : String(error);
    throw new InputError({ file: path, found, expected: what });
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
