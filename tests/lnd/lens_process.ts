/** What a command of the program came to. */
export interface LensResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command as a user does: a process of its own, with the permissions of its task. */
export async function lens(args: string[], env: Record<string, string> = {}): Promise<LensResult> {
  const { code, stdout, stderr } = await lensCommand(args, env).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** The same, not started yet: for commands that run until they are stopped. */
export function lensCommand(args: string[], env: Record<string, string> = {}): Deno.Command {
  const { tasks } = JSON.parse(Deno.readTextFileSync("deno.json"));
  const task: { command: string } = tasks[args[0]];
  const [, ...start] = task.command.split(" ");
  return new Deno.Command(Deno.execPath(), {
    args: [...start.slice(0, 1), "--no-check", ...start.slice(1), ...args.slice(1)],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}
