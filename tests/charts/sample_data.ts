import type {
  ChannelBalance,
  FeatureShare,
  RecommendationBar,
  TwinPoint,
} from "../../lib/charts/mod.ts";
import { HOUR_MS, seededRng } from "../../lib/core/mod.ts";

/** Channels with U-shaped balances; every ninth still learning. */
export function sampleChannels(count: number, seed = 1): ChannelBalance[] {
  const rng = seededRng(seed).fork("channels");
  return Array.from({ length: count }, (_, index) => {
    const ratio = Math.sin(rng.float() * Math.PI / 2) ** 2;
    const low = rng.float() ** 2 * 0.7;
    const high = Math.min(1, low + 0.1 + rng.float() * 0.5);
    return {
      label: index % 3 === 0
        ? `${rng.int(2 ** 31).toString(16).padStart(66, "03a7")}`
        : `peer ${index}`,
      ratio,
      optimal: index % 9 === 8 ? undefined : { low, high },
      feesAtStakeSat: Math.exp(3 + 2 * rng.normal()),
    };
  });
}

/** Suggestions with a gain above their fee. */
export function sampleSuggestions(count: number, seed = 1): RecommendationBar[] {
  const rng = seededRng(seed).fork("suggestions");
  return Array.from({ length: count }, (_, index) => {
    const expectedGainSat = 20 + rng.exponential() * 400;
    return {
      from: `peer ${index}`,
      to: index % 2 === 0 ? "A rather long name of a node 🚀 on two lines" : `peer ${index + 7}`,
      amountSat: 10_000 * (1 + rng.int(150)),
      expectedGainSat,
      expectedFeeSat: expectedGainSat * (0.1 + rng.float() * 0.6),
      confidence: 0.5 + rng.float() / 2,
    };
  });
}

/** Gains that fall off by rank. */
export function sampleFeatures(count: number): FeatureShare[] {
  return Array.from({ length: count }, (_, index) => ({
    feature: index === 0 ? "balance_ratio" : `out_volume_half_life_${index}_h`,
    gain: 1000 / (index + 1) ** 1.3,
  }));
}

/** Both twins over `hours` hours; the lens ends ahead. */
export function sampleTwin(hours: number, seed = 1): TwinPoint[] {
  const rng = seededRng(seed).fork("twin");
  let lensNetSat = 0;
  let twinNetSat = 0;
  return Array.from({ length: hours + 1 }, (_, hour) => {
    const common = rng.exponential() * 120;
    lensNetSat += common + (hour > 6 ? rng.exponential() * 30 : -12);
    twinNetSat += common;
    return { timeMs: Date.UTC(2026, 0, 5) + hour * HOUR_MS, lensNetSat, twinNetSat };
  });
}
