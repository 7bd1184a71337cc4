/**
 * Writes docs/commands.md from the table of options, or with `--check` says whether it is as it
 * would be written.
 */
import { commandsPage } from "./lib/commands_page.ts";

const path = "docs/commands.md";
const page = commandsPage();
if (Deno.args.includes("--check")) {
  const found = await Deno.readTextFile(path).catch(() => "");
  if (found !== page) {
    console.error(`${path} is not what the table of options says; run: deno task docs`);
    Deno.exit(1);
  }
} else {
  await Deno.writeTextFile(path, page);
}
