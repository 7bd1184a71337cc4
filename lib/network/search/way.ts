/** What a search found between its ends. */
export interface Way {
  directions: number[];
  /** What each hop carries. */
  amountsMsat: number[];
  /** What the first node must have. */
  sentMsat: number;
  probability: number;
}
