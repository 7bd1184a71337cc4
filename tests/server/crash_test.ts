import assert from "node:assert/strict";
import { crashTrial } from "./crash_trial.ts";

const KILLS = 5;

Deno.test(`kill -9 under load, ${KILLS} times: nothing acknowledged is lost, no model is half`, async () => {
  const { acknowledged } = await crashTrial({ kills: KILLS, seed: 9 });
  assert.ok(acknowledged > 100, `${acknowledged} acknowledged`);
});
