import type { Balances, Network } from "../network/mod.ts";
import type { Accounts } from "./operators/accounts.ts";
import type { ChangesState } from "./changes.ts";
import type { ChannelChangesState } from "./operators/channel_changes.ts";
import type { Interventions } from "./interventions.ts";
import type { MachineState } from "./htlc/machine.ts";
import type { PayerState } from "./traffic/payer.ts";
import type { RebalancerState } from "./operators/rebalancer.ts";
import type { StatisticsCounter } from "./operators/statistics.ts";
import type { Teller } from "./operators/teller.ts";
import type { IntentState } from "./traffic/traffic.ts";

/** The whole state of a simulation, as plain data. */
export interface SimulationState {
  operators: string[];
  machine: MachineState;
  network: NetworkState;
  traffic: IntentState;
  changes: ChangesState;
  payer: PayerState;
  rebalances: RebalancerState;
  interventions: ReturnType<Interventions["save"]>;
  channelChanges: ChannelChangesState;
  accounts: ReturnType<Accounts["save"]>;
  statistics: ReturnType<StatisticsCounter["save"]>;
  teller: ReturnType<Teller["save"]>;
  /** Payments under way that passed by an operator. */
  touched: number[];
}

/** What has changed in a network, and who owns what in it. */
export interface NetworkState {
  /** Channels that the network began with. */
  firstChannels: number;
  /** Those that were opened since. */
  opened: OpenedChannel[];
  /** By direction. */
  baseFeeMsat: number[];
  feeRatePpm: number[];
  disabled: number[];
  balanceMsat: number[];
  inFlightMsat: number[];
  /** Numbers of channels that were closed. */
  closed: number[];
}

interface OpenedChannel {
  channelId: string;
  nodes: [number, number];
  capacitySat: number;
  /** Time locks and least and greatest amounts of both directions. */
  terms: [cltvDelta: number, minHtlcMsat: number, maxHtlcMsat: number][];
}

/** What has changed since the network had so many channels. */
export function saveNetwork(balances: Balances, firstChannels: number): NetworkState {
  const { network } = balances;
  const channels = Array.from(network.channelIds.keys());
  return {
    firstChannels,
    opened: channels.slice(firstChannels).map((channel) => openedChannel(network, channel)),
    baseFeeMsat: [...network.baseFeeMsat],
    feeRatePpm: [...network.feeRatePpm],
    disabled: [...network.disabled],
    balanceMsat: [...balances.balanceMsat],
    inFlightMsat: [...balances.inFlightMsat],
    closed: channels.filter((channel) => network.capacitySat[channel] === 0),
  };
}

function openedChannel(network: Network, channel: number): OpenedChannel {
  const directions = [2 * channel, 2 * channel + 1];
  return {
    channelId: network.channelIds[channel],
    nodes: [network.source[2 * channel], network.source[2 * channel + 1]],
    capacitySat: network.capacitySat[channel],
    terms: directions.map((d) => [
      network.cltvDelta[d],
      network.minHtlcMsat[d],
      network.maxHtlcMsat[d],
    ]),
  };
}

/** Makes a network that is as it was at the start what it was when it was saved. */
export function loadNetwork(balances: Balances, state: NetworkState): void {
  const { network } = balances;
  balances.inFlightMsat.fill(0);
  for (const { channelId, nodes, capacitySat, terms } of state.opened) {
    const policy = ([cltvDelta, minHtlcMsat, maxHtlcMsat]: OpenedChannel["terms"][number]) => ({
      baseFeeMsat: 0,
      feeRatePpm: 0,
      cltvDelta,
      minHtlcMsat,
      maxHtlcMsat,
      disabled: false,
    });
    const policies = [policy(terms[0]), policy(terms[1])] as const;
    network.addChannel({ channelId, nodes, capacitySat, policies });
    balances.open([capacitySat * 1000, 0]);
  }
  for (const channel of state.closed) {
    balances.close(channel);
    network.closeChannel(channel);
  }
  for (let direction = 0; direction < 2 * network.channelCount; direction++) {
    network.setFees(direction, {
      baseFeeMsat: state.baseFeeMsat[direction],
      feeRatePpm: state.feeRatePpm[direction],
    });
    network.setDisabled(direction, state.disabled[direction] === 1);
  }
  balances.balanceMsat.set(state.balanceMsat);
  balances.inFlightMsat.set(state.inFlightMsat);
}

/** @throws {RangeError} when a state is not that of a simulation of these operators and that graph */
export function requireSame(
  { operators, network }: SimulationState,
  expected: readonly string[],
  firstChannels: number,
): void {
  if (operators.join() !== expected.join()) {
    throw new RangeError(`operators ${expected.join(", ")}: expected ${operators.join(", ")}`);
  }
  if (network.firstChannels !== firstChannels) {
    throw new RangeError(`a graph of ${firstChannels} channels: expected ${network.firstChannels}`);
  }
}
