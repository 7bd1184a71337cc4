import { EXIT, LensError, textTable } from "../../core/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import type { CommandContext } from "../command.ts";
import {
  checkDashboard,
  checkDeno,
  checkDrawing,
  checkFolder,
  checkHttpPort,
  checkModel,
  checkSpace,
  checkStore,
  checkWsPort,
} from "../doctor_checks.ts";
import { checkLnd } from "../doctor_lnd.ts";
import { namesNode } from "../lnd_options.ts";

/** Something is wrong; the exit code is that of the gravest. */
class ChecksError extends LensError {
  override name = "ChecksError";
  constructor(message: string, override readonly exitCode: number) {
    super(message);
  }
}

/** `doctor`: looks at the set-up and says how to mend what is wrong. */
export async function run(
  options: CommandOptions<"doctor">,
  { print }: CommandContext,
): Promise<void> {
  const folder = options["data-dir"];
  const findings = [
    checkDeno(),
    await checkFolder(folder),
    await checkSpace(folder),
    await checkStore(folder),
    await checkModel(folder),
    await checkHttpPort(options.port),
    await checkWsPort(options["ws-port"]),
    await checkDrawing(),
    await checkDashboard(),
    ...(namesNode(options) || options["payment-macaroonpath"] ? await checkLnd(options) : []),
  ];
  const wrong = findings.filter(({ state }) => state === "wrong");
  if (options.json) print(JSON.stringify(findings, null, 2));
  else {
    const rows = findings.map(({ check, state, found }) => [state, check, found]);
    textTable(["", "what", "found"], rows).forEach(print);
    for (const { check, mend } of findings) {
      if (mend !== undefined) print(`\n${check}: ${mend}`);
    }
  }
  if (wrong.length > 0) {
    throw new ChecksError(
      `${wrong.length} of ${findings.length} checks found something wrong: ${
        wrong.map(({ check }) => check).join(", ")
      }`,
      Math.max(...wrong.map(({ exitCode = EXIT.failed }) => exitCode)),
    );
  }
}
