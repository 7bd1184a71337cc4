/**
 * A binary heap of node numbers, least key first, on typed arrays. A node is in it once; its key
 * may go down. Nothing is allocated after construction.
 */
export class NodeHeap {
  readonly #keys: Float64Array;
  readonly #heap: Int32Array;
  /** Place of a node in the heap plus one; 0 for those outside. */
  readonly #place: Int32Array;
  size = 0;

  constructor(nodeCount: number) {
    this.#keys = new Float64Array(nodeCount);
    this.#heap = new Int32Array(nodeCount);
    this.#place = new Int32Array(nodeCount);
  }

  /** The least key; to be read while the heap is not empty. */
  get leastKey(): number {
    return this.#keys[this.#heap[0]];
  }

  clear(): void {
    for (let i = 0; i < this.size; i++) this.#place[this.#heap[i]] = 0;
    this.size = 0;
  }

  /** Puts a node in, or lowers its key. A higher key than it has is ignored. */
  push(node: number, key: number): void {
    let place = this.#place[node];
    if (place === 0) {
      place = ++this.size;
    } else if (key >= this.#keys[node]) {
      return;
    }
    this.#keys[node] = key;
    this.#rise(node, place - 1, key);
  }

  /** Takes the node of the least key. The heap must not be empty. */
  pop(): number {
    const top = this.#heap[0];
    this.#place[top] = 0;
    const last = this.#heap[--this.size];
    if (this.size > 0) this.#sink(last, this.#keys[last]);
    return top;
  }

  #rise(node: number, start: number, key: number): void {
    const heap = this.#heap, keys = this.#keys, place = this.#place;
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const other = heap[parent];
      if (keys[other] <= key) break;
      heap[index] = other;
      place[other] = index + 1;
      index = parent;
    }
    heap[index] = node;
    place[node] = index + 1;
  }

  #sink(node: number, key: number): void {
    const heap = this.#heap, keys = this.#keys, place = this.#place, size = this.size;
    let index = 0;
    while (true) {
      let child = 2 * index + 1;
      if (child >= size) break;
      if (child + 1 < size && keys[heap[child + 1]] < keys[heap[child]]) child++;
      const other = heap[child];
      if (keys[other] >= key) break;
      heap[index] = other;
      place[other] = index + 1;
      index = child;
    }
    heap[index] = node;
    place[node] = index + 1;
  }
}
