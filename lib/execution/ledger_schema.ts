/**
 * The ledger's tables, one step per version; released steps are never edited.
 *
 * `executions` has one row a suggestion that was ever begun: its key makes a second execution
 * impossible. `attempts` has one row a payment, written before anything is sent. A payment along our
 * own routes (`by_route`) may have tried several; its amount is the most it could move until it has
 * settled.
 */
export const LEDGER_STEPS: readonly string[] = [
  `create table executions (
     suggestion_id text primary key,
     begun_ms integer not null,
     suggestion text not null,
     ended_ms integer,
     result text
   ) strict, without rowid;
   create table attempts (
     payment_hash text primary key,
     suggestion_id text not null references executions,
     amount_msat integer not null check (amount_msat > 0),
     reserved_ms integer not null,
     reserved_msat integer not null check (reserved_msat >= 0),
     invoice_expires_ms integer not null,
     state text not null check (state in ('reserved', 'settled', 'failed')),
     fee_msat integer not null default 0,
     ended_ms integer,
     reason text
   ) strict, without rowid;
   create index attempts_by_end on attempts (state, ended_ms);`,
  `alter table attempts add column by_route integer not null default 0
     check (by_route in (0, 1));`,
];
