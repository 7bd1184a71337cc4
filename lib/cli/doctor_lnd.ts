import { EXIT, LensError, systemClock } from "../core/mod.ts";
import {
  beyondReading,
  LEAST_LND,
  type LndKeys,
  openLnd,
  PAYING_PERMISSIONS,
  permissionName,
  readLndKeys,
} from "../nodes/mod.ts";
import type { CommandOptions } from "../protocol/mod.ts";
import type { Finding } from "./doctor_checks.ts";
import { lndSettings } from "./lnd_options.ts";

/** The least that reading needs, and what it would like to have as well: receipts. */
const READING = ["info:read", "offchain:read"];
const RECEIPTS = "invoices:read";

/** The line that bakes a macaroon for reading. */
export const BAKE_READING = `lncli bakemacaroon --save_to ~/.lnd/lightning-lens.macaroon ${
  READING.join(" ")
} ${RECEIPTS}`;
/** The line that bakes a macaroon for rebalancing: it can pay, so keep it apart. */
export const BAKE_EXECUTING = [
  "lncli bakemacaroon --save_to ~/.lnd/lightning-lens-execute.macaroon",
  ...PAYING_PERMISSIONS,
].join(" ");

/** Looks at the node that the options name: the credential first, then the node itself. */
export async function checkLnd(options: CommandOptions<"doctor">): Promise<Finding[]> {
  const settings = lndSettings(options);
  const findings: Finding[] = [];
  let keys: LndKeys;
  try {
    keys = await readLndKeys(settings);
  } catch (error) {
    return [wrong("credential", error, `for reading: ${BAKE_READING}`)];
  }
  findings.push(credentialFinding(keys, options["allow-admin-macaroon"]));
  try {
    const { node, info } = await openLnd(settings, { clock: systemClock, allowAdmin: true });
    try {
      const channels = await node.channels();
      const receipts = await node.receipts({ from: 0, limit: 1 });
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
    findings.push(wrong("node", error, `LightningLens needs LND ${LEAST_LND} or later`));
  }
  return findings;
}

function credentialFinding({ permissions, macaroonPath }: LndKeys, allowAdmin: boolean): Finding {
  const check = "credential";
  const names = permissions.map(permissionName);
  const excess = beyondReading(permissions).map(permissionName);
  const found = `${macaroonPath} allows ${names.join(", ")}`;
  const missing = READING.filter((name) => !names.includes(name));
  const reading = `for reading: ${BAKE_READING}`;
  if (excess.length > 0) {
    return {
      check,
      state: allowAdmin ? "note" : "wrong",
      found: `${found}: ${excess.length} of these are more than reading`,
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
    mend: `to let it carry out rebalances, and only then: ${BAKE_EXECUTING}`,
  };
}

/** What `openLnd` says of it is one sentence with its remedy. */
function wrong(check: string, error: unknown, mend: string): Finding {
  if (!(error instanceof LensError)) throw error;
  return { check, state: "wrong", found: error.message, mend, exitCode: error.exitCode };
}
