/**
 * Loaded before every file of tests by `deno task test`: properties draw the same cases in every
 * run, so that a run says the same twice. `deno test` alone draws new ones, and
 * `LIGHTNING_LENS_TEST_SEED=N deno task test` others.
 */
import fc from "fast-check";

const seed = Number(Deno.env.get("LIGHTNING_LENS_TEST_SEED") ?? 20240922);
fc.configureGlobal({ seed });
