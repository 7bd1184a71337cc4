import { errorMessage, fileStamp, LensError, listFiles } from "../core/mod.ts";
import { join } from "node:path";
import { DATABASE_NAME } from "./sqlite_store.ts";

/** Folder of a data folder that backups go to. */
export const BACKUP_FOLDER = "backups";
const BACKUP_FILE = /^lightning_lens_\d{8}_\d{6}\.db$/;

/** What the backup's thread is told. */
export interface BackupOrder {
  from: string;
  to: string;
}

/** What it answers: nothing, or what went wrong. */
export interface BackupAnswer {
  fault?: string;
}

/** A copy of the store. */
export interface Backup {
  path: string;
  bytes: number;
  /** Older backups that were removed. */
  removed: string[];
}

/**
 * Copies the store of a data folder as it is at one moment, whether a server works with it or not,
 * to `backups/lightning_lens_TIME.db`. The file appears whole or not at all.
 *
 * @param options.timeMs goes into the name
 * @param options.keep so many of the newest backups stay, 1 or more
 * @throws {LensError} where there is no store, or it can't be copied
 */
export async function backUpStore(
  folder: string,
  { timeMs, keep }: { timeMs: number; keep: number },
): Promise<Backup> {
  const to = join(folder, BACKUP_FOLDER, `lightning_lens_${fileStamp(timeMs)}.db`);
  await Deno.mkdir(join(folder, BACKUP_FOLDER), { recursive: true });
  await copyStore(folder, to);
  return { path: to, bytes: (await Deno.stat(to)).size, removed: await removeOld(folder, keep) };
}

/**
 * Copies the store of a data folder as it is at one moment into a new file, which appears whole or
 * not at all.
 *
 * @throws {LensError} where there is no store, or it can't be copied
 */
export async function copyStore(folder: string, to: string): Promise<void> {
  const from = join(folder, DATABASE_NAME);
  const there = await Deno.stat(from).then(() => true, () => false);
  if (!there) throw new LensError(`there is no store to back up: ${from} is missing`);
  const aside = `${to}.${Deno.pid}.tmp`;
  try {
    await copy({ from, to: aside });
    await sync(aside);
    await Deno.rename(aside, to);
  } catch (error) {
    await Deno.remove(aside).catch(() => {});
    const reason = errorMessage(error);
    throw new LensError(`can't back up ${from} to ${to}: ${reason}`);
  }
}

function copy(order: BackupOrder): Promise<void> {
  const worker = new Worker(new URL("./backup_worker.ts", import.meta.url), { type: "module" });
  return new Promise<void>((resolve, reject) => {
    worker.onmessage = ({ data: { fault } }: MessageEvent<BackupAnswer>) =>
      fault === undefined ? resolve() : reject(new Error(fault));
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    worker.postMessage(order);
  }).finally(() => worker.terminate());
}

async function sync(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.sync();
}

async function removeOld(folder: string, keep: number): Promise<string[]> {
  const names = await listFiles(join(folder, BACKUP_FOLDER), BACKUP_FILE);
  const old = names.slice(0, Math.max(0, names.length - keep));
  const paths = old.map((name) => join(folder, BACKUP_FOLDER, name));
  for (const path of paths) await Deno.remove(path);
  return paths;
}
