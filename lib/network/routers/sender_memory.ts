/** What one sender remembers of one direction or pair of nodes; times are Unix ms. */
export interface MemoryRecord {
  key: number;
  /** The amount that failed, and when; {@linkcode NEVER} where none did. */
  failMsat: number;
  failMs: number;
  /** The amount that passed, and when. */
  heldMsat: number;
  heldMs: number;
}

/** The time of what has not happened. */
export const NEVER = -Infinity;

/** A sender's records, column by column. */
export interface MemoryColumns {
  size: number;
  keys: Int32Array;
  failMsat: Float64Array;
  failMs: Float64Array;
  heldMsat: Float64Array;
  heldMs: Float64Array;
}

/** A {@linkcode SenderMemory} as plain data: by sender, rows of key, failMsat, failMs, heldMsat, heldMs; null for never. */
export type MemorySnapshot = [sender: number, rows: (number | null)[][]][];

/**
 * What failures and successes taught each sender, in columns that grow with use and end at `most`
 * records a sender: then the one that was touched least recently makes room.
 */
export class SenderMemory {
  readonly #bySender = new Map<number, MemoryColumns>();

  constructor(readonly most: number) {}

  /** The records of a sender; undefined where it has none. To be read, and changed in place. */
  of(sender: number): MemoryColumns | undefined {
    return this.#bySender.get(sender);
  }

  /** Place of the record of `key` among the sender's; a new one knows nothing. */
  place(sender: number, key: number): number {
    let columns = this.#bySender.get(sender);
    if (columns === undefined) this.#bySender.set(sender, columns = emptyColumns(4));
    const place = columns.keys.subarray(0, columns.size).indexOf(key);
    if (place !== -1) return place;
    if (columns.size === columns.keys.length && columns.size < this.most) {
      columns = grown(columns, Math.min(this.most, 2 * columns.size));
      this.#bySender.set(sender, columns);
    }
    const free = columns.size < columns.keys.length ? columns.size++ : oldest(columns);
    write(columns, free, { key, failMsat: 0, failMs: NEVER, heldMsat: 0, heldMs: NEVER });
    return free;
  }

  /** Forgets what a sender was not taught anew since `timeMs`, that time included. */
  forgetUntil(sender: number, timeMs: number): void {
    const columns = this.#bySender.get(sender);
    if (columns === undefined) return;
    for (let place = columns.size - 1; place >= 0; place--) {
      if (touchedMs(columns, place) > timeMs) continue;
      write(columns, place, read(columns, --columns.size));
    }
    if (columns.size === 0) this.#bySender.delete(sender);
  }

  snapshot(): MemorySnapshot {
    const orNull = (value: number) => value === NEVER ? null : value;
    return [...this.#bySender].map(([sender, columns]) => [
      sender,
      Array.from({ length: columns.size }, (_, place) => {
        const { key, failMsat, failMs, heldMsat, heldMs } = read(columns, place);
        return [key, failMsat, orNull(failMs), heldMsat, orNull(heldMs)];
      }),
    ]);
  }

  /** Takes the place of all that is remembered. */
  restore(snapshot: MemorySnapshot): void {
    this.#bySender.clear();
    for (const [sender, rows] of snapshot) {
      const columns = emptyColumns(Math.max(4, rows.length));
      for (const [key, failMsat, failMs, heldMsat, heldMs] of rows) {
        write(columns, columns.size++, {
          key: key ?? 0,
          failMsat: failMsat ?? 0,
          failMs: failMs ?? NEVER,
          heldMsat: heldMsat ?? 0,
          heldMs: heldMs ?? NEVER,
        });
      }
      this.#bySender.set(sender, columns);
    }
  }
}

function emptyColumns(room: number): MemoryColumns {
  return {
    size: 0,
    keys: new Int32Array(room),
    failMsat: new Float64Array(room),
    failMs: new Float64Array(room),
    heldMsat: new Float64Array(room),
    heldMs: new Float64Array(room),
  };
}

function grown(from: MemoryColumns, room: number): MemoryColumns {
  const to = emptyColumns(room);
  to.size = from.size;
  for (const name of ["keys", "failMsat", "failMs", "heldMsat", "heldMs"] as const) {
    to[name].set(from[name]);
  }
  return to;
}

function touchedMs({ failMs, heldMs }: MemoryColumns, place: number): number {
  return Math.max(failMs[place], heldMs[place]);
}

function oldest(columns: MemoryColumns): number {
  let least = 0;
  for (let place = 1; place < columns.size; place++) {
    if (touchedMs(columns, place) < touchedMs(columns, least)) least = place;
  }
  return least;
}

function read(columns: MemoryColumns, place: number): MemoryRecord {
  return {
    key: columns.keys[place],
    failMsat: columns.failMsat[place],
    failMs: columns.failMs[place],
    heldMsat: columns.heldMsat[place],
    heldMs: columns.heldMs[place],
  };
}

function write(columns: MemoryColumns, place: number, record: MemoryRecord): void {
  columns.keys[place] = record.key;
  columns.failMsat[place] = record.failMsat;
  columns.failMs[place] = record.failMs;
  columns.heldMsat[place] = record.heldMsat;
  columns.heldMs[place] = record.heldMs;
}
