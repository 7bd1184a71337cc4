import { join } from "node:path";
import { InputError, listFiles } from "../core/mod.ts";

/** Files that a command takes when none is named: where they lie, and which command writes them. */
const KINDS = {
  features: { folder: "processed", writer: "features" },
  forwards: { folder: "raw", writer: "generate" },
} as const;

/**
 * The newest file of a kind in a data folder, by the time in its name. Rows that were refused lie
 * beside it under a name of their own and are passed over.
 *
 * @throws {InputError} where there is none
 */
export async function newestFile(dataDir: string, kind: keyof typeof KINDS): Promise<string> {
  const folder = join(dataDir, KINDS[kind].folder);
  const pattern = new RegExp(`^${kind}_.*(?<!\\.rejected)\\.csv(\\.gz)?$`);
  const newest = (await listFiles(folder, pattern)).at(-1);
  if (newest !== undefined) return join(folder, newest);
  throw new InputError({
    file: join(folder, `${kind}_*.csv`),
    found: "no such file",
    expected: `one; run \`${KINDS[kind].writer}\` first, or name a file`,
  });
}
