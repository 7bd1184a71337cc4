import { join } from "node:path";

/** The module that names the versions: its sums are the key of the cache. */
const MODULE_FOLDER = "tests/lnd";
const PACKAGES = ["github.com/lightningnetwork/lnd/cmd/lnd", "github.com/btcsuite/btcd"];
const TAGS = "invoicesrpc routerrpc signrpc walletrpc";

/** The folder with `lnd` and `btcd`, and beside it what tests keep from run to run. */
export interface LndCache {
  folder: string;
  binaries: string;
}

/**
 * Finds lnd and btcd in the cache of the user, or builds them: about ten minutes on two cores, the
 * first time only.
 *
 * @throws {Error} when Go is missing or the build fails
 */
export async function lndBinaries(): Promise<LndCache> {
  const folder = join(cacheRoot(), `lnd-${await moduleDigest()}`);
  const binaries = join(folder, "bin");
  if (!await holds(binaries)) await build(binaries);
  return { folder, binaries };
}

function cacheRoot(): string {
  const home = Deno.env.get("HOME") ?? ".";
  return join(Deno.env.get("XDG_CACHE_HOME") ?? join(home, ".cache"), "lightning-lens");
}

async function moduleDigest(): Promise<string> {
  const parts = await Promise.all(
    ["go.mod", "go.sum"].map((name) => Deno.readTextFile(join(MODULE_FOLDER, name))),
  );
  const bytes = new TextEncoder().encode(parts.join("\n"));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 16);
}

async function holds(binaries: string): Promise<boolean> {
  const names = await Promise.all(
    ["lnd", "btcd"].map((name) => Deno.stat(join(binaries, name)).then(() => true, () => false)),
  );
  return names.every(Boolean);
}

/** Builds aside and renames, so that a build that was broken off leaves nothing behind. */
async function build(binaries: string): Promise<void> {
  console.log(`building lnd and btcd into ${binaries}: about ten minutes, the first time only`);
  const aside = `${binaries}.${Deno.pid}`;
  await Deno.mkdir(aside, { recursive: true });
  const args = ["build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-tags", TAGS];
  let success = false;
  try {
    ({ success } = await new Deno.Command("go", {
      args: [...args, "-ldflags", "-s -w", "-o", `${aside}/`, ...PACKAGES],
      cwd: MODULE_FOLDER,
      env: { CGO_ENABLED: "0" },
      stdout: "inherit",
      stderr: "inherit",
    }).output());
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error("lnd can't be built: go is not installed", { cause: error });
  } finally {
    if (!success) await Deno.remove(aside, { recursive: true });
  }
  if (!success) throw new Error("lnd can't be built; the lines above say why");
  await Deno.rename(aside, binaries);
}
