/** Which nodes don't answer, and until when. */
export class Outages {
  /** When a node is back, Unix ms; 0 for those that are there. */
  readonly #untilMs: Float64Array;
  #count = 0;

  constructor(nodeCount: number) {
    this.#untilMs = new Float64Array(nodeCount);
  }

  /** Whether any node is away. */
  get any(): boolean {
    return this.#count > 0;
  }

  /** Whether a node is away. */
  isAway(node: number): boolean {
    return this.#count > 0 && this.#untilMs[node] > 0;
  }

  /** Takes a node away until then; of several times the latest counts. */
  begin(node: number, untilMs: number): void {
    if (this.#untilMs[node] === 0) this.#count++;
    this.#untilMs[node] = Math.max(this.#untilMs[node], untilMs);
  }

  /** Brings a node back when its time has come. Returns whether it did. */
  end(node: number, nowMs: number): boolean {
    if (this.#untilMs[node] === 0 || this.#untilMs[node] > nowMs) return false;
    this.#untilMs[node] = 0;
    this.#count--;
    return true;
  }

  /** Nodes that are away, with the times at which they come back. */
  save(): [node: number, untilMs: number][] {
    return Array.from(this.#untilMs.entries()).filter(([, untilMs]) => untilMs > 0);
  }

  load(away: readonly [node: number, untilMs: number][]): void {
    this.#untilMs.fill(0);
    this.#count = 0;
    for (const [node, untilMs] of away) this.begin(node, untilMs);
  }
}
