/**
 * Everything that can be said of the code without running the program: format, lint, types,
 * layers, docs. All checks run; the exit code is 1 when any failed.
 */
const SELF = Deno.execPath();
const CHECKS: readonly [name: string, ...args: string[]][] = [
  ["format", "fmt", "--check", "--quiet"],
  ["lint", "lint", "--quiet"],
  ["types", "check", "--quiet", "main.ts", "lib", "tasks", "tests"],
  ["layers", "test", "--quiet", "--allow-read", "--no-check", "tests/architecture"],
  ["docs", "run", "--quiet", "--allow-read", "--allow-env", "tasks/docs.ts", "--check"],
  ["examples", "test", "--quiet", "--allow-all", "--no-check", "--doc", "lib"],
];

let failures = 0;
for (const [name, ...args] of CHECKS) {
  const { success } = await new Deno.Command(SELF, { args, stdout: "inherit", stderr: "inherit" })
    .output();
  console.log(`${success ? "ok    " : "FAILED"} ${name}`);
  if (!success) failures++;
}
Deno.exit(failures === 0 ? 0 : 1);
