import assert from "node:assert/strict";
import { createServer } from "node:http";
import { join } from "node:path";
import { EXIT } from "../../lib/core/mod.ts";
import { lens } from "./lens_process.ts";
import { LndNetwork } from "./network.ts";
import { freePorts } from "./processes.ts";
import { TestNode } from "./test_node.ts";

Deno.test("recommend and doctor say in one sentence what is wrong with a node", async (t) => {
  const network = await LndNetwork.start();
  const { alice, bob } = network.nodes;
  const data = await Deno.makeTempDir();
  const usual = ["--lnddir", bob.lndDir, "--restserver", bob.restServer, "--network", "simnet"];
  const refuses = async (args: string[], code: number, says: RegExp) => {
    const { code: found, stderr } = await lens(["recommend", "--data-dir", data, ...args]);
    assert.match(stderr, says);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
    assert.equal(found, code);
    await nothingSecret(network, stderr);
  };
  try {
    await t.step("a node that is not there", async () => {
      const [port] = freePorts(1);
      const args = ["--lnddir", bob.lndDir, "--restserver", `127.0.0.1:${port}`];
      await refuses([...args, "--network", "simnet"], EXIT.unreachable, /nothing answers at/);
    });

    await t.step("a name that nobody knows", () =>
      refuses(
        ["--lnddir", bob.lndDir, "--restserver", "no-such-host.invalid:1", "--network", "simnet"],
        EXIT.unreachable,
        /not known|nothing answers|failed/,
      ));

    await t.step("something that is no LND", async () => {
      const [port] = freePorts(1);
      const server = createServer((_, response) => response.end("hello")).listen(port, "127.0.0.1");
      await refuses(
        ["--lnddir", bob.lndDir, "--restserver", `127.0.0.1:${port}`, "--network", "simnet"],
        EXIT.unreachable,
        /does not speak TLS/,
      );
      await new Promise((resolve) => server.close(resolve));
    });

    await t.step("another certificate than the node's", () =>
      refuses(
        [...usual, "--tlscertpath", join(alice.lndDir, "tls.cert")],
        EXIT.refused,
        /does not have the certificate that was given/,
      ));

    await t.step("the macaroon of another node", () =>
      refuses(
        [...usual, "--macaroonpath", join(alice.macaroonDir, "readonly.macaroon")],
        EXIT.refused,
        /made by another node or for another network/,
      ));

    await t.step("a macaroon that allows too little", () =>
      refuses(
        [...usual, "--macaroonpath", join(bob.macaroonDir, "lightning-lens-blind.macaroon")],
        EXIT.input,
        /no such file/,
      ).then(async () => {
        const path = await bob.bake("blind.macaroon", ["info:read"]);
        await refuses([...usual, "--macaroonpath", path], EXIT.refused, /does not allow this/);
      }));

    await t.step("a macaroon that allows too much, unless insisted", async () => {
      const admin = [...usual, "--macaroonpath", join(bob.macaroonDir, "admin.macaroon")];
      await refuses(admin, EXIT.refused, /allows more than reading/);
      const insisted = await lens([
        "recommend",
        "--data-dir",
        data,
        ...admin,
        "--allow-admin-macaroon",
      ]);
      assert.equal(insisted.code, EXIT.done, insisted.stderr);
    });

    await t.step("another network than the node's", async () => {
      const macaroon = ["--macaroonpath", join(bob.macaroonDir, "readonly.macaroon")];
      const other = [...usual.slice(0, 4), "--network", "regtest"];
      await refuses([...other, ...macaroon], EXIT.refused, /is on simnet, not on regtest/);
      await refuses(other, EXIT.input, /this directory is for simnet/);
    });

    await t.step("a file that is no macaroon, and one that is no certificate", async () => {
      const cert = join(bob.lndDir, "tls.cert");
      await refuses([...usual, "--macaroonpath", cert], EXIT.input, /expected a macaroon of LND/);
      const macaroon = join(bob.macaroonDir, "readonly.macaroon");
      await refuses([...usual, "--tlscertpath", macaroon], EXIT.input, /a certificate in PEM/);
    });

    await t.step("a node without a wallet, and one whose wallet is locked", async () => {
      const [peers, rpc, rest] = freePorts(3);
      const ports = { peers, rpc, rest };
      const eve = new TestNode(
        "eve",
        network.folder,
        network.lndBinary,
        network.bitcoin.lndFlags(),
        ports,
      );
      const args = [
        ...["--lnddir", eve.lndDir, "--restserver", eve.restServer, "--network", "simnet"],
        ...["--macaroonpath", join(bob.macaroonDir, "readonly.macaroon")],
      ];
      await eve.startLocked();
      await refuses(args, EXIT.unreachable, /has no wallet yet/);
      await eve.makeWallet("password");
      await eve.stop();
      await eve.startLocked();
      await refuses(args, EXIT.unreachable, /wallet .* is locked: unlock it/);
      await eve.stop();
    });

    await t.step("doctor ends with the same exit code, and bakes what is enough", async () => {
      const seen = await lens(["doctor", "--data-dir", data, ...usual]);
      assert.match(seen.stdout, /reads, can't pay/);
      assert.match(seen.stdout, /bakemacaroon .*execute.* uri:\/routerrpc.Router\/SendPaymentV2/);
      const admin = join(bob.macaroonDir, "admin.macaroon");
      const warned = await lens(["doctor", "--data-dir", data, ...usual, "--macaroonpath", admin]);
      assert.equal(warned.code, EXIT.refused, warned.stderr);
      const line = /lncli .*bakemacaroon --save_to \S+ (.*)/.exec(warned.stdout)![1];
      const baked = await bob.bake("baked.macaroon", line.trim().split(" "));
      const read = await lens([
        "recommend",
        "--data-dir",
        data,
        ...usual,
        "--macaroonpath",
        baked,
      ]);
      assert.equal(read.code, EXIT.done, read.stderr);
      await nothingSecret(network, seen.stdout + warned.stdout + warned.stderr);
    });
  } finally {
    await network.stop();
    await Deno.remove(data, { recursive: true });
  }
});

/** No macaroon of any node stands in a text, in any form in which it could. */
async function nothingSecret(network: LndNetwork, text: string): Promise<void> {
  for (const node of network.all()) {
    for (const name of ["admin", "readonly"]) {
      const bytes = await Deno.readFile(join(node.macaroonDir, `${name}.macaroon`));
      // The signature at its end is the secret part.
      const secret = bytes.subarray(-32);
      for (const form of [secret.toHex(), secret.toBase64()]) {
        assert.ok(!text.includes(form.slice(0, 40)), "a macaroon was shown");
      }
    }
  }
}
