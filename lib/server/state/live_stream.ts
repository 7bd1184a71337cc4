/** Frames kept for readers that lag; one that lags more gets a new snapshot. */
const RING_SIZE = 64;

/** What {@linkcode LiveStream} needs from its owner. */
export interface LiveStreamOptions {
  /** All that a new reader must know. */
  snapshot: () => object;
  /** Called when a reader had to be given a new snapshot. */
  onSkip?: () => void;
  /** Ms between signs of life on a quiet stream. */
  heartbeatMs?: number;
}

interface Frame {
  version: number;
  bytes: Uint8Array;
}

/**
 * Server-sent events for any number of readers. A frame is encoded once for all; a reader pulls at
 * its own pace, and one that falls behind is given a snapshot instead of a growing queue.
 */
export class LiveStream {
  #ring: Frame[] = [];
  #version = 0;
  #snapshot: Frame | undefined;
  #wake: (() => void)[] = [];
  #readers = 0;
  #closed = false;
  #heartbeat: ReturnType<typeof setInterval>;

  constructor(private readonly options: LiveStreamOptions) {
    this.#heartbeat = setInterval(
      () => {
        this.#snapshot = undefined;
        this.#push(() => ": heartbeat\n\n");
      },
      options.heartbeatMs ?? 15_000,
    );
  }

  /** Readers connected now. */
  get readers(): number {
    return this.#readers;
  }

  /** Sends an event of the given name to all readers. Costs nothing while there are none. */
  publish(event: string, data: object | null): void {
    this.#snapshot = undefined;
    if (this.#readers === 0) this.#version++;
    else this.#push((id) => `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** A body for one reader: a snapshot, then what happens from there on. */
  reader(): ReadableStream<Uint8Array> {
    let seen: number | undefined;
    let gone = false;
    const leave = () => {
      if (!gone) this.#readers--;
      gone = true;
    };
    return new ReadableStream<Uint8Array>({
      start: () => {
        this.#readers++;
      },
      pull: async (controller) => {
        while (!gone) {
          if (this.#closed) {
            leave();
            return controller.close();
          }
          const frame = this.#next(seen);
          if (frame !== undefined) {
            seen = frame.version;
            return controller.enqueue(frame.bytes);
          }
          await new Promise<void>((resolve) => this.#wake.push(resolve));
        }
      },
      cancel: leave,
    }, { highWaterMark: 0 });
  }

  /** Ends all readers' streams. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    this.#wakeAll();
  }

  #next(seen: number | undefined): Frame | undefined {
    if (seen === this.#version) return undefined;
    const frame = seen === undefined ? undefined : this.#ring.find((f) => f.version === seen + 1);
    if (frame === undefined && seen !== undefined) this.options.onSkip?.();
    return frame ?? this.#snapshotFrame();
  }

  #snapshotFrame(): Frame {
    this.#snapshot ??= {
      version: this.#version,
      bytes: encode(
        `event: snapshot\nid: ${this.#version}\nretry: 2000\ndata: ${
          JSON.stringify(this.options.snapshot())
        }\n\n`,
      ),
    };
    return this.#snapshot;
  }

  #push(text: (id: number) => string): void {
    const version = ++this.#version;
    this.#ring.push({ version, bytes: encode(text(version)) });
    if (this.#ring.length > RING_SIZE) this.#ring.shift();
    this.#wakeAll();
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
