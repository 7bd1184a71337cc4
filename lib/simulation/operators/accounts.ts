/** What a node earned and spent. */
export interface Account {
  /** Fees of settled forwards. */
  forwardIncomeMsat: number;
  /** Fees paid for own rebalances. */
  rebalanceCostMsat: number;
  /** Settled forwards, and what they moved. */
  forwards: number;
  forwardedMsat: number;
  /** Forwards that failed at this node, and further on. */
  failedHere: number;
  failedDownstream: number;
  rebalances: number;
  rebalancedMsat: number;
  /** Fees paid to the chain for opening and closing channels. */
  onChainCostMsat: number;
  /** Capital brought into channels that were opened, and paid out by those that were closed. */
  capitalInMsat: number;
  capitalOutMsat: number;
}

/** Accounts of all nodes, in flat arrays. */
export class Accounts {
  readonly #columns: Record<keyof Account, Float64Array>;

  constructor(readonly nodeCount: number) {
    const column = () => new Float64Array(nodeCount);
    this.#columns = {
      forwardIncomeMsat: column(),
      rebalanceCostMsat: column(),
      forwards: column(),
      forwardedMsat: column(),
      failedHere: column(),
      failedDownstream: column(),
      rebalances: column(),
      rebalancedMsat: column(),
      onChainCostMsat: column(),
      capitalInMsat: column(),
      capitalOutMsat: column(),
    };
  }

  add(node: number, entry: keyof Account, amount: number): void {
    this.#columns[entry][node] += amount;
  }

  of(node: number): Account {
    const account = {} as Account;
    for (const [entry, column] of this.#entries()) account[entry] = column[node];
    return account;
  }

  /** Sum over nodes. */
  sum(nodes: Iterable<number>): Account {
    const account = {} as Account;
    const list = [...nodes];
    for (const [entry, column] of this.#entries()) {
      account[entry] = list.reduce((sum, node) => sum + column[node], 0);
    }
    return account;
  }

  /** Columns by name, as plain data. */
  save(): Record<string, number[]> {
    return Object.fromEntries(this.#entries().map(([entry, column]) => [entry, [...column]]));
  }

  load(columns: Record<string, number[]>): void {
    for (const [entry, column] of this.#entries()) column.set(columns[entry]);
  }

  reset(): void {
    for (const [, column] of this.#entries()) column.fill(0);
  }

  #entries() {
    return Object.entries(this.#columns) as [keyof Account, Float64Array][];
  }
}
