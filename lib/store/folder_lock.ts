import { DatabaseSync } from "node:sqlite";
import { LensError, RefusedError } from "../core/mod.ts";
import { join } from "node:path";

/** Name of the file whose lock means that a server works on the folder. */
export const LOCK_NAME = "lightning_lens.lock";
/** SQLite's file format keeps `user_version` at this offset, four bytes, the highest first. */
const USER_VERSION_OFFSET = 60;

/**
 * An exclusive hold on a data folder; the system lets go of it when the process ends, however it
 * ends. It is SQLite's own lock on an empty database: the same on every system and every Deno.
 */
export class FolderLock {
  private constructor(readonly path: string, private readonly db: DatabaseSync) {}

  /**
   * Takes the folder, making it when missing.
   *
   * @throws {RefusedError} when another process holds it
   * @throws {LensError} when it can't be written to
   */
  static take(folder: string): FolderLock {
    const path = join(folder, LOCK_NAME);
    let db: DatabaseSync | undefined;
    try {
      Deno.mkdirSync(folder, { recursive: true });
      db = new DatabaseSync(path);
      // The holder's process id, for those who find the door shut.
      db.exec(
        `pragma locking_mode = exclusive; pragma user_version = ${Deno.pid}; begin exclusive`,
      );
      return new FolderLock(path, db);
    } catch (error) {
      db?.close();
      if (/database is locked/.test(reason(error))) {
        throw new RefusedError(
          `the data folder ${folder} is in use by another server${
            holder(path)
          }; stop it or name another folder with --data-dir`,
        );
      }
      throw new LensError(
        `can't write to the data folder ${folder} (${
          reason(error)
        }); mend its permissions or name another with --data-dir`,
      );
    }
  }

  /** Lets go. The file stays: removing it could take another process's lock away. */
  release(): void {
    this.db.close();
  }
}

/** Read past SQLite, which would wait for the lock. */
function holder(path: string): string {
  const bytes = Deno.readFileSync(path);
  if (bytes.length < USER_VERSION_OFFSET + 4) return "";
  const pid = new DataView(bytes.buffer).getInt32(USER_VERSION_OFFSET);
  return pid > 0 ? ` (process ${pid})` : "";
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message.split(/[,:] (path|file) /)[0] : String(error);
}
