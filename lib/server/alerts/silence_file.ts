import { join } from "node:path";
import { z } from "@hono/zod-openapi";
import { readJson, writeFileAtomic } from "../../core/mod.ts";
import { parseWith } from "../../protocol/mod.ts";
import type { Silence } from "./alert_book.ts";

const schema = z.array(z.object({ key: z.string(), untilMs: z.number() }));

/** Silences on disk, so that they outlast a restart. */
export class SilenceFile {
  readonly path: string;

  /** @param folder the data folder */
  constructor(folder: string) {
    this.path = join(folder, "alert_silences.json");
  }

  /**
   * None where there is no file.
   *
   * @throws {InputError} for a file that was changed by hand to something else
   */
  async read(): Promise<Silence[]> {
    const isThere = await Deno.stat(this.path).then(() => true, () => false);
    if (!isThere) return [];
    return parseWith(schema, await readJson(this.path), { file: this.path });
  }

  async write(silences: readonly Silence[]): Promise<void> {
    await writeFileAtomic(this.path, `${JSON.stringify(silences, null, 2)}\n`);
  }
}
