/** Runs a command and keeps what it prints on standard output. */
export async function captured(
  run: () => Promise<number>,
): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const { log, error } = console;
  console.log = (line: unknown) => void lines.push(String(line));
  console.error = () => {};
  try {
    return { code: await run(), lines };
  } finally {
    console.log = log;
    console.error = error;
  }
}
