import { base64FromHex } from "./lnd_values.ts";
import { FINAL_CLTV, type SelfInvoice, type TimedHop } from "./paying.ts";

/**
 * A route in LND's form. There a hop says what its far end passes on, what that node keeps, and the
 * time lock of what it passes on; the amount entering the first channel is the route's total.
 *
 * @param hops from this node back to itself; what enters each channel, msat
 */
export function lndRoute(hops: readonly TimedHop[], invoice: SelfInvoice, blockHeight: number) {
  const heights = timeLocks(hops, blockHeight);
  const last = hops.length - 1;
  return {
    total_time_lock: heights[0],
    total_amt_msat: String(hops[0].amountMsat),
    total_fees_msat: String(hops[0].amountMsat - hops[last].amountMsat),
    hops: hops.map((hop, i) => {
      const onwardMsat = hops[Math.min(i + 1, last)].amountMsat;
      return {
        chan_id: hop.channelId,
        pub_key: hop.node,
        amt_to_forward_msat: String(onwardMsat),
        fee_msat: String(hop.amountMsat - onwardMsat),
        expiry: heights[Math.min(i + 1, last)],
        tlv_payload: true,
        ...(i < last ? {} : {
          mpp_record: {
            payment_addr: base64FromHex(invoice.paymentAddress),
            total_amt_msat: String(hops[last].amountMsat),
          },
        }),
      };
    }),
  };
}

/** The time lock of the HTLC in each channel: each node's delta is for the channel it sends into. */
function timeLocks(hops: readonly TimedHop[], blockHeight: number): number[] {
  const heights = new Array<number>(hops.length);
  let height = blockHeight + FINAL_CLTV.sent;
  for (let i = hops.length - 1; i >= 0; i--) {
    heights[i] = height;
    height += hops[i].cltvDelta;
  }
  return heights;
}
