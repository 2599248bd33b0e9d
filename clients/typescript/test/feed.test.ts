/** The feed: every event once and in order, whatever happens to its connections. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type AddressInfo, type Socket, connect, createServer } from "node:net";
import { type TestContext, test } from "node:test";
import {
  type Client,
  type Feed,
  type LedgerEvent,
  createClient,
  cursorOf,
} from "@leasehold/client";
import { someEnvironment, useServer } from "./server.js";

const server = useServer();

/** A line to the server that can be cut, or fall silent, as often as a test likes. */
async function line(t: TestContext) {
  const open = new Set<Socket>();
  const target = new URL(server.url);
  let isSilent = false;
  const proxy = createServer((socket) => {
    const upstream = connect(Number(target.port), target.hostname);
    open.add(socket).add(upstream);
    socket.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
    upstream.on("error", () => socket.destroy()).on("close", () => socket.destroy());
    socket.pipe(upstream);
    upstream.on("data", (chunk) => isSilent || socket.write(chunk));
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of open) socket.destroy();
    open.clear();
  };
  t.after(() => {
    cut();
    proxy.close();
  });
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return { url, cut, silence: (silent: boolean) => void (isSilent = silent) };
}

async function write(client: Client, count: number): Promise<void> {
  const { id: environmentId } = await someEnvironment(client);
  for (let n = 1; n < count; n += 1) await client.leases.acquire({ environmentId });
}

async function taken(feed: Feed, count: number, each = (_: LedgerEvent) => {}) {
  const events: LedgerEvent[] = [];
  for await (const event of feed) {
    events.push(event);
    each(event);
    if (events.length === count) break;
  }
  return events;
}

const positions = (events: LedgerEvent[]) => events.map((event) => event.position);
const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, n) => n + from);

test("gives what was recorded before, and what is recorded meanwhile", async () => {
  const client = server.company();
  await write(client, 3);
  const feed = client.events.follow();
  let more: Promise<void> | undefined;
  const events = await taken(feed, 6, ({ position }) => {
    if (position === 3) more = write(client, 3);
  });
  await more;
  assert.deepEqual(positions(events), upTo(6));
  assert.equal(events[0]?.eventType, "Created");
  assert.equal(events[0]?.companyId, client.companyId);
});

test("goes on after a position, a cursor, or what comes next", async () => {
  const client = server.company();
  await write(client, 4);
  const first = await taken(client.events.follow({ after: 2 }), 1);
  assert.deepEqual(positions(first), [3]);
  const next = await taken(client.events.follow({ after: cursorOf(first[0]!) }), 1);
  assert.deepEqual(positions(next), [4]);
  const feed = client.events.follow({ after: "end" });
  const coming = taken(feed, 1);
  while (feed.cursor === "") await new Promise((resolve) => setTimeout(resolve, 5));
  await write(client, 1);
  assert.deepEqual(positions(await coming), [5]);
  assert.match(feed.cursor, /^\d+-5$/);
});

test("a line that is cut again and again loses nothing and doubles nothing", async (t) => {
  const { url, cut } = await line(t);
  const direct = server.company();
  const client = createClient({ baseUrl: url, companyId: direct.companyId });
  let interruptions = 0;
  const feed = client.events.follow({ onInterrupted: () => (interruptions += 1) });
  let writing = write(direct, 15);
  const events = await taken(feed, 60, ({ position }) => {
    if (position % 15 !== 0 || position === 60) return;
    cut();
    writing = write(direct, 15);
  });
  await writing;
  assert.deepEqual(positions(events), upTo(60));
  assert.ok(interruptions >= 3, `${interruptions} interruptions`);
});

test("a line that falls silent is given up and asked again", async (t) => {
  const { url, silence } = await line(t);
  const direct = server.company();
  await write(direct, 2);
  const client = createClient({ baseUrl: url, companyId: direct.companyId });
  const reasons: unknown[] = [];
  const onInterrupted = (error: unknown) => {
    reasons.push(error);
    silence(false);
  };
  const feed = client.events.follow({ silenceMs: 300, onInterrupted });
  const events = await taken(feed, 4, ({ position }) => {
    if (position !== 2) return;
    silence(true);
    void write(direct, 2);
  });
  assert.deepEqual(positions(events), upTo(4));
  assert.ok(reasons.length >= 1);
});

test("only events of the wanted names, and the cursor goes past the others", async () => {
  const client = server.company();
  await write(client, 3);
  const controller = new AbortController();
  const { signal } = controller;
  const feed = client.events.follow({ types: ["LeaseAcquired"], signal });
  const events = await taken(feed, 2);
  assert.deepEqual(positions(events), [2, 3]);
  await write(client, 1);
  const others = client.events.follow({ types: ["LeaseAcquired"], after: feed.cursor, signal });
  const quiet = taken(others, 1);
  while (!others.cursor.endsWith("-4")) await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort();
  assert.deepEqual(await quiet, []);
});

test("of all companies each event comes once and in its company's order", async (t) => {
  const { url, cut } = await line(t);
  const companies = [server.company(), server.company(), server.company()];
  const mine = new Set(companies.map((client) => client.companyId));
  const feed = createClient({ baseUrl: url }).events.follow({ after: "end" });
  const counts = new Map<string, number[]>();
  const coming = (async () => {
    let count = 0;
    for await (const event of feed) {
      if (!mine.has(event.companyId)) continue;
      counts.set(event.companyId, [...(counts.get(event.companyId) ?? []), event.position]);
      if ((count += 1) % 10 === 0) cut();
      if (count === 60) return;
    }
  })();
  while (feed.cursor === "") await new Promise((resolve) => setTimeout(resolve, 5));
  await Promise.all(companies.map((client) => write(client, 20)));
  await coming;
  for (const company of mine) assert.deepEqual(counts.get(company ?? ""), upTo(20));
});

test("ends without an error when its caller gives it up, listening or pausing", async () => {
  const client = server.company();
  const listening = client.events.follow({ signal: AbortSignal.timeout(200) });
  assert.deepEqual(await taken(listening, 1), []);
  const gone = createClient({ baseUrl: "http://127.0.0.1:1", companyId: randomUUID() });
  const pausing = gone.events.follow({ signal: AbortSignal.timeout(300) });
  assert.deepEqual(await taken(pausing, 1), []);
});

test("a refusal is no lost connection", async () => {
  const client = server.company();
  const refused = taken(client.events.follow({ after: "nonsense" }), 1);
  await assert.rejects(refused, { code: "invalid_request", status: 400 });
});

test("a restored log is said plainly", async () => {
  const client = server.company();
  await write(client, 2);
  const [, second] = await taken(client.events.follow(), 2);
  const other = cursorOf({ epoch: second!.epoch + 1, position: 2 });
  const error = await taken(client.events.follow({ after: other }), 1).catch((e) => e);
  assert.equal(error.name, "EpochChangedError");
  assert.equal(error.code, "epoch_changed");
  assert.equal(error.companyId, client.companyId);
  assert.equal(error.previousEpoch, second!.epoch + 1);
  assert.equal(error.epoch, second!.epoch);
});
