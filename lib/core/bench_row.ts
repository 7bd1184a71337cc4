/** One measured figure beside its peer's, as `bench` and `uplift` write it with `--json`. */
export interface BenchRow {
  bench: string;
  /** What was measured, such as a data set or a scenario and policy. */
  case: string;
  metric: string;
  value: number;
  unit: string;
  /** Left out, with the two below, where no peer was there to compare with. */
  peer?: string;
  peer_value?: number;
  /** Above 1 where we are better. */
  ratio?: number;
  runs: number;
  /** Least and greatest ratio of the runs; without a peer, of the values. */
  min: number;
  max: number;
}
