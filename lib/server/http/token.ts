import { InputError, LensError, makeSecret } from "../../core/mod.ts";
import { join } from "node:path";

/** Name of the file in the data folder that holds the bearer token. */
export const TOKEN_NAME = "token";

/**
 * The bearer token of a data folder; made when there is none, readable by its owner only.
 *
 * @throws {InputError} when the file holds no token
 * @throws {LensError} when others may read it
 */
export async function readOrMakeToken(folder: string): Promise<{ token: string; path: string }> {
  const path = join(folder, TOKEN_NAME);
  await Deno.mkdir(folder, { recursive: true });
  try {
    await Deno.writeTextFile(path, `${makeSecret()}\n`, { mode: 0o600, createNew: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  const { mode } = await Deno.stat(path);
  if (mode !== null && (mode & 0o077) !== 0) {
    throw new LensError(`${path} can be read by others; mend it with: chmod 600 ${path}`);
  }
  const token = (await Deno.readTextFile(path)).trim();
  if (!/^[!-~]{32,}$/.test(token)) {
    throw new InputError({ file: path, expected: "a token of 32 characters or more" });
  }
  return { token, path };
}
