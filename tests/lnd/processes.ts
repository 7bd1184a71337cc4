import { join } from "node:path";

/** A program that runs in the background and writes its output into a file. */
export class Daemon {
  private constructor(
    readonly name: string,
    readonly logPath: string,
    private readonly child: Deno.ChildProcess,
  ) {}

  static start(name: string, folder: string, program: string, args: string[]): Daemon {
    const logPath = join(folder, `${name}.log`);
    const child = new Deno.Command("/bin/sh", {
      args: ["-c", `exec "$0" "$@" >>"${logPath}" 2>&1 </dev/null`, program, ...args],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    return new Daemon(name, logPath, child);
  }

  /** Sends a signal, such as SIGSTOP and SIGCONT: a program that hangs, and goes on. */
  signal(signal: Deno.Signal): void {
    this.child.kill(signal);
  }

  /** Asks it to end and waits; one that does not end within a minute is killed. */
  async stop(signal: Deno.Signal = "SIGINT"): Promise<void> {
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 60_000);
    try {
      this.child.kill(signal);
    } catch {
      // It had ended by itself.
    }
    await this.child.status;
    clearTimeout(timer);
  }
}

/** Asks again and again until `ask` gives something; what failed last is in the error. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  waitMs = 60_000,
): Promise<T> {
  const endMs = performance.now() + waitMs;
  let last: unknown = "no answer";
  while (performance.now() < endMs) {
    try {
      const found = await ask();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} did not come about in ${waitMs / 1000} s: ${last}`);
}

/** Ports of this machine that are free now. */
export function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const ports = listeners.map(({ addr }) => (addr as Deno.NetAddr).port);
  listeners.forEach((listener) => listener.close());
  return ports;
}
