import {
  type Clock,
  DAY_MS,
  InputError,
  type InputPlace,
  RefusedError,
  SECOND_MS,
} from "../core/mod.ts";
import type { Network } from "../network/mod.ts";
import { HtlcJoin, type HtlcNews } from "./htlc_join.ts";
import {
  channelsFromLnd,
  closedChannelsFromLnd,
  infoFromLnd,
  type NamedChannel,
  nodePoliciesFromLnd,
  policiesFromLnd,
} from "./lnd_channels.ts";
import type { LndConnection } from "./lnd_connection.ts";
import { graphFromPieces, graphNewsFromLnd } from "./lnd_graph.ts";
import { forwardsFromLnd, invoicesFromLnd, paymentsFromLnd } from "./lnd_history.ts";
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
} from "./types.ts";

/** LND writes forwards down in batches, every 15 s; what is newer than this is read again. */
const OVERLAP_S = 60;
/** A payment under way for longer than HTLCs live will never end: it is not waited for. */
const LONGEST_PAYMENT_MS = 14 * DAY_MS;
/** Since this version history names HTLCs, so that what a stream told is not counted twice. */
const NAMES_HTLCS = [0, 20];

/** An LND that is read from over REST. */
export class LndNode implements LightningNode {
  readonly address: string;
  #info: Promise<NodeInfo> | undefined;
  /** Own channels by their other ids; undefined before they were first listed. */
  #aliases: Map<string, string> | undefined;
  #join = new HtlcJoin();

  constructor(private readonly connection: LndConnection, private readonly clock: Clock) {
    this.address = connection.address;
  }

  async info(): Promise<NodeInfo> {
    const path = "/v1/getinfo";
    this.#info = this.connection.get(path).then((value) => infoFromLnd(value, this.#place(path)));
    return await this.#info;
  }

  async channels(): Promise<NodeChannel[]> {
    const { nodeId } = await this.#self();
    const nodePath = `/v1/graph/node/${nodeId}?include_channels=true`;
    const [found, node] = await Promise.all([
      this.#listChannels(),
      this.connection.find(nodePath),
    ]);
    const known = new Map(
      (node === undefined ? [] : nodePoliciesFromLnd(node, nodeId, this.#place(nodePath)))
        .map((policies) => [policies.channelId, policies]),
    );
    return await Promise.all(found.map(async ({ channel }) => {
      const policies = known.get(channel.channelId) ?? await this.#edge(channel.channelId, nodeId);
      const { localPolicy, remotePolicy } = policies ?? {};
      return { ...channel, localPolicy, remotePolicy };
    }));
  }

  async closedChannels(): Promise<ClosedChannel[]> {
    const path = "/v1/channels/closed";
    return closedChannelsFromLnd(await this.connection.get(path), this.#place(path))
      .map((channel) => ({ ...channel, channelId: this.#ownName(channel.channelId) }));
  }

  /** Pages by time, in seconds: forwards may be deleted on the node, which moves all numbers. */
  async forwards({ from, limit }: PageRequest): Promise<HistoryPage<NodeForward>> {
    await this.#knowNames();
    const items: NodeForward[] = [];
    let more = true, next = from;
    // A page ends with a whole second, else the next one would start where this one did.
    while (more && next === from) {
      const found = await this.#forwardsFrom(from, items.length, limit);
      const page = found.map((forward) => this.#ownNames(forward));
      const repeated = items.length > 0 && JSON.stringify(page[0]) === JSON.stringify(items[0]);
      if (repeated) throw this.#noNextPage("/v1/switch", from);
      for (const forward of page) items.push(forward);
      more = page.length >= limit;
      next = Math.max(from, Math.floor((items.at(-1)?.timeMs ?? 0) / SECOND_MS));
    }
    return { items, next, resume: more ? next : Math.max(0, next - OVERLAP_S), more };
  }

  async payments({ from, limit }: PageRequest): Promise<HistoryPage<NodePayment>> {
    await this.#knowNames();
    const path = `/v1/payments?include_incomplete=true&index_offset=${from}&max_payments=${limit}`;
    const all = paymentsFromLnd(await this.connection.get(path), this.#place("/v1/payments"));
    const next = all.at(-1)?.index ?? from, more = all.length >= limit;
    if (more && next <= from) throw this.#noNextPage("/v1/payments", from);
    const oldestMs = this.clock.nowMs() - LONGEST_PAYMENT_MS;
    const open = all.find(({ payment: { status, createdMs } }) =>
      status === "in_flight" && createdMs > oldestMs
    );
    return {
      // LND's first versions kept no time: such a payment has no place in a history.
      items: all.map(({ payment }) => this.#ownHops(payment))
        .filter(({ status, createdMs }) => status !== "in_flight" && createdMs > 0),
      next,
      resume: open === undefined ? next : open.index - 1,
      more,
    };
  }

  async receipts({ from, limit }: PageRequest): Promise<HistoryPage<NodeReceipt> | undefined> {
    const path = `/v1/invoices?index_offset=${from}&num_max_invoices=${limit}`;
    let value: unknown;
    try {
      value = await this.connection.get(path);
    } catch (error) {
      if (error instanceof RefusedError) return undefined;
      throw error;
    }
    const all = invoicesFromLnd(value, this.#place("/v1/invoices"));
    const next = all.at(-1)?.index ?? from, more = all.length >= limit;
    if (more && next <= from) throw this.#noNextPage("/v1/invoices", from);
    const open = all.find(({ openUntilMs }) => openUntilMs > this.clock.nowMs());
    return {
      items: all.map(({ receipt }) => receipt).filter((receipt) => receipt !== undefined),
      next,
      resume: open === undefined ? next : open.index - 1,
      more,
    };
  }

  graph(): Promise<Network> {
    return graphFromPieces(this.connection.pieces("/v1/graph"), `${this.address}/v1/graph`);
  }

  async *follow(stream: StreamName, signal: AbortSignal): AsyncGenerator<StreamEvent> {
    const { nodeId, version } = await this.#self();
    if (stream === "forwards") {
      const tellsSettled = atLeast(version, NAMES_HTLCS);
      const path = "/v2/router/htlcevents";
      for await (const message of this.connection.stream("GET", path, { signal })) {
        const event = this.#forwardEvent(this.#join.take(message, this.#place(path)), tellsSettled);
        if (event !== undefined) yield event;
      }
      return;
    }
    yield* this.#followQuiet(stream, nodeId, signal);
  }

  close(): void {
    this.connection.close();
  }

  /** Streams that say nothing before their first event: they stand once the request is sent. */
  async *#followQuiet(
    stream: "channels" | "graph",
    nodeId: string,
    signal: AbortSignal,
  ): AsyncGenerator<StreamEvent> {
    const path = stream === "channels" ? "/v1/channels/subscribe" : "/v1/graph/subscribe";
    const sent = Promise.withResolvers<void>();
    // Ends the request as well where the reader stops before the signal does.
    const ended = new AbortController();
    const messages = this.connection.stream("GET", path, {
      signal: AbortSignal.any([signal, ended.signal]),
      onSent: sent.resolve,
    });
    try {
      let coming = messages.next();
      await Promise.race([sent.promise, coming]);
      yield { kind: "listening" };
      for (let message = await coming; !message.done; message = await coming) {
        coming = messages.next();
        yield stream === "channels"
          ? { kind: "channels_changed" }
          : { kind: graphNewsFromLnd(message.value, nodeId, this.#place(path)) };
      }
    } finally {
      ended.abort();
    }
  }

  #forwardEvent(news: HtlcNews, tellsSettled: boolean): StreamEvent | undefined {
    if (news === undefined || news.kind === "listening") return news;
    if (news.kind === "moved") return { kind: "channels_changed" };
    // History will tell of it, and could not be told from this.
    if (news.forward.outcome === "settled" && !tellsSettled) return { kind: "channels_changed" };
    return { kind: "forward", forward: this.#ownNames(news.forward) };
  }

  async #forwardsFrom(startS: number, offset: number, limit: number): Promise<NodeForward[]> {
    const path = "/v1/switch";
    const body = {
      start_time: String(startS),
      index_offset: offset,
      num_max_events: limit,
      peer_alias_lookup: false,
    };
    return forwardsFromLnd(await this.connection.post(path, body), this.#place(path));
  }

  /** History may name channels by ids that only their list explains. */
  async #knowNames(): Promise<void> {
    if (this.#aliases === undefined) await this.#listChannels();
  }

  /** Open channels; notes their other ids. */
  async #listChannels(): Promise<NamedChannel[]> {
    const path = "/v1/channels";
    const found = channelsFromLnd(await this.connection.get(path), this.#place(path));
    this.#aliases ??= new Map();
    for (const { channel, aliases } of found) {
      for (const alias of aliases) this.#aliases.set(alias, channel.channelId);
    }
    return found;
  }

  async #edge(channelId: string, nodeId: string) {
    const path = `/v1/graph/edge/${channelId}`;
    const edge = await this.connection.find(path);
    return edge === undefined ? undefined : policiesFromLnd(edge, nodeId, this.#place(path));
  }

  #ownNames(forward: NodeForward): NodeForward {
    const inChannel = this.#ownName(forward.inChannel);
    const outChannel = this.#ownName(forward.outChannel);
    return { ...forward, inChannel, outChannel };
  }

  #ownHops(payment: NodePayment): NodePayment {
    const attempts = payment.attempts.map((attempt) => ({
      ...attempt,
      hops: attempt.hops.map((hop) => ({ ...hop, channelId: this.#ownName(hop.channelId) })),
    }));
    return { ...payment, attempts };
  }

  #ownName(channelId: string): string {
    return this.#aliases?.get(channelId) ?? channelId;
  }

  /** Who it is; asked for once. */
  async #self(): Promise<NodeInfo> {
    return await (this.#info ?? this.info());
  }

  #noNextPage(path: string, from: number): InputError {
    return new InputError({
      ...this.#place(path),
      found: `the same page again, asked for what follows ${from}`,
      expected: "the next page of the history",
    });
  }

  #place(path: string): InputPlace {
    return { file: `${this.address}${path.split("?")[0]}` };
  }
}

/**
 * Whether a version such as `0.21.2-beta commit=...` is `least` or later.
 *
 * @throws {InputError} for what is no version
 */
export function atLeast(
  version: string,
  least: readonly number[],
  place: InputPlace = {},
): boolean {
  const parts = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version)?.slice(1).map((part) => Number(part));
  if (parts === undefined) {
    throw new InputError({
      ...place,
      field: "version",
      found: version,
      expected: "a version of LND, such as 0.18.0-beta",
    });
  }
  for (const [i, number] of least.entries()) {
    const part = parts[i] || 0;
    if (part !== number) return part > number;
  }
  return true;
}
