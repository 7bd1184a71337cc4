/** Sets sats aside, one after the other, until the budget is spent; answers how many. */
import { SpendingLedger } from "../../lib/execution/mod.ts";
import { suggestionOf } from "./suggestions.ts";

/** What a worker is told. */
export interface ReservingOrder {
  folder: string;
  name: string;
  budgetSat: number;
}

const scope = self as unknown as {
  onmessage: (event: MessageEvent<ReservingOrder>) => void;
  postMessage(reserved: number): void;
};

scope.onmessage = ({ data: { folder, name, budgetSat } }) => {
  const ledger = SpendingLedger.open(folder);
  ledger.begin(suggestionOf(name, 0), 0);
  const limits = { budgetSatPerDay: budgetSat, maxFeeSat: 1, maxFeePpm: 1 };
  const one = { suggestionId: name, amountMsat: 1, reservedMsat: 1000, invoiceExpiresMs: 0 };
  let count = 0;
  while (
    ledger.reserve({ ...one, paymentHash: `${name}${count}`, byRoute: false }, limits, 0) ===
      undefined
  ) count++;
  ledger.close();
  scope.postMessage(count);
};
