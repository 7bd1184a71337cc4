import { listFiles } from "../core/mod.ts";
import { join } from "node:path";

/** Kinds of data files that pile up. Models are kept by their registry, not here. */
export const DATA_TYPES = [
  "transactions",
  "features",
  "channels",
  "metrics",
  "predictions",
] as const;
export type DataType = (typeof DATA_TYPES)[number];

/** Where files of each kind lie and how their names start. */
const PLACES: Record<DataType, readonly [folder: string, names: readonly string[]][]> = {
  transactions: [["raw", ["payments", "forwards"]], ["processed", ["transactions"]]],
  features: [["processed", ["features"]]],
  channels: [["raw", ["channels", "snapshots"]]],
  metrics: [["metrics", ["metrics"]]],
  predictions: [["predictions", ["predictions"]]],
};

/** One file that could go. */
export interface DataFile {
  path: string;
  type: DataType;
  bytes: number;
  /** When it was last written, Unix ms. */
  writtenMs: number;
}

/**
 * Data files last written before `beforeMs`, half-written ones that a crash left included; by type
 * and name.
 *
 * @param type all kinds when left out
 */
export async function findDataFiles(
  folder: string,
  { beforeMs, type }: { beforeMs: number; type?: DataType },
): Promise<DataFile[]> {
  const found: DataFile[] = [];
  for (const kind of type === undefined ? DATA_TYPES : [type]) {
    for (const [subfolder, names] of PLACES[kind]) {
      const pattern = new RegExp(`^(${names.join("|")})_.*\\.csv(\\.gz)?(\\.\\d+\\.\\d+\\.tmp)?$`);
      for (const name of await listFiles(join(folder, subfolder), pattern)) {
        const path = join(folder, subfolder, name);
        const { size, mtime } = await Deno.stat(path);
        const writtenMs = mtime?.getTime() ?? 0;
        if (writtenMs < beforeMs) found.push({ path, type: kind, bytes: size, writtenMs });
      }
    }
  }
  return found;
}
