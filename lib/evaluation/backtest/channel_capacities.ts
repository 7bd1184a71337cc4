import { InputError, MSAT_PER_SAT, openCsv, readJson, startsAsJson } from "../../core/mod.ts";
import { channelsOfPeers, withScid } from "../../nodes/mod.ts";
import { parseWith } from "../../protocol/mod.ts";
import { z } from "zod";

const lndSchema = z.object({
  channels: z.array(z.preprocess(
    withScid,
    z.object({
      chan_id: z.union([z.string(), z.number()]).transform(String),
      capacity: z.union([z.string().regex(/^\d+$/), z.number()]).transform(Number),
    }),
  )),
});
const clnSchema = z.object({
  channels: z.array(z.object({
    short_channel_id: z.string().optional(),
    total_msat: z.union([z.string().regex(/^\d+(msat)?$/), z.number()]).transform((value) =>
      Number(String(value).replace(/msat$/, ""))
    ),
  })),
});

/**
 * Capacities by channel id: a CSV file with `channel_id` and `capacity_sat` (or `capacity`), or the
 * JSON of `lncli listchannels` or `lightning-cli listpeerchannels`.
 *
 * @throws {InputError} for a file of another kind and for a capacity that is none
 */
export async function readCapacities(path: string): Promise<Map<string, number>> {
  if (!await startsAsJson(path)) return await csvCapacities(path);
  const value = await readJson(path);
  if (lndSchema.safeParse(value).success) {
    const { channels } = lndSchema.parse(value);
    return new Map(channels.map(({ chan_id, capacity }) => [chan_id, capacity]));
  }
  const { channels } = parseWith(clnSchema, channelsOfPeers(value), { file: path });
  return new Map(
    channels.flatMap(({ short_channel_id: id, total_msat: totalMsat }) =>
      id === undefined ? [] : [[id, totalMsat / MSAT_PER_SAT] as const]
    ),
  );
}

async function csvCapacities(path: string): Promise<Map<string, number>> {
  const { columns, records } = await openCsv(path);
  const column = ["capacity_sat", "capacity"].find((name) => columns.includes(name));
  if (column === undefined || !columns.includes("channel_id")) {
    throw new InputError({
      file: path,
      line: 1,
      found: columns.join(","),
      expected: "the columns channel_id and capacity_sat",
    });
  }
  const capacities = new Map<string, number>();
  for await (const { line, row } of records) {
    const capacitySat = Number(row[column]);
    if (!(capacitySat > 0)) {
      throw new InputError({
        ...{ file: path, line, field: column, found: row[column] },
        expected: "satoshis, 1 or more",
      });
    }
    capacities.set(row.channel_id, capacitySat);
  }
  return capacities;
}
