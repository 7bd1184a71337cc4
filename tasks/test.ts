/**
 * Runs the tests and closes with one line that counts them: `N passed, N failed`.
 *
 *     deno task test [PATH ...]      tests/ by default, without those that need more than Deno
 */
import { runTests } from "./lib/run_tests.ts";

const paths = Deno.args.length > 0 ? Deno.args : ["tests"];
const ignore = Deno.args.length > 0
  ? []
  : ["tests/e2e", "tests/binary", "tests/bench", "tests/lnd"];
const { passed, failed } = await runTests(paths, ignore);
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed > 0 || passed === 0 ? 1 : 0);
