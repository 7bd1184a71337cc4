import { join } from "node:path";
import { InputError, listFiles } from "../core/mod.ts";

/**
 * The newest features file of a data folder, by the time in its name.
 *
 * @throws {InputError} where there is none
 */
export async function newestFeaturesFile(dataDir: string): Promise<string> {
  const folder = join(dataDir, "processed");
  const newest = (await listFiles(folder, /^features_.*\.csv(\.gz)?$/)).at(-1);
  if (newest !== undefined) return join(folder, newest);
  throw new InputError({
    file: join(folder, "features_*.csv"),
    found: "no such file",
    expected: "one; run `features` first, or name a file",
  });
}
