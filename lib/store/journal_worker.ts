/**
 * The thread that writes the journal: a commit waits for the disk, and nothing else should have to.
 * It is told the database's path once, then takes one {@linkcode JournalWrite} at a time.
 */
import { errorMessage } from "../core/mod.ts";
import { DatabaseSync } from "node:sqlite";
import type { JournalAnswer, JournalOrder, JournalWrite } from "./journal_writer.ts";
import { inTransaction, SET_NOTE } from "./side_tables.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<JournalOrder>) => void;
  postMessage(answer: JournalAnswer): void;
};

let connection: { db: DatabaseSync; write: (rows: JournalWrite) => void } | undefined;

scope.onmessage = ({ data }) => {
  try {
    if (data.kind === "close") {
      connection?.db.close();
      connection = undefined;
    } else {
      connection ??= connect(data.path);
      connection.write(data.rows);
    }
    scope.postMessage({});
  } catch (error) {
    scope.postMessage({ fault: errorMessage(error) });
  }
};

function connect(path: string) {
  const db = new DatabaseSync(path, { timeout: 60_000 });
  db.exec("pragma synchronous = full");
  const insertRun = db.prepare("insert into journal values (?, ?, ?, ?, ?)");
  const saveResult = db.prepare("update suggestions set result = ? where id = ?");
  const setNote = db.prepare(SET_NOTE);
  const write = ({ runs, results, notes }: JournalWrite) =>
    inTransaction(db, () => {
      for (const run of runs) {
        insertRun.run(run.firstSeq, run.count, run.minMs, run.maxMs, run.events);
      }
      for (const { id, result } of results) saveResult.run(result, id);
      for (const [name, value] of notes) setNote.run(name, value);
    });
  return { db, write };
}
