import { MINUTE_MS } from "../../core/mod.ts";
import type { AttemptReport } from "./router.ts";
import type { SenderKnowledge } from "./sender_knowledge.ts";

/** Results that LND's mission control keeps. */
export const MOST_RESULTS = 1000;
/** A greater failure soon after a lesser one of the same pair says nothing new. */
const RELAX_MS = MINUTE_MS;

/**
 * Writes down what an attempt says of pairs of nodes, as LND's mission control does: pairs before
 * the one that failed passed their amount, that one failed with its amount; where a channel or node
 * is down, its pair failed both ways for any amount. A failure in the payer's own channel says
 * nothing. Results: `failMsat`, `failMs`, `heldMsat`, `heldMs` of a record.
 */
export function reportToMissionControl(
  knowledge: SenderKnowledge,
  sender: number,
  report: AttemptReport,
  nowMs: number,
): void {
  const { directions, amountsMsat } = report.route;
  const passed = report.settled ? directions.length : report.failedHop;
  if (passed === 0) return;
  for (let hop = 0; hop < passed; hop++) {
    pairPassed(knowledge, { sender, direction: directions[hop], nowMs }, amountsMsat[hop]);
  }
  if (report.settled) return;
  const direction = directions[passed];
  if (report.down) {
    pairFailed(knowledge, { sender, direction, nowMs }, 0);
    pairFailed(knowledge, { sender, direction: direction ^ 1, nowMs }, 0);
  } else pairFailed(knowledge, { sender, direction, nowMs }, amountsMsat[passed]);
}

interface Observation {
  sender: number;
  direction: number;
  nowMs: number;
}

function pairPassed(
  knowledge: SenderKnowledge,
  { sender, direction, nowMs }: Observation,
  amountMsat: number,
): void {
  const at = knowledge.write(sender, direction);
  const { failMsat, failMs, heldMsat, heldMs } = knowledge.memory.of(sender)!;
  heldMs[at] = nowMs;
  heldMsat[at] = Math.max(heldMsat[at], amountMsat);
  if (failMs[at] !== -Infinity && amountMsat >= failMsat[at]) failMsat[at] = amountMsat + 1;
}

function pairFailed(
  knowledge: SenderKnowledge,
  { sender, direction, nowMs }: Observation,
  amountMsat: number,
): void {
  const at = knowledge.write(sender, direction);
  const { failMsat, failMs, heldMsat } = knowledge.memory.of(sender)!;
  if (amountMsat > failMsat[at] && nowMs - failMs[at] < RELAX_MS) return;
  failMs[at] = nowMs;
  failMsat[at] = amountMsat;
  if (sender === knowledge.sender) knowledge.weighFailure(at);
  if (heldMsat[at] >= amountMsat) heldMsat[at] = Math.max(0, amountMsat - 1);
}
