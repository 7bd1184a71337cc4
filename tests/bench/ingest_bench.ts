/**
 * Durable events a second: the store alone and the whole way of `POST /api/update` (parse,
 * validate, journal, learn), against raw insertion of the same rows into SQLite, both in commits of
 * the same size, synced before they count.
 */
import { DatabaseSync } from "node:sqlite";
import { ManualClock } from "../../lib/core/mod.ts";
import { Lens } from "../../lib/lens/mod.ts";
import { eventFromUpdate, type LensEvent } from "../../lib/protocol/mod.ts";
import { createApp, LensServer } from "../../lib/server/mod.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import { START_MS, steadyForecaster } from "../server/server_fixture.ts";
import { type BenchRow, duel } from "./bench_row.ts";
import { ackLatency } from "./ingest_ack.ts";
import { memoryOverTime } from "./ingest_memory.ts";

const EVENTS = 50_000;
/** Who waits for the disk lets others be read: that is what a server is for. */
const SENDERS = 4;
let round = 0;

/** Settled forwards between fifty channels, every one named. */
function bodies(): Record<string, unknown>[] {
  round++;
  return Array.from({ length: EVENTS }, (_, i) => ({
    event_type: "forward",
    event_id: `bench-${round}-${i}`,
    timestamp: new Date(START_MS + i * 1000).toISOString(),
    node: "alice",
    in_channel: `c${i % 50}`,
    out_channel: `c${(i * 7 + 1) % 50}`,
    in_amount_msat: 1_000_000 + i,
    out_amount_msat: 999_000 + i,
    outcome: "settled",
  }));
}

function runsOf<T>(items: T[], size: number): T[][] {
  return Array.from(
    { length: Math.ceil(items.length / size) },
    (_, i) => items.slice(i * size, (i + 1) * size),
  );
}

async function rate(work: () => Promise<void> | void): Promise<number> {
  const start = performance.now();
  await work();
  return EVENTS / (performance.now() - start) * 1000;
}

async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function rawSqlite(events: LensEvent[], size: number): Promise<number> {
  return inFolder(async (folder) => {
    const db = new DatabaseSync(`${folder}/raw.db`);
    db.exec("pragma journal_mode = wal; pragma synchronous = full;");
    db.exec("create table journal (seq integer primary key, id text, time_ms integer, body text)");
    const insert = db.prepare("insert into journal (id, time_ms, body) values (?, ?, ?)");
    const rows = runsOf(
      events.map((e) => [e.eventId!, e.timeMs, JSON.stringify(e)] as const),
      size,
    );
    const result = await rate(() => {
      for (const run of rows) {
        db.exec("begin immediate");
        for (const row of run) insert.run(...row);
        db.exec("commit");
      }
    });
    db.close();
    return result;
  });
}

function storeAlone(events: LensEvent[], size: number): Promise<number> {
  return inFolder(async (folder) => {
    const store = SqliteStore.open(folder);
    const runs = runsOf(events, size);
    const result = await rate(async () => {
      for (const run of runs) await store.append(run);
    });
    await store.close();
    return result;
  });
}

function wholeWay(
  posted: Record<string, unknown>[],
  { size, senders }: { size: number; senders: number },
): Promise<number> {
  return inFolder(async (folder) => {
    const server = await LensServer.open({
      engine: new Lens({ forecaster: steadyForecaster }),
      store: SqliteStore.open(folder),
      clock: new ManualClock(START_MS),
      folder,
    });
    const app = createApp(server, { ratePerSecond: 1e9 });
    const requests = runsOf(posted, size).map((run) => JSON.stringify(run));
    const headers = { host: "localhost", "content-type": "application/json" };
    let next = 0;
    const sender = async () => {
      while (next < requests.length) {
        const body = requests[next++];
        const response = await app.request("/api/update", { method: "POST", headers, body });
        if (response.status !== 200) throw new Error(await response.text());
      }
    };
    const result = await rate(async () => {
      await Promise.all(Array.from({ length: senders }, sender));
    });
    server.drain();
    await server.options.store.close();
    return result;
  });
}

/** Runs the benchmark. */
export async function run(
  report: (row: BenchRow) => void,
  { quick }: { quick: boolean },
): Promise<void> {
  await ackLatency(report, quick ? 2 : 10);
  await memoryOverTime(report, quick ? 200_000 : 10_000_000);
  for (const size of [100, 1000]) {
    for (
      const [name, ours] of [
        ["journal", (posted) => storeAlone(toEvents(posted), size)],
        ["POST /api/update", (posted) => wholeWay(posted, { size, senders: 1 })],
        [
          `POST /api/update, ${SENDERS} senders`,
          (posted) => wholeWay(posted, { size, senders: SENDERS }),
        ],
      ] as [string, (posted: Record<string, unknown>[]) => Promise<number>][]
    ) {
      const result = await duel(
        () => ours(bodies()),
        () => rawSqlite(toEvents(bodies()), size),
      );
      report({
        bench: "ingest",
        case: `${name}, ${size} events a commit`,
        metric: "durable events a second",
        value: result.ours,
        unit: "1/s",
        peer: "raw SQLite insertion",
        peer_value: result.peer,
        ratio: result.ratio,
        runs: result.runs,
        min: result.min,
        max: result.max,
      });
    }
  }
}

function toEvents(posted: Record<string, unknown>[]): LensEvent[] {
  return posted.map((body) => eventFromUpdate(body, START_MS));
}
