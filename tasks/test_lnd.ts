/**
 * Runs the tests against a real network of lnd nodes, building lnd and btcd first where they are
 * not in the user's cache. Closes with one line: `N passed, N failed`.
 *
 *     deno task test:lnd [PATH ...]      tests/lnd/ by default
 */
import { lndBinaries } from "./lib/lnd_binaries.ts";
import { runTests } from "./lib/run_tests.ts";

const { folder } = await lndBinaries();
const paths = Deno.args.length > 0 ? Deno.args : ["tests/lnd"];
const { passed, failed } = await runTests(paths, [], { LIGHTNING_LENS_TEST_LND: folder });
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed > 0 || passed === 0 ? 1 : 0);
