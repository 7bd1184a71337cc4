import { grown } from "../../core/mod.ts";

/** What a queued event is about; the two numbers that go with it are of that kind. */
export type EventKind = number;

/** All that a queue needs to go on elsewhere; soonest first. */
export interface QueueState {
  /** Four numbers an event: time, kind, `a`, `b`. */
  events: number[];
}

const FIRST_ROOM = 256;

/**
 * What will happen, soonest first; of several at one time the one that was put in first. A binary
 * heap on typed arrays: nothing is allocated by an event but when the heap outgrows its room. The
 * event taken last is read from the members {@linkcode EventQueue.kind}, `a` and `b`.
 *
 * @example
 * ```ts
 * import { EventQueue } from "../../../lib/simulation/htlc/event_queue.ts";
 * const queue = new EventQueue();
 * queue.push(20, 1, 7);
 * queue.push(10, 2, 8);
 * if (queue.take() !== 10 || queue.a !== 8) throw new Error("the soonest comes first");
 * ```
 */
export class EventQueue {
  #times = new Float64Array(FIRST_ROOM);
  /** Number of the insertion, which breaks ties. */
  #orders = new Float64Array(FIRST_ROOM);
  #kinds = new Int32Array(FIRST_ROOM);
  #as = new Int32Array(FIRST_ROOM);
  #bs = new Int32Array(FIRST_ROOM);
  #nextOrder = 0;
  #size = 0;
  /** Of the event taken last. */
  kind: EventKind = 0;
  a = 0;
  b = 0;

  /** Events that wait. */
  get size(): number {
    return this.#size;
  }

  /** When the next event is due; Infinity when none waits. */
  get nextMs(): number {
    return this.#size === 0 ? Infinity : this.#times[0];
  }

  /** Puts an event in. `kind`, `a` and `b` are whole numbers of 32 bits. */
  push(timeMs: number, kind: EventKind, a = 0, b = 0): void {
    if (this.#size === this.#times.length) this.#grow();
    this.#rise(this.#size++, timeMs, this.#nextOrder++, kind, a, b);
  }

  /** Takes the next event. There must be one. Returns its time. */
  take(): number {
    const timeMs = this.#times[0];
    this.kind = this.#kinds[0];
    this.a = this.#as[0];
    this.b = this.#bs[0];
    const last = --this.#size;
    if (last > 0) {
      const times = this.#times, orders = this.#orders;
      this.#sink(times[last], orders[last], this.#kinds[last], this.#as[last], this.#bs[last]);
    }
    return timeMs;
  }

  #rise(
    start: number,
    timeMs: number,
    order: number,
    kind: number,
    a: number,
    b: number,
  ): void {
    const times = this.#times;
    let place = start;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      // What was put in later has the higher order: at equal times it stays below.
      if (times[parent] <= timeMs) break;
      this.#move(parent, place);
      place = parent;
    }
    this.#write(place, timeMs, order, kind, a, b);
  }

  #sink(timeMs: number, order: number, kind: number, a: number, b: number): void {
    const times = this.#times, orders = this.#orders, size = this.#size;
    let place = 0;
    while (true) {
      let child = 2 * place + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && isSooner(times[right], orders[right], times[child], orders[child])) {
        child = right;
      }
      if (!isSooner(times[child], orders[child], timeMs, order)) break;
      this.#move(child, place);
      place = child;
    }
    this.#write(place, timeMs, order, kind, a, b);
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from];
    this.#orders[to] = this.#orders[from];
    this.#kinds[to] = this.#kinds[from];
    this.#as[to] = this.#as[from];
    this.#bs[to] = this.#bs[from];
  }

  #write(
    place: number,
    timeMs: number,
    order: number,
    kind: number,
    a: number,
    b: number,
  ): void {
    this.#times[place] = timeMs;
    this.#orders[place] = order;
    this.#kinds[place] = kind;
    this.#as[place] = a;
    this.#bs[place] = b;
  }

  #grow(): void {
    const room = 2 * this.#times.length;
    this.#times = grown(this.#times, new Float64Array(room));
    this.#orders = grown(this.#orders, new Float64Array(room));
    this.#kinds = grown(this.#kinds, new Int32Array(room));
    this.#as = grown(this.#as, new Int32Array(room));
    this.#bs = grown(this.#bs, new Int32Array(room));
  }

  /** All events, in the order in which they will be taken. */
  save(): QueueState {
    const places = Array.from({ length: this.#size }, (_, place) => place).sort((x, y) =>
      this.#times[x] - this.#times[y] || this.#orders[x] - this.#orders[y]
    );
    return {
      events: places.flatMap((place) => [
        this.#times[place],
        this.#kinds[place],
        this.#as[place],
        this.#bs[place],
      ]),
    };
  }

  /** Forgets what waits and takes over the events of another queue. */
  load({ events }: QueueState): void {
    this.#size = 0;
    this.#nextOrder = 0;
    for (let at = 0; at < events.length; at += 4) {
      this.push(events[at], events[at + 1], events[at + 2], events[at + 3]);
    }
  }
}

function isSooner(timeA: number, orderA: number, timeB: number, orderB: number): boolean {
  return timeA < timeB || (timeA === timeB && orderA < orderB);
}
