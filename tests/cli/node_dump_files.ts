/**
 * Writes what `lncli listchannels` and `lncli fwdinghistory` print of a node with two channels: the
 * first is empty, and everything wants to leave by it.
 */
export async function writeNodeDump(folder: string) {
  const write = async (name: string, value: unknown) => {
    await Deno.writeTextFile(`${folder}/${name}`, JSON.stringify(value));
    return `${folder}/${name}`;
  };
  const channel = (id: string, local: number) => ({
    active: true,
    remote_pubkey: `peer${id}`,
    channel_point: `${id}:0`,
    chan_id: id,
    capacity: "1000000",
    local_balance: String(local),
    remote_balance: String(1_000_000 - local),
  });
  return {
    channels: await write("channels.json", { channels: [channel("1", 0), channel("2", 900_000)] }),
    forwards: await write("forwards.json", {
      forwarding_events: Array.from({ length: 600 }, (_, i) => ({
        timestamp: String(1_700_000_000 + i * 1200),
        chan_id_in: "2",
        chan_id_out: "1",
        amt_in_msat: "30030000",
        amt_out_msat: "30000000",
      })),
    }),
  };
}
