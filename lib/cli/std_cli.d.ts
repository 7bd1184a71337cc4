/** What is used of `@std/cli/parse-args`, which comes without types here. */
export function parseArgs(
  args: string[],
  options: {
    boolean: readonly string[];
    string: readonly string[];
    negatable?: readonly string[];
    collect?: readonly string[];
    alias?: Record<string, string>;
    unknown?: (arg: string) => unknown;
  },
): { _: (string | number)[]; [name: string]: unknown };
