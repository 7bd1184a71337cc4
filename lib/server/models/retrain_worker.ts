/**
 * A retraining in a thread of its own, so that serving goes on: takes samples, then one
 * {@linkcode RetrainRequest}, and answers with a {@linkcode RetrainAnswer}. It gives way before
 * it loads what trains, since loading alone takes a fifth of a second of a processor.
 */
import { setPriority } from "node:os";
import type { CompactTable } from "../../liquidity/mod.ts";
import type { RetrainAnswer, RetrainRequest } from "./retrain_job.ts";

/** Niceness: a sixtieth of the processor time of a thread that serves, where both want one core. */
const BACKGROUND = 19;

/** What the worker is told: samples, oldest first, then what to do with them. */
export type RetrainOrder =
  | { kind: "samples"; table: CompactTable }
  | { kind: "train"; request: RetrainRequest };

const scope = self as unknown as {
  onmessage: (event: MessageEvent<RetrainOrder>) => void;
  postMessage(answer: RetrainAnswer): void;
};

giveWay();
const tables: CompactTable[] = [];

scope.onmessage = async ({ data }) => {
  if (data.kind === "samples") return void tables.push(data.table);
  const { answerRetrain } = await import("./retrain_job.ts");
  scope.postMessage(await answerRetrain(tables, data.request));
};

/** Serving comes first. Elsewhere than on Linux a thread has no priority of its own. */
function giveWay(): void {
  if (Deno.build.os !== "linux") return;
  try {
    setPriority(0, BACKGROUND);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
}
