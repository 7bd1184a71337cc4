/**
 * Floor 2: what must not be lost. The journal of events, what follows from it, and its export as
 * CSV.
 *
 * @module
 */
export * from "./backup.ts";
export * from "./csv_export.ts";
export * from "./data_files.ts";
export * from "./folder_lock.ts";
export { migrate } from "./schema.ts";
export { inTransaction } from "./side_tables.ts";
export * from "./sqlite_store.ts";
export * from "./types.ts";
