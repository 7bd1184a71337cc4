/** What is used of ml-cart 2.1, which comes without types. */
export class DecisionTreeRegression {
  constructor(options: {
    gainFunction?: "regression";
    splitFunction?: "mean";
    minNumSamples?: number;
    maxDepth?: number;
  });
  train(rows: ArrayLike<number>[], targets: number[]): void;
  predict(rows: ArrayLike<number>[]): number[];
  toJSON(): object;
  static load(model: unknown): DecisionTreeRegression;
}
