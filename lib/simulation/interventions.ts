import type { ChannelChanges, CloseRequest, OpenRequest } from "./operators/channel_changes.ts";
import { EVENT, type Machine } from "./htlc/machine.ts";
import type { IntentSource } from "./traffic/traffic.ts";

/** What is done to a network from outside, at a time; plain data. */
export type Intervention =
  /** A node neither sends, forwards nor answers for so long. */
  | { kind: "offline"; node: string; durationMs: number }
  | { kind: "fees"; node: string; channelId: string; baseFeeMsat: number; feeRatePpm: number }
  /** So many times as many payments for so long, or until told otherwise. */
  | { kind: "traffic"; factor: number; durationMs?: number }
  | ({ kind: "open" } & OpenRequest)
  | ({ kind: "close" } & CloseRequest);

/** What waits: interventions, and channels that wait for the chain. */
type Waiting = Intervention | ({ kind: "confirmed" } & Required<OpenRequest>);

/** Does what is done from outside, now or at a time in the future. */
export class Interventions {
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;

  constructor(
    readonly machine: Machine,
    readonly parts: {
      channels: ChannelChanges;
      traffic: IntentSource;
      /** Told of a direction whose terms have changed. */
      onTerms: (direction: number) => void;
    },
  ) {
    machine.setHandler(EVENT.scheduled, (id) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (waiting?.kind === "confirmed") parts.channels.open(waiting);
      else if (waiting !== undefined) this.run(waiting);
    });
  }

  /** Does it at that time, or now when that is past. */
  schedule(timeMs: number, intervention: Intervention): void {
    this.#wait(timeMs, intervention);
    this.machine.settleNow();
  }

  /**
   * Does it now.
   *
   * @returns the channel's name for `open`
   * @throws {RangeError} for nodes and channels that the network doesn't have, and for more or
   *   fewer payments than those of a list
   */
  run(intervention: Intervention): string | undefined {
    switch (intervention.kind) {
      case "offline":
        this.machine.takeOffline(this.#nodeOf(intervention.node), intervention.durationMs);
        return undefined;
      case "fees":
        this.#setFees(intervention);
        return undefined;
      case "traffic":
        this.#surge(intervention);
        return undefined;
      case "close":
        this.parts.channels.close(intervention);
        return undefined;
      case "open": {
        const { confirmedMs, ...request } = this.parts.channels.decide(intervention);
        this.#wait(confirmedMs, { ...request, kind: "confirmed" });
        this.machine.settleNow();
        return request.channelId;
      }
    }
  }

  #wait(timeMs: number, waiting: Waiting): void {
    const id = this.#nextId++;
    this.#waiting.set(id, waiting);
    this.machine.queue.push(Math.max(timeMs, this.machine.nowMs), EVENT.scheduled, id);
  }

  #surge({ factor, durationMs }: Intervention & { kind: "traffic" }): void {
    const { parts: { traffic }, machine: { nowMs } } = this;
    if (traffic.setSurge === undefined) {
      throw new RangeError("payments of a list can't be made more or fewer");
    }
    traffic.setSurge(
      { factor, untilMs: durationMs === undefined ? null : nowMs + durationMs },
      nowMs,
    );
  }

  #setFees({ node, channelId, ...fees }: Intervention & { kind: "fees" }): void {
    const { network } = this.machine;
    const channel = network.channelOf(channelId);
    const direction = channel === undefined
      ? undefined
      : network.directionFrom(this.#nodeOf(node), channel);
    if (direction === undefined) throw new RangeError(`${channelId} is no channel of ${node}`);
    network.setFees(direction, fees);
    this.parts.onTerms(direction);
  }

  #nodeOf(id: string): number {
    const node = this.machine.network.nodeOf(id);
    if (node === undefined) throw new RangeError(`node ${id}: expected a node of the network`);
    return node;
  }

  save(): { nextId: number; waiting: [number, Waiting][] } {
    return { nextId: this.#nextId, waiting: [...this.#waiting] };
  }

  load({ nextId, waiting }: ReturnType<Interventions["save"]>): void {
    this.#nextId = nextId;
    this.#waiting.clear();
    for (const [id, entry] of waiting) this.#waiting.set(id, entry);
  }
}
