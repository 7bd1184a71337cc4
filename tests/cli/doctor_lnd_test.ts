import assert from "node:assert/strict";
import { join } from "node:path";
import { runProgram } from "../../lib/cli/mod.ts";
import { EXIT } from "../../lib/core/mod.ts";
import { PAYING_PERMISSIONS } from "../../lib/nodes/mod.ts";
import { macaroonOf } from "../nodes/macaroon_bytes.ts";
import { lines, type MockAnswers, MockLnd, refusing } from "../nodes/mock_lnd.ts";
import { captured } from "./captured.ts";

const TRACK_NOTHING = `GET /v2/router/track/${"A".repeat(43)}=`;
const UNKNOWN = lines([{ error: { code: 5, message: "payment isn't initiated" } }]);

/** What doctor finds at a node, with a macaroon for paying where one is given. */
async function examined(answers: MockAnswers, paying?: { permissions: string[]; mode: number }) {
  const mock = await MockLnd.start(answers);
  try {
    const path = join(mock.folder, "pay.macaroon");
    if (paying !== undefined) {
      const operations = paying.permissions.map((text): [string, string] => {
        const [entity, ...action] = text.split(":");
        return [entity, action.join(":")];
      });
      await Deno.writeFile(path, macaroonOf(operations), { mode: paying.mode });
      await Deno.chmod(path, paying.mode);
    }
    const more = paying === undefined ? [] : ["--payment-macaroonpath", path];
    const { code, lines } = await captured(() =>
      runProgram(["doctor", ...mock.options, "--port=0", "--ws-port=0", "--json", ...more])
    );
    const findings: { check: string; state: string; found: string; mend?: string }[] = JSON.parse(
      lines.join("\n"),
    );
    return {
      code,
      folder: mock.folder,
      of: (check: string) => findings.find((f) => f.check === check)!,
    };
  } finally {
    await mock.stop();
  }
}

Deno.test("doctor prints lines that fit the node and finds what they make", async () => {
  const { code, folder, of } = await examined({});
  assert.equal(code, EXIT.done);
  assert.equal(of("node").state, "ok");
  assert.match(of("credential").found, /lightning-lens\.macaroon allows .*: reads, can't pay/);
  const { mend } = of("credential");
  const path = `${folder}/lightning-lens-execute.macaroon`;
  assert.ok(
    mend!.includes(`lncli --lnddir=${folder} bakemacaroon --save_to ${path} uri:`),
    String(mend),
  );
  assert.ok(mend!.endsWith(`&& chmod 600 ${path}`));
});

Deno.test("doctor says which method a macaroon lacks before recommend stumbles over it", async () => {
  const { code, of } = await examined({ "POST /v1/switch": refusing(500, "permission denied") });
  assert.equal(code, EXIT.refused);
  assert.match(of("node").found, /does not allow this/);
});

Deno.test("doctor looks at the macaroon for paying, and pays nothing", async () => {
  const permissions = [...PAYING_PERMISSIONS];
  const check = "paying credential", known = { [TRACK_NOTHING]: UNKNOWN };
  const good = await examined(known, { permissions, mode: 0o600 });
  assert.deepEqual([good.code, good.of(check).state], [EXIT.done, "ok"]);
  assert.match(good.of(check).found, /pay, and no more; routes are our own/);
  const exposed = await examined(known, { permissions, mode: 0o644 });
  assert.deepEqual([exposed.code, exposed.of(check).state], [EXIT.done, "note"]);
  assert.match(exposed.of(check).mend!, /chmod 600/);
  const weak = await examined(known, { permissions: permissions.slice(1), mode: 0o600 });
  assert.equal(weak.code, EXIT.refused);
  assert.match(weak.of(check).mend!, /bakemacaroon .*lightning-lens-execute/);
  const strong = await examined(known, {
    permissions: ["onchain:write", ...permissions],
    mode: 0o600,
  });
  assert.match(
    strong.of(check).found,
    /allows more than carrying out rebalances \(onchain:write\)/,
  );
  const refused = { [TRACK_NOTHING]: refusing(500, "verification failed: signature mismatch") };
  assert.equal((await examined(refused, { permissions, mode: 0o600 })).code, EXIT.refused);
});
