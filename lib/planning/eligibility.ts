import type { ChannelOutlook, PlannerOptions } from "./types.ts";

/** Whether the planner may touch a channel at all. */
export function isUsable(outlook: ChannelOutlook, settings: PlannerOptions): boolean {
  return outlook.channel.active && outlook.forecast !== undefined &&
    settings.ruleOf(outlook.channel).role !== "none";
}

/** Whether cool-down forbids this role at `timeMs`. */
export function isCooling(
  outlook: ChannelOutlook,
  role: "source" | "target",
  timeMs: number,
  settings: PlannerOptions,
): boolean {
  const last = outlook.lastRebalance;
  if (last === undefined) return false;
  const wait = last.applied && last.role !== role
    ? settings.reverseCoolDownMs
    : settings.coolDownMs;
  return timeMs - last.timeMs < wait;
}
