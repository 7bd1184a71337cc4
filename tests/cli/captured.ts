/** Runs a command and keeps what it prints on standard output and what it complains of. */
export async function captured(
  run: () => Promise<number>,
): Promise<{ code: number; lines: string[]; errors: string[] }> {
  const lines: string[] = [], errors: string[] = [];
  const { log, error } = console;
  console.log = (line: unknown) => void lines.push(String(line));
  console.error = (line: unknown) => void errors.push(String(line));
  try {
    return { code: await run(), lines, errors };
  } finally {
    console.log = log;
    console.error = error;
  }
}
