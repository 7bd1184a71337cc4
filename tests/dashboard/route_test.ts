import assert from "node:assert/strict";
import fc from "fast-check";
import { FILTERS } from "../../lib/dashboard/app/channel_list.ts";
import {
  channelHref,
  filterHref,
  parseRoute,
  viewHref,
  VIEWS,
} from "../../lib/dashboard/app/route.ts";

Deno.test("parseRoute is the inverse of viewHref and channelHref", () => {
  for (const { view } of VIEWS) assert.deepEqual(parseRoute(viewHref(view)), { view });
  const name = fc.string({ minLength: 1 });
  fc.assert(fc.property(name, name, (node, channelId) => {
    const route = parseRoute(channelHref({ node, channel_id: channelId }));
    assert.deepEqual(route, { view: "channel", node, channelId });
  }));
});

Deno.test("parseRoute is the inverse of filterHref; an unknown filter is none", () => {
  for (const { value } of FILTERS) {
    assert.deepEqual(parseRoute(filterHref(value)), { view: "channels", filter: value });
  }
  assert.deepEqual(parseRoute("#/channels/odd"), { view: "channels" });
});

Deno.test("parseRoute leads to the overview from what is no address", () => {
  for (const hash of ["", "#", "#main", "#/nowhere", "#/channel/a", "#/channel/%E0%A4%A/b"]) {
    assert.deepEqual(parseRoute(hash), { view: "overview" });
  }
});
