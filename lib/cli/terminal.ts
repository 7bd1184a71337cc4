/** Cells that a line of the output may take; no limit where it is not a terminal. */
export function outputColumns(): number {
  return Deno.stdout.isTerminal() ? Deno.consoleSize().columns : Infinity;
}
