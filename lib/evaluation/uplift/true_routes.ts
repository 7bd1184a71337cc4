import type { RouteFinder } from "../../network/mod.ts";

/** Makes a finder know what every direction can carry: its chances become 0 or 1. */
export function learnTruth(
  { bounds, network }: RouteFinder,
  availableMsat: (direction: number) => number,
): void {
  bounds.reset();
  for (let direction = 0; direction < 2 * network.channelCount; direction++) {
    const msat = availableMsat(direction);
    // Both, rather than the exact amount at once: searches count on being told of successes.
    bounds.learnSuccess(direction, msat);
    bounds.learnFailure(direction, msat + 1);
  }
}
