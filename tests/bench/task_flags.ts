const CONFIG = new URL("../../deno.json", import.meta.url);

/** The V8 flags with which a task runs what it runs; none where there is no such task. */
export function taskFlags(name: string): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(CONFIG));
  return tasks[name]?.command.match(/--v8-flags=\S+/g) ?? [];
}
