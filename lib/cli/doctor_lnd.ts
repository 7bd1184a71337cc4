import { EXIT, LensError, SECOND_MS, systemClock } from "../core/mod.ts";
import {
  beyondReading,
  type LndKeys,
  openLnd,
  PAYING_PERMISSIONS,
  permissionName,
  READING_MACAROON,
  readLndKeys,
} from "../nodes/mod.ts";
import type { CommandOptions } from "../protocol/mod.ts";
import type { Finding } from "./doctor_checks.ts";
import { openPayer } from "./execution_setup.ts";
import { lndSettings } from "./lnd_options.ts";

type Options = CommandOptions<"doctor">;

/** The least that reading needs, and what it would like to have as well: receipts. */
const READING = ["info:read", "offchain:read"];
const RECEIPTS = "invoices:read";
/** A hash that no payment has. */
const NO_PAYMENT = "00".repeat(32);

/** The line that bakes a macaroon for reading. */
function bakeReading(options: Options): string {
  return `${lncli(options)} bakemacaroon --save_to ${folder(options)}/${READING_MACAROON} ${
    [...READING, RECEIPTS].join(" ")
  }`;
}

/** The line that bakes a macaroon for rebalancing: it can pay, so nobody else may read it. */
function bakeExecuting(options: Options): string {
  const path = `${folder(options)}/lightning-lens-execute.macaroon`;
  const permissions = PAYING_PERMISSIONS.join(" ");
  return `${lncli(options)} bakemacaroon --save_to ${path} ${permissions} && chmod 600 ${path}`;
}

/** As this operator calls it. */
function lncli({ lnddir, rpcserver, network }: Options): string {
  const flags = { lnddir, rpcserver, network: network === "mainnet" ? undefined : network };
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  return ["lncli", ...given.map(([name, value]) => `--${name}=${value}`)].join(" ");
}

function folder({ lnddir = "~/.lnd" }: Options): string {
  return lnddir.replace(/\/+$/, "");
}

/** Looks at the node that the options name: the credential first, then the node itself. */
export async function checkLnd(options: Options): Promise<Finding[]> {
  const settings = lndSettings(options);
  const findings: Finding[] = [];
  let keys: LndKeys;
  try {
    keys = await readLndKeys(settings);
  } catch (error) {
    return [wrong("credential", error, `for reading: ${bakeReading(options)}`)];
  }
  findings.push(credentialFinding(keys, options));
  try {
    const { node, info } = await openLnd(settings, { clock: systemClock, allowAdmin: true });
    try {
      const channels = await node.channels();
      const first = { from: 0, limit: 1 };
      // Each method may be missing from a macaroon that names methods.
      await Promise.all([node.closedChannels(), node.forwards(first), node.payments(first)]);
      const receipts = await node.receipts(first);
      findings.push({
        check: "node",
        state: "ok",
        found: `${info.alias} (LND ${info.version.split(" ")[0]}, ${info.network}) answers at ` +
          `${node.address}: ${channels.length} channels, block ${info.blockHeight}` +
          (receipts === undefined ? "; receipts may not be read" : ""),
      });
    } finally {
      node.close();
    }
  } catch (error) {
    findings.push(wrong("node", error));
  }
  if (options["payment-macaroonpath"] !== undefined) findings.push(await payingFinding(options));
  return findings;
}

/** Whether the macaroon for paying is fit for it, and whether the node knows it. Nothing is paid. */
async function payingFinding(options: Options): Promise<Finding> {
  const check = "paying credential";
  try {
    const { payer, path, ownRoutes, exposed } = await openPayer(options);
    try {
      await payer.track(NO_PAYMENT, SECOND_MS);
    } finally {
      payer.close();
    }
    const found = `${path} can make own invoices and pay, and no more; ${
      ownRoutes ? "routes are our own" : "lnd finds the routes"
    }`;
    if (!exposed) return { check, state: "ok", found };
    const mend = `others on this machine may read it: chmod 600 ${path}`;
    return { check, state: "note", found, mend };
  } catch (error) {
    return wrong(check, error, `for rebalancing: ${bakeExecuting(options)}`);
  }
}

function credentialFinding({ permissions, macaroonPath }: LndKeys, options: Options): Finding {
  const check = "credential";
  const names = permissions.map(permissionName);
  const excess = beyondReading(permissions).map(permissionName);
  const found = `${macaroonPath} allows ${names.join(", ")}`;
  const missing = READING.filter((name) => !names.includes(name));
  const reading = `for reading: ${bakeReading(options)}`;
  if (excess.length > 0) {
    return {
      check,
      state: options["allow-admin-macaroon"] ? "note" : "wrong",
      found: `${macaroonPath} allows more than reading: ${excess.join(", ")}`,
      mend: `whoever has this file can act as you; ${reading}`,
      exitCode: EXIT.refused,
    };
  }
  const byMethod = permissions.some(({ entity }) => entity === "uri");
  if (missing.length > 0 && !byMethod) {
    return {
      check,
      state: "wrong",
      found: `${found}; ${missing.join(", ")} missing`,
      mend: reading,
    };
  }
  return {
    check,
    state: "ok",
    found: `${found}: reads, can't pay`,
    mend: options["payment-macaroonpath"] === undefined
      ? `to let it carry out rebalances, and only then: ${bakeExecuting(options)}`
      : undefined,
  };
}

/** What `openLnd` says of it is one sentence with its remedy. */
function wrong(check: string, error: unknown, mend?: string): Finding {
  if (!(error instanceof LensError)) throw error;
  return { check, state: "wrong", found: error.message, mend, exitCode: error.exitCode };
}
