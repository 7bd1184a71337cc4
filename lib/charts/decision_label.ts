/** What the planner decided for a channel, in words for people. */
const DECISION_LABELS: Record<string, string> = {
  suggested_target: "refill",
  suggested_source: "gives",
  learning: "learning",
  balanced: "balanced",
  no_demand: "no demand",
  no_source: "no source",
  no_target: "no target",
  no_route: "no route",
  too_expensive: "too expensive",
  cool_down: "cool-down",
  inactive: "inactive",
  excluded: "excluded",
  low_confidence: "unsure",
};

/** Short words for a decision's code. */
export function decisionLabel(code: string): string {
  return DECISION_LABELS[code] ?? code.replaceAll("_", " ");
}
