/** Lost answers, refusals that pass, deadlines: nothing is done twice and nothing is left open. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { type ClientOptions, createClient, receiptOf } from "@leasehold/client";
import { Flaky } from "./flaky.js";
import { someEnvironment, useServer } from "./server.js";

const server = useServer();

async function flaky(t: TestContext, options: Partial<ClientOptions> = {}) {
  const proxy = await Flaky.before(server.url);
  t.after(() => proxy.close());
  const direct = server.company();
  const { companyId } = direct;
  const client = createClient({ baseUrl: proxy.url, companyId, ...options });
  const environment = await someEnvironment(direct);
  return { proxy, direct, client, environment };
}

test("after a lost answer the same key is asked for, and nothing is done twice", async (t) => {
  const { proxy, direct, client, environment } = await flaky(t);
  proxy.next("unanswered", "cut", "gateway", "unsent");
  const lease = await client.leases.acquire({ environmentId: environment.id });
  assert.equal(proxy.seen.length, 5);
  assert.equal(new Set(proxy.seen.map((seen) => seen.key)).size, 1);
  assert.equal(receiptOf(lease)?.replayed, true);
  const leases = await direct.leases.list({ environmentId: environment.id }).all();
  assert.deepEqual(leases.map((l) => l.id), [lease.id]);
});

test("a dispatch whose answer was lost is asked for under the same keys", async (t) => {
  const { proxy, direct, client, environment } = await flaky(t);
  proxy.next("unanswered");
  const acquire = { type: "acquireLease", environmentId: environment.id } as const;
  const verdicts = await client.dispatch([acquire, acquire]);
  assert.deepEqual(verdicts.map((verdict) => verdict.status), ["replayed", "replayed"]);
  assert.equal((await direct.leases.list({ environmentId: environment.id }).all()).length, 2);
});

test("a question whose answer was lost is asked again", async (t) => {
  const { proxy, client, environment } = await flaky(t);
  proxy.next("unanswered", "cut");
  assert.equal((await client.environments.get(environment.id)).id, environment.id);
  assert.equal(proxy.seen.length, 3);
});

test("an attempt that hangs is given up at its time and asked again", async (t) => {
  const { proxy, client, environment } = await flaky(t, { timeoutMs: 200 });
  proxy.next("hangs");
  const lease = await client.leases.acquire({ environmentId: environment.id });
  assert.equal(lease.status, "active");
  assert.equal(proxy.seen[0]?.key, proxy.seen[1]?.key);
});

test("at the deadline the caller hears the key, under which it can still be asked", async (t) => {
  const { proxy, client, environment } = await flaky(t, { deadlineMs: 400 });
  const asked = { environmentId: environment.id };
  proxy.next("unanswered");
  proxy.always = "unsent";
  const error = await client.leases.acquire(asked).catch((e) => e);
  assert.equal(error.code, "unreachable");
  assert.equal(error.retry, "same_key");
  assert.equal(error.status, null);
  proxy.always = undefined;
  const lease = await client.leases.acquire(asked, { key: error.key });
  assert.equal(receiptOf(lease)?.replayed, true);
});

test("a refusal is told at once, without patience", async (t) => {
  const { proxy, direct, client } = await flaky(t);
  const { id: environmentId } = await someEnvironment(direct, { capacity: 0 });
  await assert.rejects(client.leases.acquire({ environmentId }), { code: "capacity_exhausted" });
  assert.equal(proxy.seen.length, 1);
});

test("with patience a refusal that passes is asked again under new keys", async (t) => {
  const { proxy, direct, client } = await flaky(t);
  const { id: environmentId } = await someEnvironment(direct, { capacity: 1 });
  const held = await direct.leases.acquire({ environmentId });
  const waiting = client.leases.acquire({ environmentId }, { patienceMs: 20_000 });
  while (proxy.seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await direct.leases.release(held.id);
  assert.equal((await waiting).status, "active");
  const keys = proxy.seen.map((seen) => seen.key);
  assert.equal(new Set(keys).size, keys.length);
});

test("patience has its end, and under a key of the caller's there is none", async (t) => {
  const { proxy, direct, client } = await flaky(t);
  const { id: environmentId } = await someEnvironment(direct, { capacity: 0 });
  const impatient = client.leases.acquire({ environmentId }, { patienceMs: 150 });
  await assert.rejects(impatient, { code: "capacity_exhausted" });
  assert.ok(proxy.seen.length > 1);
  const before = proxy.seen.length;
  const keyed = client.leases.acquire({ environmentId }, { patienceMs: 150, key: randomUUID() });
  await assert.rejects(keyed, { code: "capacity_exhausted" });
  assert.equal(proxy.seen.length, before + 1);
});

test("what time cannot cure is not asked again", async (t) => {
  const { proxy, client, environment } = await flaky(t);
  const { id: environmentId } = environment;
  const wrong = client.leases.acquire({ environmentId, ttlSeconds: -1 }, { patienceMs: 5_000 });
  const error = await wrong.catch((e) => e);
  assert.equal(error.code, "invalid_request");
  assert.equal(error.problem.errors[0].field, "ttlSeconds");
  assert.equal(proxy.seen.length, 1);
});

test("a caller that gives up is heard at once", { timeout: 20_000 }, async (t) => {
  const { proxy, client, environment } = await flaky(t, { timeoutMs: 600_000, deadlineMs: 600_000 });
  proxy.always = "hangs";
  const controller = new AbortController();
  const { signal } = controller;
  const asking = client.leases.acquire({ environmentId: environment.id }, { signal });
  while (proxy.seen.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort(new Error("enough"));
  await assert.rejects(asking, { message: "enough" });
});

test("a server that nobody can reach is said to be unreachable, with the cause", async () => {
  const client = createClient({ baseUrl: "http://127.0.0.1:1", deadlineMs: 100 });
  const error = await client.leases.get(randomUUID()).catch((e) => e);
  assert.equal(error.code, "unreachable");
  assert.match(error.message, /ECONNREFUSED|bad port/);
});
