/**
 * One backup in a thread of its own: copies the database at `from` as it is at one moment to `to`,
 * and answers with a {@linkcode BackupAnswer}.
 */
import { errorMessage } from "../core/mod.ts";
import { backup, DatabaseSync } from "node:sqlite";
import type { BackupAnswer, BackupOrder } from "./backup.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<BackupOrder>) => Promise<void>;
  postMessage(answer: BackupAnswer): void;
};

/** All pages at once: what is written meanwhile would make it begin again. */
const ALL_PAGES = -1;

scope.onmessage = async ({ data: { from, to } }) => {
  try {
    const db = new DatabaseSync(from, { timeout: 60_000 });
    try {
      // A reader's view of the write-ahead log: writers go on meanwhile. `vacuum into` would not do:
      // it attaches a database, which Deno forbids to programs that may not do everything.
      await backup(db, to, { rate: ALL_PAGES });
    } finally {
      db.close();
    }
    scope.postMessage({});
  } catch (error) {
    scope.postMessage({ fault: errorMessage(error) });
  }
};
