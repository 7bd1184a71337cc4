import { LensError, RefusedError } from "../core/mod.ts";
import { join } from "node:path";

/** Name of the file whose lock means that a server works on the folder. */
export const LOCK_NAME = "lightning_lens.lock";

/** An exclusive hold on a data folder; the system lets go of it when the process ends, however it ends. */
export class FolderLock {
  private constructor(readonly path: string, private readonly file: Deno.FsFile) {}

  /**
   * Takes the folder, making it when missing.
   *
   * @throws {RefusedError} when another process holds it
   * @throws {LensError} when it can't be written to
   */
  static take(folder: string): FolderLock {
    const path = join(folder, LOCK_NAME);
    let file: Deno.FsFile;
    try {
      Deno.mkdirSync(folder, { recursive: true });
      file = Deno.openSync(path, { create: true, read: true, write: true });
    } catch (error) {
      throw new LensError(
        `can't write to the data folder ${folder} (${
          reason(error)
        }); mend its permissions or name another with --data-dir`,
      );
    }
    if (!file.tryLockSync(true)) {
      const holder = readHolder(file);
      file.close();
      throw new RefusedError(
        `the data folder ${folder} is in use by another server${holder}; stop it or name another folder with --data-dir`,
      );
    }
    file.truncateSync(0);
    file.writeSync(new TextEncoder().encode(`${Deno.pid}\n`));
    return new FolderLock(path, file);
  }

  /** Lets go. The file stays: removing it could take another process's lock away. */
  release(): void {
    this.file.truncateSync(0);
    this.file.close();
  }
}

function readHolder(file: Deno.FsFile): string {
  const bytes = new Uint8Array(32);
  const count = file.readSync(bytes) ?? 0;
  const pid = new TextDecoder().decode(bytes.subarray(0, count)).trim();
  return /^\d+$/.test(pid) ? ` (process ${pid})` : "";
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message.split(/[,:] (path|file) /)[0] : String(error);
}
