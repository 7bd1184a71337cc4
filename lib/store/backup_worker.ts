/**
 * One backup in a thread of its own: copies the database at `from` as it is at one moment, whole
 * and without free pages, to `to`, and answers with a {@linkcode BackupAnswer}.
 */
import { errorMessage } from "../core/mod.ts";
import { DatabaseSync } from "node:sqlite";
import type { BackupAnswer, BackupOrder } from "./backup.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<BackupOrder>) => void;
  postMessage(answer: BackupAnswer): void;
};

scope.onmessage = ({ data: { from, to } }) => {
  try {
    const db = new DatabaseSync(from, { timeout: 60_000 });
    try {
      // A reader's view of the write-ahead log: writers go on meanwhile.
      db.prepare("vacuum into ?").run(to);
    } finally {
      db.close();
    }
    scope.postMessage({});
  } catch (error) {
    scope.postMessage({ fault: errorMessage(error) });
  }
};
