import { type Network, NetworkBuilder } from "../../lib/network/mod.ts";
import type {
  ClosedChannel,
  HistoryPage,
  LightningNode,
  NodeChannel,
  NodeForward,
  NodeInfo,
  NodePayment,
  NodeReceipt,
  PageRequest,
  StreamEvent,
  StreamName,
} from "../../lib/nodes/mod.ts";

/** A node in memory: channels with balances, histories, and streams that tell what is done to it. */
export class SimulatedNode implements LightningNode {
  readonly address = "simulated";
  readonly list = new Map<string, NodeChannel>();
  closed: ClosedChannel[] = [];
  settled: NodeForward[] = [];
  made: NodePayment[] = [];
  received: NodeReceipt[] = [];
  /** Calls so far, by name. */
  readonly calls = new Map<string, number>();
  /** Breaks all streams when set to an error. */
  broken: Error | undefined;
  #listeners: Record<StreamName, Set<(event: StreamEvent | Error) => void>> = {
    forwards: new Set(),
    channels: new Set(),
    graph: new Set(),
  };

  constructor(readonly nodeId: string, public nowMs = 0) {}

  addChannel(channel: Partial<NodeChannel> & Pick<NodeChannel, "channelId" | "peer">): void {
    this.list.set(channel.channelId, {
      channelPoint: `${channel.channelId}:0`,
      capacitySat: 1_000_000,
      localBalanceSat: 500_000,
      remoteBalanceSat: 500_000,
      localReserveSat: 10_000,
      remoteReserveSat: 10_000,
      pendingHtlcs: 0,
      nextExpiryHeight: undefined,
      active: true,
      private: false,
      ...channel,
    });
    this.#tell("channels", { kind: "channels_changed" });
  }

  /** Forwards if there is balance; tells so either way. */
  forward(inChannel: string, outChannel: string, amountSat: number): NodeForward {
    const from = this.list.get(inChannel)!, to = this.list.get(outChannel)!;
    const served = to.localBalanceSat - to.localReserveSat >= amountSat;
    const forward: NodeForward = {
      timeMs: this.nowMs,
      inChannel,
      outChannel,
      inAmountMsat: amountSat * 1000 + 1000,
      outAmountMsat: amountSat * 1000,
      outcome: served ? "settled" : "failed_here",
      ...(served ? {} : { failureReason: "insufficient_balance" }),
      inHtlcId: String(this.settled.length),
    };
    if (served) {
      this.list.set(inChannel, moved(from, amountSat));
      this.list.set(outChannel, moved(to, -amountSat));
      this.settled.push(forward);
    }
    this.#tell("forwards", { kind: "forward", forward });
    return forward;
  }

  closeChannel(channelId: string): void {
    const { channelPoint, peer, capacitySat } = this.list.get(channelId)!;
    this.list.delete(channelId);
    this.closed.push({ channelId, channelPoint, peer, capacitySat, closeHeight: 7 });
    this.#tell("channels", { kind: "channels_changed" });
  }

  /** Ends all streams as a connection that is lost does. */
  breakStreams(): void {
    for (const listeners of Object.values(this.#listeners)) {
      for (const tell of listeners) tell(new Error("connection lost"));
    }
  }

  info(): Promise<NodeInfo> {
    this.#count("info");
    return Promise.resolve({
      nodeId: this.nodeId,
      alias: "simulated",
      version: "0.21.0",
      network: "simnet",
      blockHeight: 100,
      syncedToChain: true,
      syncedToGraph: true,
    });
  }

  channels(): Promise<NodeChannel[]> {
    this.#count("channels");
    return Promise.resolve([...this.list.values()]);
  }

  closedChannels(): Promise<ClosedChannel[]> {
    return Promise.resolve(this.closed);
  }

  forwards(page: PageRequest): Promise<HistoryPage<NodeForward>> {
    return this.#page("forwards", this.settled, page);
  }

  payments(page: PageRequest): Promise<HistoryPage<NodePayment>> {
    return this.#page("payments", this.made, page);
  }

  receipts(page: PageRequest): Promise<HistoryPage<NodeReceipt> | undefined> {
    return this.#page("receipts", this.received, page);
  }

  graph(): Promise<Network> {
    this.#count("graph");
    const builder = new NetworkBuilder();
    const names = new Set([this.nodeId, ...[...this.list.values()].map(({ peer }) => peer)]);
    for (const name of names) builder.addNode(name);
    for (const { channelId, peer, capacitySat } of this.list.values()) {
      const ends = { node1: this.nodeId, node2: peer };
      builder.addChannel({ channelId, ...ends, capacitySat, policy1: null, policy2: null });
    }
    return Promise.resolve(builder.build());
  }

  async *follow(stream: StreamName, signal: AbortSignal): AsyncGenerator<StreamEvent> {
    this.#count(`follow ${stream}`);
    if (this.broken !== undefined) throw this.broken;
    const waiting: (StreamEvent | Error)[] = [{ kind: "listening" }];
    let wake: () => void = () => {};
    const tell = (event: StreamEvent | Error) => {
      waiting.push(event);
      wake();
    };
    this.#listeners[stream].add(tell);
    const onAbort = () => wake();
    signal.addEventListener("abort", onAbort);
    try {
      while (!signal.aborted) {
        const event = waiting.shift();
        if (event instanceof Error) throw event;
        if (event !== undefined) yield event;
        else await new Promise<void>((resolve) => wake = resolve);
      }
    } finally {
      this.#listeners[stream].delete(tell);
      signal.removeEventListener("abort", onAbort);
    }
  }

  close(): void {}

  #page<Item>(name: string, all: Item[], { from, limit }: PageRequest): Promise<HistoryPage<Item>> {
    this.#count(name);
    const items = all.slice(from, from + limit);
    const next = from + items.length;
    return Promise.resolve({ items, next, resume: next, more: next < all.length });
  }

  #tell(stream: StreamName, event: StreamEvent): void {
    for (const tell of this.#listeners[stream]) tell(event);
  }

  #count(name: string): void {
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
  }
}

function moved(channel: NodeChannel, sat: number): NodeChannel {
  return {
    ...channel,
    localBalanceSat: channel.localBalanceSat + sat,
    remoteBalanceSat: channel.remoteBalanceSat - sat,
  };
}
