import { msatToSat } from "../../core/mod.ts";
import { type LensEvent, snakeNames, wireTime } from "../../protocol/mod.ts";

/** An event in the form of `POST /api/update`. Amounts of channels and transactions are in sat there. */
export function updateFromEvent(event: LensEvent): Record<string, unknown> {
  const head = {
    event_type: event.kind,
    event_id: event.eventId,
    timestamp: wireTime(event.timeMs),
  };
  switch (event.kind) {
    case "channel_state": {
      const { channel } = event;
      return {
        ...head,
        node: channel.node,
        remote_pubkey: channel.peer,
        channel_id: channel.channelId,
        capacity: channel.capacitySat,
        local_balance: channel.localBalanceSat,
        remote_balance: channel.remoteBalanceSat,
        balance_ratio: channel.localBalanceSat / channel.capacitySat,
        active: channel.active,
        local_policy: snakeNames(channel.localPolicy),
        remote_policy: snakeNames(channel.remotePolicy),
      };
    }
    case "transaction": {
      const { sender, receiver, amountMsat, success, feeMsat, transactionType } = event.transaction;
      return {
        ...head,
        sender,
        receiver,
        amount: msatToSat(amountMsat),
        success,
        fee: feeMsat === undefined ? undefined : msatToSat(feeMsat),
        transaction_type: transactionType,
      };
    }
    case "forward":
      return { ...head, ...snakeNames(event.forward) as Record<string, unknown> };
    case "rebalance":
      return { ...head, ...snakeNames(event.rebalance) as Record<string, unknown> };
  }
}
