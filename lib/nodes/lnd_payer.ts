import { z } from "zod";
import { type InputPlace, LensError, RefusedError, SECOND_MS } from "../core/mod.ts";
import { parseWith } from "../protocol/mod.ts";
import type { LndConnection } from "./lnd_connection.ts";
import { LostConnectionError, MissingMethodError } from "./lnd_faults.ts";
import { attemptFromLnd, paymentFromLnd } from "./lnd_history.ts";
import { lndRoute } from "./lnd_route.ts";
import { base64FromHex, base64UrlFromHex, hexOfBase64 } from "./lnd_values.ts";
import {
  FINAL_CLTV,
  type InvoiceRequest,
  type PayingNode,
  type PaymentOutcome,
  type RebalanceOrder,
  type RouteOrder,
  type SelfInvoice,
} from "./paying.ts";

const invoiceSchema = z.object({
  r_hash: hexOfBase64,
  payment_request: z.string(),
  payment_addr: hexOfBase64,
});

/**
 * How LND says that it never heard of a payment. Nothing else says so: "Not Found" is also what a proxy
 * says, or a gateway that is not ready.
 */
const NO_PAYMENT = /payment isn't initiated/i;

/** An LND that pays itself over REST; with a macaroon of its own that allows that and no more. */
export class LndPayer implements PayingNode {
  readonly address: string;

  constructor(private readonly connection: LndConnection) {
    this.address = connection.address;
  }

  async createInvoice({ amountMsat, memo, expiryMs }: InvoiceRequest): Promise<SelfInvoice> {
    const path = "/v1/invoices";
    const body = {
      value_msat: String(amountMsat),
      memo,
      expiry: String(Math.ceil(expiryMs / SECOND_MS)),
      cltv_expiry: String(FINAL_CLTV.asked),
    };
    const made = parseWith(
      invoiceSchema,
      await this.connection.post(path, body),
      this.#place(path),
    );
    return {
      paymentHash: made.r_hash,
      paymentRequest: made.payment_request,
      paymentAddress: made.payment_addr,
      amountMsat,
    };
  }

  async rebalance(order: RebalanceOrder): Promise<PaymentOutcome> {
    const body = {
      payment_request: order.invoice.paymentRequest,
      timeout_seconds: Math.max(1, Math.ceil(order.timeoutMs / SECOND_MS)),
      fee_limit_msat: String(order.feeLimitMsat),
      allow_self_payment: true,
      outgoing_chan_ids: order.sourceChannels,
      last_hop_pubkey: base64FromHex(order.targetPeer),
      max_parts: order.maxParts,
      cltv_limit: order.cltvLimit ?? 0,
      no_inflight_updates: true,
    };
    return await this.#outcome("/v2/router/send", "POST", { body });
  }

  async sendAlong({ invoice, hops, blockHeight }: RouteOrder): Promise<PaymentOutcome> {
    const path = "/v2/router/route/send";
    const body = {
      payment_hash: base64FromHex(invoice.paymentHash),
      route: lndRoute(hops, invoice, blockHeight),
    };
    try {
      const attempt = attemptFromLnd(await this.connection.post(path, body), this.#place(path));
      const { status, amountMsat, feeMsat, failure } = attempt;
      if (status === "in_flight") return { status };
      return status === "succeeded"
        ? { status, amountMsat, feeMsat, attempts: [attempt] }
        : { status, reason: failure?.code ?? "unknown", attempts: [attempt] };
    } catch (error) {
      if (error instanceof LostConnectionError) return { status: "in_flight" };
      if (error instanceof MissingMethodError) {
        throw new RefusedError(
          `the LND at ${this.address} can't send along given routes (it has no SendToRouteV2): ` +
            "say --path-finding lnd",
        );
      }
      throw error;
    }
  }

  async track(paymentHash: string, waitMs: number): Promise<PaymentOutcome> {
    const path = `/v2/router/track/${base64UrlFromHex(paymentHash)}?no_inflight_updates=true`;
    const signal = AbortSignal.timeout(waitMs);
    try {
      return await this.#outcome(path, "GET", { signal });
    } catch (error) {
      if (error instanceof LensError && NO_PAYMENT.test(error.message)) {
        return { status: "unknown" };
      }
      throw error;
    }
  }

  async deleteFailedPayment(paymentHash: string): Promise<void> {
    // LND would delete a payment that succeeded as well: the record of what was paid must stay.
    const { status } = await this.track(paymentHash, SECOND_MS);
    if (status !== "failed") return;
    await this.connection.delete(`/v1/payment?payment_hash=${base64UrlFromHex(paymentHash)}`);
  }

  close(): void {
    this.connection.close();
  }

  /** The last that a stream of payment updates tells. */
  async #outcome(
    path: string,
    method: "GET" | "POST",
    options: { body?: unknown; signal?: AbortSignal },
  ): Promise<PaymentOutcome> {
    let outcome: PaymentOutcome = { status: "in_flight" };
    try {
      for await (const update of this.connection.stream(method, path, options)) {
        const { payment } = paymentFromLnd(update, this.#place(path));
        const { status, amountMsat, feeMsat, attempts, failureReason = "unknown" } = payment;
        if (status === "succeeded") outcome = { status, amountMsat, feeMsat, attempts };
        if (status === "failed") outcome = { status, reason: failureReason, attempts };
      }
    } catch (error) {
      if (!(error instanceof LostConnectionError)) throw error;
    }
    return outcome;
  }

  #place(path: string): InputPlace {
    return { file: `${this.address}${path.split("?")[0]}` };
  }
}
