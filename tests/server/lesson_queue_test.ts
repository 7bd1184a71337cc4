import assert from "node:assert/strict";
import fc from "fast-check";
import { LessonQueue } from "../../lib/server/models/lesson_queue.ts";
import { eventFromUpdate, type LensEvent } from "../../lib/protocol/mod.ts";
import { channelBody, START_MS, testServer } from "./server_fixture.ts";

function events(from: number, count: number): LensEvent[] {
  return Array.from({ length: count }, (_, i) => eventFromUpdate(channelBody(`c${from + i}`), 0));
}

Deno.test("LessonQueue teaches everything once and in order, in bounded parts, and says when", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(1300), { maxLength: 6 }), async (sizes) => {
      const learned: LensEvent[] = [];
      const queue = new LessonQueue((part) => {
        assert.ok(part.length <= 500);
        learned.push(...part);
      });
      const all: LensEvent[] = [];
      await Promise.all(sizes.map((size) => {
        const mine = events(all.length, size);
        all.push(...mine);
        const end = all.length;
        return queue.add(mine).then(() => assert.ok(learned.length >= end));
      }));
      assert.deepEqual(learned, all);
      assert.equal(queue.waiting, 0);
    }),
    { numRuns: 20 },
  );
});

Deno.test("LensServer.ingest tells of stored events before it learns, and resolves after", async () => {
  const { server, dispose } = await testServer();
  let known = -1;
  await server.ingest(events(0, 1200), { onStored: () => known = server.channels.size });
  assert.equal(known, 0);
  assert.equal(server.channels.size, 1200);
  assert.equal(server.options.engine.nowMs, START_MS);
  await dispose();
});
