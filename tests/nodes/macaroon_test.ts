import assert from "node:assert/strict";
import fc from "fast-check";
import {
  beyondReading,
  macaroonPermissions,
  PAYING_PERMISSIONS,
  payingFit,
  permissionName,
} from "../../lib/nodes/mod.ts";
import { macaroonOf as macaroon } from "./macaroon_bytes.ts";

Deno.test("macaroonPermissions reads what a macaroon allows", () => {
  const bytes = macaroon([["info", "read"], ["offchain", "read", "write"]]);
  const permissions = macaroonPermissions(bytes, "file");
  assert.deepEqual(permissions.map(permissionName), [
    "info:read",
    "offchain:read",
    "offchain:write",
  ]);
  assert.deepEqual(beyondReading(permissions).map(permissionName), ["offchain:write"]);
});

Deno.test("beyondReading knows methods that read from methods that pay", () => {
  const methods = ["/lnrpc.Lightning/ListChannels", "/routerrpc.Router/SendPaymentV2"];
  const permissions = macaroonPermissions(macaroon([["uri", ...methods]]), "file");
  assert.deepEqual(beyondReading(permissions).map(permissionName), [`uri:${methods[1]}`]);
});

Deno.test("macaroonPermissions refuses other content in one sentence, whatever it is", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    assert.throws(() => macaroonPermissions(bytes, "x.macaroon"), /x\.macaroon: found "other/);
  }));
  const whole = macaroon([["info", "read"]]);
  assert.throws(() => macaroonPermissions(whole.subarray(0, 20), "x"), /expected a macaroon/);
});

Deno.test("payingFit wants what rebalances need, and no more", () => {
  const fit = (operations: Parameters<typeof macaroon>[0]) =>
    payingFit(macaroonPermissions(macaroon(operations), "file"));
  const methods = PAYING_PERMISSIONS.map((name) => name.replace("uri:", ""));
  assert.deepEqual(fit([["uri", ...methods]]), { missing: [], excess: [], routes: true });
  // Without the right to send along routes the node's own ways have to do.
  assert.deepEqual(fit([["uri", ...methods.slice(0, -1)]]), {
    missing: [],
    excess: [],
    routes: false,
  });
  assert.deepEqual(fit([["uri", ...methods.slice(1)]]).missing, [`uri:${methods[0]}`]);
  assert.deepEqual(fit([["offchain", "read", "write"], ["invoices", "write"]]), {
    missing: [],
    excess: [],
    routes: true,
  });
  const admin = fit([["offchain", "read", "write"], ["invoices", "write"], ["onchain", "write"]]);
  assert.deepEqual(admin.excess, ["onchain:write"]);
  assert.equal(fit([["info", "read"]]).missing.length, PAYING_PERMISSIONS.length - 1);
});
