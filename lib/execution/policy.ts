import { formatPpm } from "../core/mod.ts";
import { type OperatorPolicy, ruleFor, type Suggestion } from "../protocol/mod.ts";

/**
 * The operator's rules as the executor asks them: the reason why a suggestion may not be carried
 * out now, or undefined. The planner keeps to them too; what comes from elsewhere has to as well.
 */
export function forbiddenBy(
  policy: OperatorPolicy,
): (suggestion: Suggestion, nowMs: number) => string | undefined {
  return (suggestion, nowMs) =>
    quietReason(policy, nowMs) ?? endReason(policy, suggestion, "source") ??
      endReason(policy, suggestion, "target") ?? termsReason(policy, suggestion);
}

function quietReason({ quietHours, timeZone }: OperatorPolicy, nowMs: number): string | undefined {
  if (quietHours.length === 0) return undefined;
  const now = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(nowMs);
  const hours = quietHours.find((span) => {
    const [from, to] = span.split("-");
    return from < to ? now >= from && now < to : now >= from || now < to;
  });
  return hours && `quiet hours (${hours} ${timeZone})`;
}

function endReason(
  policy: OperatorPolicy,
  suggestion: Suggestion,
  end: "source" | "target",
): string | undefined {
  const channel = end === "source" ? suggestion.sourceChannel : suggestion.targetChannel;
  const peer = end === "source" ? suggestion.sourceNode : suggestion.targetNode;
  const rule = ruleFor(policy, { channelId: channel, peer });
  if (rule.role === "none") return `${channel} to ${peer} is excluded`;
  if (rule.role !== undefined && rule.role !== "both" && rule.role !== end) {
    return `${channel} may not be a ${end}`;
  }
  const ratePpm = suggestion.feeLimitMsat / suggestion.amountMsat * 1e6;
  if (end === "target" && rule.maxFeePpm !== undefined && ratePpm > rule.maxFeePpm) {
    return `its fee limit of ${formatPpm(ratePpm)} is above ${
      formatPpm(rule.maxFeePpm)
    }, the most for ${channel}`;
  }
  return undefined;
}

function termsReason(
  { minConfidence, minAmountSat, maxAmountSat }: OperatorPolicy,
  { confidence, amountMsat }: Suggestion,
): string | undefined {
  if (confidence < (minConfidence ?? 0)) {
    return `its confidence of ${confidence.toFixed(2)} is below ${minConfidence}`;
  }
  const amountSat = amountMsat / 1000;
  if (amountSat < (minAmountSat ?? 0)) return `${amountSat} sat are less than ${minAmountSat}`;
  if (amountSat > (maxAmountSat ?? Infinity)) {
    return `${amountSat} sat are more than ${maxAmountSat}`;
  }
  return undefined;
}
