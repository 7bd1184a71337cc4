/**
 * What a script of this folder prints, run in a process of its own, so that nothing else counts.
 *
 * @param flags of V8, as `taskFlags` gives them
 * @throws {Error} when it fails; what it says on standard error is shown
 */
export async function printedBy(
  script: string,
  args: readonly (string | number)[],
  flags: readonly string[] = [],
): Promise<string> {
  const path = new URL(script, import.meta.url).pathname;
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", ...flags, path, ...args.map(String)],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${script} failed`);
  return new TextDecoder().decode(stdout).trim();
}
