import type { Network } from "../../lib/network/mod.ts";
import type { EventSink, Gap } from "../../lib/nodes/mod.ts";
import type { ChannelState, LensEvent } from "../../lib/protocol/mod.ts";

/** Keeps what it is given; can be told to fail once, as a program that ends does. */
export class MemorySink implements EventSink {
  readonly events: LensEvent[] = [];
  readonly notes = new Map<string, number>();
  readonly gaps: Gap[] = [];
  /** Streams that are not heard, and since when. */
  readonly deafSince = new Map<string, number>();
  graphs = 0;
  /** Batches that are taken before the program ends: one more is taken wholly, or not at all. */
  takesUntilEnd = Infinity;
  /** Events that came again. */
  repeated = 0;
  #names = new Set<string>();

  take(events: readonly LensEvent[], notes: Readonly<Record<string, number>> = {}): Promise<void> {
    const ends = this.takesUntilEnd-- <= 0;
    if (!ends || events.length % 2 === 0) this.#keep(events, notes);
    return ends ? Promise.reject(new Error("the program ends here")) : Promise.resolve();
  }

  #keep(events: readonly LensEvent[], notes: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(notes)) this.notes.set(name, value);
    for (const event of events) {
      if (event.eventId !== undefined && this.#names.has(event.eventId)) {
        this.repeated++;
        continue;
      }
      if (event.eventId !== undefined) this.#names.add(event.eventId);
      this.events.push(event);
    }
  }

  note(name: string): Promise<number | undefined> {
    return Promise.resolve(this.notes.get(name));
  }

  setNote(name: string, value: number): Promise<void> {
    this.notes.set(name, value);
    return Promise.resolve();
  }

  deaf(_node: string, stream: string, fromMs: number): void {
    this.deafSince.set(stream, fromMs);
  }

  gap(_node: string, gap: Gap): Promise<void> {
    this.deafSince.delete(gap.stream);
    this.gaps.push(gap);
    return Promise.resolve();
  }

  channels(node: string): Promise<ChannelState[]> {
    const last = new Map<string, ChannelState>();
    for (const event of this.events) {
      if (event.kind === "channel_state") last.set(event.channel.channelId, event.channel);
    }
    return Promise.resolve([...last.values()].filter((c) => c.node === node && c.active));
  }

  topology(_network: Network): void {
    this.graphs++;
  }
}
