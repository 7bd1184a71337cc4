import { type Clock, MINUTE_MS } from "../core/mod.ts";
import type { CommandOptions } from "../protocol/mod.ts";
import type { AlertOptions } from "../server/mod.ts";

/** When a node was last heard of. */
export class NodeContact {
  #lastHeardMs: number;
  #reason = "no answer";

  /** Counts from now on: a node that never answers was last heard of at the start. */
  constructor(private readonly clock: Clock) {
    this.#lastHeardMs = clock.nowMs();
  }

  /** Takes how a reading ended: undefined where it worked, else why it did not. */
  readonly tell = (failure: string | undefined): void => {
    if (failure === undefined) this.#lastHeardMs = this.clock.nowMs();
    else this.#reason = failure;
  };

  get state(): { lastHeardMs: number; reason: string } {
    return { lastHeardMs: this.#lastHeardMs, reason: this.#reason };
  }
}

/**
 * How `serve` raises alerts.
 *
 * @param contact of the node that is followed, where one is
 */
export function alertOptions(
  options: CommandOptions<"serve">,
  contact: NodeContact | undefined,
): AlertOptions {
  return {
    thresholds: {
      shortChance: options["alert-short"],
      stakeSat: options["alert-stake-sat"],
      budgetShare: options["alert-budget-share"],
      unreachableMs: options["alert-unreachable-minutes"] * MINUTE_MS,
    },
    webhookUrl: options["alert-webhook"],
    node: contact && (() => contact.state),
  };
}
