/** A message of the stream, as text. */
export interface StreamMessage {
  seq: number;
  type: string;
  text: string;
}

export const RING_LIMITS = {
  /** Messages and characters that are kept for clients that come back or are slow. */
  messages: 50_000,
  characters: 64_000_000,
};

/** The last messages of a numbered stream, bounded in number and size. */
export class MessageRing {
  #messages: StreamMessage[] = [];
  /** Messages at the front that were dropped already but not yet cut off. */
  #dropped = 0;
  #characters = 0;
  #nextSeq = 1;

  constructor(readonly limits: typeof RING_LIMITS = RING_LIMITS) {}

  /** The number that the next message gets. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** The number of the oldest message that is kept; `nextSeq` when none is. */
  get firstSeq(): number {
    return this.#messages[this.#dropped]?.seq ?? this.#nextSeq;
  }

  /** Adds a message; `format` makes its text from its number. */
  push(type: string, format: (seq: number) => string): void {
    const message = { seq: this.#nextSeq, type, text: format(this.#nextSeq) };
    this.#nextSeq++;
    this.#messages.push(message);
    this.#characters += message.text.length;
    const { messages, characters } = this.limits;
    while (this.#messages.length - this.#dropped > messages || this.#characters > characters) {
      this.#characters -= this.#messages[this.#dropped++].text.length;
    }
    if (this.#dropped > 1000 && this.#dropped * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#dropped);
      this.#dropped = 0;
    }
  }

  /** The message of a number from `firstSeq` to below `nextSeq`. */
  at(seq: number): StreamMessage {
    return this.#messages[this.#dropped + seq - this.firstSeq];
  }
}
