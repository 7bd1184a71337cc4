import { X509Certificate } from "node:crypto";
import {
  InputError,
  isoTime,
  type LensError,
  quote,
  RefusedError,
  UnreachableError,
} from "../core/mod.ts";

/** The least version of LND that is supported. */
export const LEAST_LND = "0.18.0";

/** An answer of LND that says no: HTTP status and its own words. */
export interface LndRefusal {
  status: number;
  message: string;
}

/** The node does not have what was called: nothing was done. */
export class MissingMethodError extends InputError {
  override name = "MissingMethodError";
}

/** The connection failed, or broke off: what was asked for may have been done all the same. */
export class LostConnectionError extends UnreachableError {
  override name = "LostConnectionError";
}

/** What the answers of LND mean, by its own words, and what to do about it. */
const MEANINGS: readonly [pattern: RegExp, meaning: (address: string) => LensError][] = [
  [
    /wallet locked/,
    (address) =>
      new UnreachableError(
        `the wallet of the LND at ${address} is locked: unlock it (lncli unlock)`,
      ),
  ],
  [
    /wallet not created/,
    (address) =>
      new UnreachableError(`the LND at ${address} has no wallet yet: make one (lncli create)`),
  ],
  [
    /in the process of starting|waiting to start|starting up|server is still/,
    (address) =>
      new UnreachableError(`the LND at ${address} is still starting: try again in a minute`),
  ],
  [/permission denied/, (address) =>
    new RefusedError(
      `the LND at ${address} does not allow this to the macaroon: deno task doctor says what is ` +
        "missing and how to bake one that fits",
    )],
  [
    /verification failed|root key|signature mismatch|cannot get macaroon/,
    (address) =>
      new RefusedError(
        `the LND at ${address} does not know the macaroon: it was made by another node or for ` +
          "another network, or was revoked; name the right one with --macaroonpath or --network",
      ),
  ],
  [
    /expected 1 macaroon/,
    (address) =>
      new RefusedError(`the LND at ${address} wants a macaroon: name one with --macaroonpath`),
  ],
  [/caveat|macaroon.*expired|time-before/, (address) =>
    new RefusedError(
      `the LND at ${address} refuses the macaroon for a condition in it (such as its expiry or ` +
        "the address it is bound to): bake a new one",
    )],
];

/** How LND, or the gateway before it, says that it does not have a method. */
const NO_METHOD = /^Not Found$|unknown (service|method)|unimplemented/i;

/**
 * What a refused request means to the user.
 *
 * @param path of the request, for what is not understood
 */
export function refusalError(refusal: LndRefusal, address: string, path: string): LensError {
  const found = MEANINGS.find(([pattern]) => pattern.test(refusal.message));
  if (found !== undefined) return found[1](address);
  const missing = NO_METHOD.test(refusal.message);
  if (missing || refusal.status === 404 || /Not Found/i.test(refusal.message)) {
    const fault = {
      file: address,
      field: path,
      found: `${refusal.status} ${refusal.message}`,
      expected: `LND ${LEAST_LND} or later, with its router (the answer of an older one, or of ` +
        "another program)",
    };
    return missing ? new MissingMethodError(fault) : new InputError(fault);
  }
  return new UnreachableError(
    `the LND at ${address} can't answer ${path}: ${
      quote(refusal.message)
    } (HTTP ${refusal.status})`,
  );
}

/** Codes of TLS faults in which the other side is not the one whose certificate we were given. */
const WRONG_CERTIFICATE =
  /SELF_SIGNED|UNABLE_TO_|CERT_|ALTNAME|CA_USED|certificate|BadSignature|UnknownIssuer/i;
/** What answers does not speak TLS at all. */
const NO_TLS = /WRONG_VERSION|InvalidContentType|corrupt message|packet length/i;

/**
 * What a failed connection means to the user.
 *
 * @param given the certificate that was given, PEM, and the time now, Unix ms
 */
export function connectionError(
  error: unknown,
  address: string,
  given: { certificate?: string; timeMs: number },
): LensError {
  const text = describe(error);
  if (NO_TLS.test(text)) {
    return new UnreachableError(
      `what answers at ${address} does not speak TLS: is this the REST address of LND? ` +
        "(--restserver; by default port 8080)",
    );
  }
  if (/ALTNAME/.test(text)) {
    return new RefusedError(
      `the certificate of the LND at ${address} is not made out to this name: connect by a name ` +
        "in it, or set tlsextradomain or tlsextraip in lnd.conf and let lnd make a new one",
    );
  }
  if (WRONG_CERTIFICATE.test(text)) {
    const { validFromMs = -Infinity, validToMs = Infinity } = validityOf(given.certificate);
    if (/EXPIRED/i.test(text) || validToMs < given.timeMs) {
      return new RefusedError(
        `the certificate of the LND at ${address} has expired: remove tls.cert and tls.key on the ` +
          "node, restart lnd, and copy the new tls.cert",
      );
    }
    if (validFromMs > given.timeMs) {
      return new RefusedError(
        `the certificate of the LND at ${address} is not valid before ${isoTime(validFromMs)}: ` +
          "is the clock of this machine right?",
      );
    }
    return new RefusedError(
      `what answers at ${address} does not have the certificate that was given (${text}): another ` +
        "program, or a new certificate of the node; copy its present tls.cert (--tlscertpath)",
    );
  }
  if (/ECONNREFUSED|ENOENT/.test(text)) {
    return new LostConnectionError(
      `nothing answers at ${address}: is lnd running, and does it listen there (restlisten in ` +
        "lnd.conf)? Name another address with --restserver",
    );
  }
  if (/ENOTFOUND|EAI_AGAIN|lookup|dns/i.test(text)) {
    return new UnreachableError(
      `the name in ${address} is not known (${text}): mend --restserver or --rpcserver`,
    );
  }
  return new LostConnectionError(`the connection to the LND at ${address} failed: ${text}`);
}

/** From when to when a certificate holds, Unix ms; nothing where it can't be read. */
function validityOf(
  certificate: string | undefined,
): { validFromMs?: number; validToMs?: number } {
  if (certificate === undefined) return {};
  try {
    const { validFrom, validTo } = new X509Certificate(certificate);
    return { validFromMs: Date.parse(validFrom), validToMs: Date.parse(validTo) };
  } catch {
    return {};
  }
}

/** The code and the words of an error, and nothing else of it. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? `${error.code}: ` : "";
  return `${code}${error.message}`;
}
