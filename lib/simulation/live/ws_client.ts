import type { MessageRing } from "./message_ring.ts";

/** What is used of a WebSocket. */
export interface Socket {
  readonly bufferedAmount: number;
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/** Characters waiting at a socket above which a client counts as slow. */
const SLOW_BYTES = 4_000_000;

/**
 * One connected client. Its place in the stream is a number; whatever it hasn't got yet stays in
 * the ring until its socket has room. When the ring has moved on, the client is told what it
 * missed.
 */
export class WsClient {
  name = "unnamed";
  /** Types it wants to hear; empty means all. */
  wants = new Set<string>();
  /** Whether the stream may be sent to it. */
  started = false;
  nextSeq: number;
  /** What it hears before the stream and has not got yet. */
  readonly #greeting: (() => string)[] = [];

  /** @param mayControl whether it may change how the simulation runs */
  constructor(readonly socket: Socket, readonly ring: MessageRing, readonly mayControl = true) {
    this.nextSeq = ring.nextSeq;
  }

  get open(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Puts messages before the stream. Each is made when the socket has room for it. */
  greet(messages: readonly (() => string)[]): void {
    this.#greeting.push(...messages);
  }

  /** Sends a message outside the stream. */
  send(text: string): void {
    if (this.open) this.socket.send(text);
  }

  /**
   * Sends what the client has not got, as far as its socket takes it.
   *
   * @param onMissed called with the numbers of the first and the last message that are gone
   * @returns false when messages are left
   */
  pump(onMissed: (first: number, last: number) => void): boolean {
    if (!this.open) return true;
    while (this.#greeting.length > 0) {
      if (this.socket.bufferedAmount > SLOW_BYTES) return false;
      this.socket.send(this.#greeting.shift()!());
    }
    if (!this.started) return true;
    while (this.nextSeq < this.ring.nextSeq) {
      if (this.socket.bufferedAmount > SLOW_BYTES) return false;
      if (this.nextSeq < this.ring.firstSeq) {
        const first = this.nextSeq;
        this.nextSeq = this.ring.firstSeq;
        onMissed(first, this.nextSeq - 1);
        continue;
      }
      const message = this.ring.at(this.nextSeq++);
      if (this.wants.size === 0 || this.wants.has(message.type)) this.socket.send(message.text);
    }
    return true;
  }
}
