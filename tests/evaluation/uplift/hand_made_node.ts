import { DAY_MS, HOUR_MS, parseIsoTime } from "../../../lib/core/mod.ts";
import type { Network } from "../../../lib/network/mod.ts";
import type { ChannelState, LensEvent } from "../../../lib/protocol/mod.ts";
import { NodeView } from "../../../lib/evaluation/uplift/node_view.ts";
import type { Policy, PolicyMaker } from "../../../lib/evaluation/uplift/policy.ts";
import { type ChannelSpec, networkOf } from "../../simulation/helpers.ts";

/** When the policies of these tests plan. */
export const NOW_MS = parseIsoTime("2024-10-01T00:00:00Z")!;
export const CAPACITY_SAT = 1_000_000;

/** What one channel of the node looks like, by its peer. */
export interface HandMadeChannel {
  localSat: number;
  ppm: number;
  /** Satoshis that were to go out by it, each so many hours ago. */
  wanted?: { sat: number; hoursAgo: number }[];
}

/** `me` with a channel to each peer; each peer has one to the others, whose way costs 20 ppm. */
export class HandMadeNode {
  readonly view = new NodeView("me");
  readonly network: Network;

  constructor(readonly channels: Record<string, HandMadeChannel>) {
    const peers = Object.keys(channels);
    const own = peers.map((peer): ChannelSpec => ["me", peer, channels[peer].ppm, 20, 0]);
    const others = peers.flatMap((a, i) =>
      peers.slice(i + 1).map((b): ChannelSpec => [a, b, 20, 20, CAPACITY_SAT / 2])
    );
    this.network = networkOf(...own, ...others);
    for (const peer of peers) {
      this.view.observe({
        kind: "channel_state",
        timeMs: NOW_MS - 9 * DAY_MS,
        channel: this.state(peer),
      });
    }
    for (const peer of peers) {
      for (const wish of channels[peer].wanted ?? []) this.#want(peer, wish);
    }
  }

  state(peer: string): ChannelState {
    const { localSat } = this.channels[peer];
    const channel = this.network.channelOf(`me${peer}`)!;
    return {
      node: "me",
      channelId: `me${peer}`,
      peer,
      capacitySat: CAPACITY_SAT,
      localBalanceSat: localSat,
      remoteBalanceSat: CAPACITY_SAT - localSat,
      active: true,
      localPolicy: this.network.policy(2 * channel),
      remotePolicy: this.network.policy(2 * channel + 1),
    };
  }

  #want(peer: string, { sat, hoursAgo }: { sat: number; hoursAgo: number }): void {
    const from = Object.keys(this.channels).find((other) => other !== peer)!;
    const outAmountMsat = sat * 1000;
    const event: LensEvent = {
      kind: "forward",
      timeMs: NOW_MS - hoursAgo * HOUR_MS,
      forward: {
        node: "me",
        inChannel: `me${from}`,
        outChannel: `me${peer}`,
        inAmountMsat: outAmountMsat + Math.round(outAmountMsat * this.channels[peer].ppm / 1e6),
        outAmountMsat,
        outcome: "failed_here",
        failureReason: "insufficient_balance",
      },
    };
    this.view.observe(event);
  }

  /** A policy for this node; hindsight expects `coming`. */
  policy(make: PolicyMaker, coming: NodeView = new NodeView("me")): Policy {
    return make({
      views: [this.view],
      network: this.network,
      moments: { startMs: 0, actMs: NOW_MS, tailMs: Infinity, endMs: Infinity },
      seed: 1,
      oracle: { demand: () => coming, availableMsat: () => CAPACITY_SAT * 500 },
    });
  }

  /** What a policy plans now, in short. */
  plan(make: PolicyMaker, coming?: NodeView) {
    return this.policy(make, coming).plan(NOW_MS).map((suggestion) => ({
      from: suggestion.sourceNode,
      to: suggestion.targetNode,
      sat: suggestion.amountMsat / 1000,
      limitPpm: Math.round(suggestion.feeLimitMsat * 1e6 / suggestion.amountMsat),
    }));
  }
}
