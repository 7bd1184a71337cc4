import type { DatabaseSync } from "node:sqlite";
import { LensError } from "../core/mod.ts";

/**
 * The tables, one step per version. A step that was released is never edited: changes are added as
 * further steps. `journal` holds runs of events as JSON arrays, one row a commit (of up to a
 * thousand), which makes a commit one insertion however many senders share it.
 */
const STEPS: readonly string[] = [
  `create table journal (
     first_seq integer primary key,
     count integer not null,
     min_ms integer not null,
     max_ms integer not null,
     events text not null
   ) strict;
   create table channels (
     node text not null,
     channel_id text not null,
     time_ms integer not null,
     state text not null,
     primary key (node, channel_id)
   ) strict, without rowid;
   create table predictions (
     time_ms integer not null,
     node text not null,
     channel_id text not null,
     balance_ratio real not null,
     optimal_ratio real not null,
     low_ratio real not null,
     high_ratio real not null,
     short_outbound real not null,
     short_inbound real not null,
     fees_at_stake_msat real not null,
     model_id text not null,
     primary key (time_ms, node, channel_id)
   ) strict, without rowid;
   create table suggestions (
     id text primary key,
     time_ms integer not null,
     suggestion text not null,
     result text
   ) strict, without rowid;
   create index suggestions_by_time on suggestions (time_ms);
   create table metrics (
     time_ms integer not null,
     name text not null,
     value real not null,
     primary key (time_ms, name)
   ) strict, without rowid;
   create table notes (name text primary key, value real not null) strict, without rowid;`,
  `create table hours (
     hour_ms integer not null,
     node text not null,
     channel_id text not null,
     out_count integer not null,
     in_count integer not null,
     failed_count integer not null,
     out_msat real not null,
     in_msat real not null,
     fees_msat real not null,
     rebalanced_msat real not null,
     rebalance_cost_msat real not null,
     primary key (hour_ms, node, channel_id)
   ) strict, without rowid;`,
  "create index journal_by_time on journal (max_ms);",
];

/** Version that {@linkcode migrate} brings a database to. */
export const SCHEMA_VERSION = STEPS.length;

/**
 * Brings the tables of a database to the present version, each step in a transaction of its own.
 *
 * @param steps the journal's tables when left out
 * @throws {LensError} for a database of a later version of the program
 */
export function migrate(db: DatabaseSync, path: string, steps = STEPS): void {
  const row = db.prepare("pragma user_version").get() as { user_version: number };
  if (row.user_version > steps.length) {
    throw new LensError(
      `${path} is of version ${row.user_version}, this program knows ${steps.length}: it was written by a later LightningLens`,
    );
  }
  for (let version = row.user_version; version < steps.length; version++) {
    db.exec(`begin immediate; ${steps[version]} pragma user_version = ${version + 1}; commit;`);
  }
}
