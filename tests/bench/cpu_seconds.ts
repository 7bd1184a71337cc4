import process from "node:process";

/** Processor time of this process in seconds: other programs on the machine don't count. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
