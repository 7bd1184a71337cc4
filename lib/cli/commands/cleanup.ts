import { join } from "node:path";
import { DAY_MS, formatBytes, RefusedError, systemClock, textTable } from "../../core/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import {
  DATA_TYPES,
  DATABASE_NAME,
  type DataFile,
  type DataType,
  findDataFiles,
  type PruneResult,
  SqliteStore,
} from "../../store/mod.ts";
import type { CommandContext } from "../command.ts";

/** What happened to the store: rows that went, or why it was left alone. */
type StoreCleanup = { rows: PruneResult } | { untouched: string };

/** `cleanup`: removes data files by type and age, and what is old in the store. */
export async function run(
  options: CommandOptions<"cleanup">,
  { print }: CommandContext,
): Promise<void> {
  const folder = options["data-dir"], keepMs = options["keep-days"] * DAY_MS;
  const dryRun = options["dry-run"];
  const type = options.type as DataType | undefined;
  const files = await findDataFiles(folder, { beforeMs: systemClock.nowMs() - keepMs, type });
  if (!dryRun) { for (const { path } of files) await Deno.remove(path); }
  const store: StoreCleanup = type === undefined
    ? await cleanStore(folder, { keepMs, dryRun })
    : { untouched: "the store is cleaned when no --type is given" };
  if (options.json) print(JSON.stringify(asJson(files, store, dryRun), null, 2));
  else describe(files, store, { dryRun, keepDays: options["keep-days"] }).forEach(print);
}

async function cleanStore(
  folder: string,
  { keepMs, dryRun }: { keepMs: number; dryRun: boolean },
): Promise<StoreCleanup> {
  try {
    await Deno.stat(join(folder, DATABASE_NAME));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { untouched: "there is no store yet" };
    throw error;
  }
  let store: SqliteStore;
  try {
    store = SqliteStore.open(folder);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return { untouched: "a server works with the store; it removes what is old by itself" };
  }
  try {
    // Events carry their own time, which is virtual in a simulation: age is counted in it.
    const beforeMs = (store.newestMs ?? 0) - keepMs;
    return { rows: dryRun ? await store.countBefore(beforeMs) : await store.prune(beforeMs) };
  } finally {
    await store.close();
  }
}

function describe(
  files: readonly DataFile[],
  store: StoreCleanup,
  { dryRun, keepDays }: { dryRun: boolean; keepDays: number },
): string[] {
  const rows = DATA_TYPES.flatMap((type) => {
    const mine = files.filter((file) => file.type === type);
    return mine.length === 0 ? [] : [[type, String(mine.length), formatBytes(sizeOf(mine))]];
  });
  const verb = dryRun ? "would be removed" : "removed";
  const lines = files.length === 0 ? [`No data file is older than ${keepDays} days.`] : [
    ...files.map((file) => `${file.path}  ${formatBytes(file.bytes)}`),
    "",
    ...textTable(["type", "files", "size"], rows),
    "",
    `${files.length} files, ${
      formatBytes(sizeOf(files))
    } ${verb}. Models are left alone: see the command models.`,
  ];
  if ("untouched" in store) return [...lines, `Store: untouched, ${store.untouched}.`];
  const { events, predictions, suggestions, metrics } = store.rows;
  return [
    ...lines,
    `Store: ${events} events, ${predictions} predictions, ${suggestions} suggestions and ${metrics} metrics ${verb}.`,
  ];
}

function asJson(files: readonly DataFile[], store: StoreCleanup, dryRun: boolean) {
  return {
    dry_run: dryRun,
    files: files.map(({ path, type, bytes }) => ({ path, type, bytes })),
    bytes: sizeOf(files),
    store,
  };
}

function sizeOf(files: readonly DataFile[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}
