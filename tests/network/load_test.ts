import assert from "node:assert/strict";
import { InputError, seededRng } from "../../lib/core/mod.ts";
import {
  generateNetwork,
  initialBalances,
  loadNetwork,
  topologyFromNetwork,
  writeNetworkCsv,
} from "../../lib/network/mod.ts";

const folder = await Deno.makeTempDir({ prefix: "network_load_" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = `${folder}/${name}`;
  await Deno.writeFile(
    path,
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
  return path;
}

async function gzip(content: string): Promise<Uint8Array> {
  const stream = new Blob([content]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const lndPolicy = {
  fee_base_msat: "1000",
  fee_rate_milli_msat: "250",
  time_lock_delta: 80,
  min_htlc: "1000",
  max_htlc_msat: "990000000",
  disabled: false,
};
const edge = {
  channel_id: "811",
  node1_pub: "02aa",
  node2_pub: "03bb",
  capacity: "1000000",
  node1_policy: lndPolicy,
  node2_policy: null,
};
const graph = (...edges: unknown[]) =>
  JSON.stringify({
    nodes: [{ pub_key: "02aa", alias: "Ä" }, { pub_key: "03bb", alias: "b" }],
    edges,
  });

async function faultOf(path: string): Promise<string> {
  try {
    await loadNetwork(path);
  } catch (error) {
    assert(error instanceof InputError, String(error));
    return error.message.replaceAll(folder, "");
  }
  return "accepted";
}

Deno.test("loadNetwork reads LND's describegraph, plain and gzip, whatever the name", async () => {
  for (const content of [graph(edge), await gzip(graph(edge))]) {
    const network = await loadNetwork(await file("graph", content));
    assert.equal(network.nodeCount, 2);
    assert.equal(network.aliases[0], "Ä");
    assert.deepEqual(network.policy(0), {
      baseFeeMsat: 1000,
      feeRatePpm: 250,
      cltvDelta: 80,
      minHtlcMsat: 1000,
      maxHtlcMsat: 990_000_000,
      disabled: false,
    });
    assert.equal(network.policy(1), undefined);
  }
});

Deno.test("loadNetwork names file, member, what was found and what was expected", async () => {
  const cases: [string, unknown][] = [
    ['/g: edges.1.channel_id: found "811", expected each channel once', edge],
    ['/g: edges.1.node2: found "03cc", expected a known node', {
      ...edge,
      channel_id: "9",
      node2_pub: "03cc",
    }],
    ['/g: edges.1.node2: found "02aa", expected another node than node1', {
      ...edge,
      channel_id: "9",
      node2_pub: "02aa",
    }],
    [
      "/g: edges.1.capacity_sat: found -1, expected a whole number from 1 to 2100000000000000",
      { ...edge, channel_id: "9", capacity: "-1" },
    ],
    [
      '/g: edges.1.node1_policy.fee_rate_milli_msat: found "many", expected a whole number',
      { ...edge, channel_id: "9", node1_policy: { ...lndPolicy, fee_rate_milli_msat: "many" } },
    ],
    [
      "/g: edges.1.policy1.feeRatePpm: found 99999999999, expected a whole number from 0 to 4294967295",
      {
        ...edge,
        channel_id: "9",
        node1_policy: { ...lndPolicy, fee_rate_milli_msat: "99999999999" },
      },
    ],
    ["/g: edges.1: found 5, expected an object", 5],
  ];
  for (const [message, second] of cases) {
    assert.equal(await faultOf(await file("g", graph(edge, second))), message);
  }
});

Deno.test("loadNetwork leaves out what is wrong when told to, and tells of it", async () => {
  const faults: InputError[] = [];
  const network = await loadNetwork(
    await file("g", graph(edge, { ...edge, channel_id: "9", node2_pub: "03cc" }, edge)),
    { skipInvalid: (fault) => faults.push(fault) },
  );
  assert.equal(network.channelCount, 1);
  assert.deepEqual(faults.map((f) => f.fault.field), ["edges.1.node2", "edges.2.channel_id"]);
});

Deno.test("loadNetwork refuses files that are missing, empty, damaged or of another kind", async () => {
  assert.match(await faultOf(`${folder}/none`), /no such file/);
  assert.match(await faultOf(await file("e", "")), /an empty file/);
  const whole = await gzip(graph(edge));
  assert.match(
    await faultOf(await file("t", whole.subarray(0, whole.length - 12))),
    /damaged or truncated gzip/,
  );
  assert.match(await faultOf(await file("h", '{"nodes": [')), /\/h:1: found .*expected JSON/);
  assert.match(await faultOf(await file("k", '{"a": 1}')), /nodes: .*describegraph/);
  assert.match(await faultOf(await file("l", "a,b\n1,2\n")), /\/l:1: channel_id: .*column/);
  assert.match(await faultOf(await file("n", graph())), /no channels/);
  assert.match(await faultOf(await file("p", new Uint8Array([0x89, 0x50, 0, 1, 2]))), /CSV header/);
});

Deno.test("loadNetwork reads CSV with a free order of columns and balances", async () => {
  const path = await file(
    "c.csv",
    "node2,node1,capacity_sat,channel_id,node1_fee_rate_ppm,node1_balance_sat,remark\n" +
      "bob,alice,5000,1x1x1,70,1200,x\nbob,carol,6000,1x1x2,,,y\n",
  );
  const network = await loadNetwork(path);
  assert.deepEqual(network.nodeIds, ["alice", "bob", "carol"]);
  assert.equal(network.feeRatePpm[0], 70);
  assert.equal(network.policy(1), undefined);
  const balances = initialBalances(network, seededRng(1));
  assert.equal(balances.balanceMsat[0], 1_200_000);
  assert.equal(balances.balanceMsat[1], 3_800_000);
});

Deno.test("loadNetwork names line and field of CSV", async () => {
  const head = "channel_id,node1,node2,capacity_sat,node1_fee_rate_ppm\n";
  const fault = async (rows: string) => await faultOf(await file("c.csv", head + rows));
  assert.match(await fault("1,a,b,10,0\n2,a,b,-3,0\n"), /c\.csv:3: capacity_sat: found -3/);
  assert.match(await fault("1,a,b,10,0\n1,a,b,3,0\n"), /c\.csv:3: channel_id: found "1"/);
  assert.match(await fault("1,a,a,10,0\n"), /c\.csv:2: node2: found "a"/);
  assert.match(await fault("1,a,b,10,x\n"), /c\.csv:2: node1_fee_rate_ppm: found "x"/);
  assert.match(await fault("1,a,b,,0\n"), /c\.csv:2: capacity_sat: found ""/);
});

Deno.test("writeNetworkCsv writes what loadNetwork reads back", async () => {
  const network = generateNetwork({ nodes: 60, rng: seededRng(4) });
  const path = `${folder}/round.csv`;
  await writeNetworkCsv(path, network, (channel) => Math.floor(network.capacitySat[channel] / 3));
  const again = await loadNetwork(path);
  assert.deepEqual(again.channelIds, network.channelIds);
  for (let d = 0; d < 2 * network.channelCount; d++) {
    assert.deepEqual(again.policy(d), network.policy(d));
    assert.equal(again.nodeIds[again.source[d]], network.nodeIds[network.source[d]]);
  }
  assert.equal(again.givenBalanceSat[3], Math.floor(network.capacitySat[3] / 3));
  assert.equal(topologyFromNetwork(again, [])[0].channels.length, network.channelCount);
});

const direction = (source: string, destination: string, change = {}) => ({
  source,
  destination,
  short_channel_id: "700000x1x0",
  amount_msat: 5_000_000_000,
  active: true,
  base_fee_millisatoshi: 7,
  fee_per_millionth: 70,
  delay: 34,
  htlc_minimum_msat: 1,
  htlc_maximum_msat: 4_950_000_000,
  ...change,
});

Deno.test("loadNetwork reads Core Lightning's listchannels, with and without nodes", async () => {
  const channels = [
    direction("03bb", "02aa", { fee_per_millionth: 300, active: false }),
    direction("02aa", "03bb"),
    direction("02aa", "03cc", { short_channel_id: "2x2x2", amount_msat: "9000000msat" }),
  ];
  const nodes = [{ nodeid: "03bb", alias: "bob" }];
  for (const graph of [{ channels }, { channels, nodes }]) {
    const network = await loadNetwork(await file("cln.json", JSON.stringify(graph)));
    assert.deepEqual([network.nodeCount, network.channelCount], [3, 2]);
    const channel = network.channelOf("700000x1x0")!;
    assert.equal(network.capacitySat[channel], 5_000_000);
    assert.equal(network.capacitySat[network.channelOf("2x2x2")!], 9000);
    const alice = network.directionFrom(network.nodeOf("02aa")!, channel)!;
    assert.deepEqual(network.policy(alice), {
      baseFeeMsat: 7,
      feeRatePpm: 70,
      cltvDelta: 34,
      minHtlcMsat: 1,
      maxHtlcMsat: 4_950_000_000,
      disabled: false,
    });
    assert.deepEqual(
      [network.policy(alice ^ 1)?.feeRatePpm, network.policy(alice ^ 1)?.disabled],
      [300, true],
    );
    assert.equal(network.aliases[network.nodeOf("03bb")!], "nodes" in graph ? "bob" : "");
  }
});

Deno.test("loadNetwork names what is wrong in listchannels", async () => {
  const fault = async (...channels: unknown[]) =>
    await faultOf(await file("cln.json", JSON.stringify({ channels })));
  const good = direction("02aa", "03bb");
  assert.match(await fault(good, good), /channels\.1\.short_channel_id: .*each direction once/);
  assert.match(
    await fault(good, direction("03bb", "02aa", { amount_msat: 1 })),
    /channels\.1\.amount_msat: .*the same in both directions/,
  );
  assert.match(
    await fault(good, direction("03cc", "02aa")),
    /channels\.1\.source: .*same two nodes/,
  );
  assert.match(await fault(direction("a", "b", { delay: "x" })), /channels\.0\.delay: found "x"/);
  assert.match(await fault(direction("a", "a")), /node2: .*another node than node1/);
  assert.match(await fault(direction("a", "b", { amount_msat: -4000 })), /capacity_sat: found -4/);
});

Deno.test("loadNetwork reads a folder in CLoTH's form, balances included", async () => {
  const sub = `${folder}/cloth`;
  await Deno.mkdir(sub);
  const write = async (channels: string) => {
    await file("cloth/nodes_ln.csv", "id\n0\n1\n");
    await file("cloth/nodes_template.csv", "id\n");
    await file(
      "cloth/edges_ln.csv",
      "id,channel_id,counter_edge_id,from_node_id,to_node_id,balance,fee_base,fee_proportional,min_htlc,timelock\n" +
        "0,0,1,0,1,4300909,1000,1,1000,144\n1,0,0,1,0,45699091,2000,3,1,40\n",
    );
    await file(
      "cloth/channels_ln.csv",
      `id,edge1_id,edge2_id,node1_id,node2_id,capacity\n${channels}`,
    );
    return sub;
  };
  const network = await loadNetwork(await write("0,0,1,0,1,50000000\n"));
  assert.equal(network.capacitySat[0], 50_000);
  assert.equal(network.givenBalanceSat[0], 4300);
  assert.deepEqual(network.policy(1), {
    baseFeeMsat: 2000,
    feeRatePpm: 3,
    cltvDelta: 40,
    minHtlcMsat: 1,
    maxHtlcMsat: 50_000_000,
    disabled: false,
  });
  assert.match(
    await faultOf(await write("0,0,1,0,7,50000000\n")),
    /cloth\/channels_ln.csv:2: node2: found "7"/,
  );
  const edges = await Deno.readTextFile(`${sub}/edges_ln.csv`);
  await write("0,0,1,0,1,50000000\n");
  await file("cloth/edges_ln.csv", edges.replace(",144", ",x"));
  assert.match(await faultOf(sub), /edges_ln.csv:2: timelock: found "x", expected a whole number/);
  await file("cloth/edges_ln.csv", `${edges}2,9,3,0,1,x,1,1,1,1\n3,0,0,5,1,1,1,1,1,1\n`);
  const faults: string[] = [];
  await loadNetwork(sub, { skipInvalid: ({ message }) => faults.push(message) });
  assert.equal(faults.length, 2);
  assert.match(faults[0], /edges_ln.csv:4: channel_id: found "9", expected a known channel/);
  assert.match(
    faults[1],
    /edges_ln.csv:5: from_node_id: found "5", expected an end of channel 0: 0 or 1/,
  );
  await Deno.remove(`${sub}/edges_ln.csv`);
  assert.match(await faultOf(sub), /cloth: found \[\], expected one file edges\*\.csv/);
});
