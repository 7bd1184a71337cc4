/** Forecasters of our own, as pages and pictures call them. */
const OWN: Readonly<Record<string, string>> = { model: "model", online: "model, corrected online" };
/** What they are compared with. */
const BASELINES: Readonly<Record<string, string>> = {
  ewma: "weighted mean",
  persistence: "last window repeated",
};

/** Whether a forecaster is one of ours, not one it is compared with. */
export function isOwnForecaster(name: string): boolean {
  return Object.hasOwn(OWN, name);
}

/** What people call a forecaster. */
export function forecasterName(name: string): string {
  return OWN[name] ?? BASELINES[name] ?? name.replaceAll("_", " ");
}
