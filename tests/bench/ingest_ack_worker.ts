/** The sender of the acknowledgement benchmark, in a thread of its own. */
import { START_MS } from "../server/server_fixture.ts";

const TICK_MS = 5;
/** Untold events at most, below what the server lets wait: a sender that falls behind holds back. */
const MOST_UNTOLD = 15_000;
/** Both sides run into their stride before it counts. */
const WARM_UP_SECONDS = 1;

/** What is to be sent, and where to. */
export interface AckOrder {
  uri: string;
  seconds: number;
  eventsASecond: number;
}

/** How long each event waited from when it was due, and how many a second were told stored. */
export interface AckAnswer {
  latenciesMs: Float64Array;
  rate: number;
}

const scope = self as unknown as {
  onmessage: (event: MessageEvent<AckOrder>) => void;
  postMessage(answer: AckAnswer): void;
};
scope.onmessage = async ({ data }) => scope.postMessage(await converse(data));

function message(seq: number): string {
  const data = {
    node: "alice",
    in_channel: `c${seq % 50}`,
    out_channel: `c${(seq * 7 + 1) % 50}`,
    in_amount_msat: 1_000_000 + seq,
    out_amount_msat: 999_000 + seq,
    outcome: "settled",
  };
  const timestamp = new Date(START_MS + seq * 1000).toISOString();
  return JSON.stringify({ type: "forward", v: 1, seq, timestamp, event_id: `e${seq}`, data });
}

async function converse({ uri, seconds, eventsASecond }: AckOrder): Promise<AckAnswer> {
  const total = eventsASecond * (WARM_UP_SECONDS + seconds);
  const dueMs = new Float64Array(total + 1), latenciesMs = new Float64Array(total);
  const socket = new WebSocket(uri);
  let told = 0;
  const finished = new Promise<void>((resolve, reject) => {
    socket.onclose = ({ code }) => reject(new Error(`the server hung up with ${code}`));
    socket.onmessage = ({ data }) => {
      const nowMs = performance.now();
      const { type, data: { up_to: upTo } } = JSON.parse(data);
      if (type !== "stored") return reject(new Error(`found ${data}, expected stored`));
      for (; told < upTo; told++) latenciesMs[told] = nowMs - dueMs[told + 1];
      if (told === total) resolve();
    };
  });
  await new Promise((resolve) => socket.onopen = resolve);
  socket.send(JSON.stringify({
    type: "register",
    v: 1,
    seq: 0,
    timestamp: "2024-09-22T00:00:00Z",
    data: { client: "bench", wants: ["stored"] },
  }));
  const startMs = performance.now();
  let seq = 0;
  const timer = setInterval(() => {
    // As many as are due by now: a late tick makes up for itself. Who waits does so from when the
    // event was due, whether it could be sent then or not.
    const due = Math.min(total, eventsASecond * (performance.now() - startMs) / 1000);
    while (seq < due && seq - told < MOST_UNTOLD) {
      dueMs[++seq] = startMs + seq / eventsASecond * 1000;
      socket.send(message(seq));
    }
  }, TICK_MS);
  await finished;
  clearInterval(timer);
  const rate = total / (performance.now() - startMs) * 1000;
  socket.onclose = null;
  socket.close();
  return { latenciesMs: latenciesMs.slice(eventsASecond * WARM_UP_SECONDS), rate };
}
