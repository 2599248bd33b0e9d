/** Work under a lease: renewed, released, and told when the lease is lost. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { test } from "node:test";
import {
  type Client,
  type Held,
  LeaseLostError,
  createClient,
  withLease,
} from "@leasehold/client";
import { Flaky } from "./flaky.js";
import { someEnvironment, useServer } from "./server.js";

const server = useServer();

async function scene(ttlSeconds = 30) {
  const client = server.company();
  const { id: environmentId } = await someEnvironment(client);
  return { client, request: { environmentId, heartbeatRunId: randomUUID(), ttlSeconds } };
}

/** Ends when the lease is lost or the caller gives up, as work that listens does. */
const untilAborted = async ({ signal }: Held): Promise<never> => {
  if (!signal.aborted) await once(signal, "abort");
  throw signal.reason;
};

const renewals = async (client: Client, leaseId: string) =>
  (await client.leases.history(leaseId).all()).filter((e) => e.eventType === "LeaseRenewed");

async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`never came to be: ${what}`);
}

test("work has the lease, its result is returned, and the lease is released", async () => {
  const { client, request } = await scene();
  const leaseId = await withLease(client, request, async ({ lease, signal }) => {
    assert.equal((await client.leases.get(lease.id)).status, "active");
    assert.equal(signal.aborted, false);
    return lease.id;
  });
  assert.equal((await client.leases.get(leaseId)).status, "released");
});

test("the lease is renewed for as long as the work goes on", async () => {
  const { client, request } = await scene(3_600);
  await withLease(
    client,
    { ...request, ttlSeconds: 2 },
    async ({ lease }) => {
      const renewed = async () => (await renewals(client, lease.id)).length >= 3;
      await eventually("three renewals", renewed);
    },
    { renewEveryMs: 300 },
  );
});

test("work that throws fails the lease with its reason, and its error comes through", async () => {
  const { client, request } = await scene();
  let leaseId = "";
  const failing = withLease(client, request, async ({ lease }) => {
    leaseId = lease.id;
    throw new Error("exit code 137\0: ".padEnd(9_000, "ü"));
  });
  await assert.rejects(failing, /^Error: exit code 137/);
  const ended = await client.leases.get(leaseId);
  assert.equal(ended.status, "failed");
  assert.match(ended.failureReason ?? "", /^exit code 137: ü+…$/);
});

test("a lease that another ended is lost: the signal says so, and so does the error", async () => {
  const { client, request } = await scene();
  let leaseId = "";
  const working = withLease(
    client,
    request,
    async (held) => {
      leaseId = held.lease.id;
      await client.leases.release(leaseId, { status: "expired", failureReason: "operator" });
      return untilAborted(held);
    },
    { renewEveryMs: 50 },
  );
  const error = await working.catch((e) => e);
  assert.ok(error instanceof LeaseLostError);
  assert.equal(error.code, "lease_lost");
  assert.equal(error.lease.id, leaseId);
  assert.equal(error.problem?.code, "lease_ended");
  assert.equal((await client.leases.get(leaseId)).failureReason, "operator");
});

test("a lease that another resumed is lost by its fence", async () => {
  const { client, request } = await scene();
  const working = withLease(
    client,
    request,
    async (held) => {
      await client.leases.retain(held.lease.id);
      await client.leases.resume(held.lease.id, { heartbeatRunId: randomUUID() });
      return untilAborted(held);
    },
    { renewEveryMs: 50 },
  );
  const error = await working.catch((e) => e);
  assert.ok(error instanceof LeaseLostError);
  assert.equal(error.problem?.code, "stale_fence");
  assert.equal((await client.leases.get(error.lease.id)).status, "active");
});

test("work that did not notice hears at its end that the lease had gone", async () => {
  const { client, request } = await scene();
  const working = withLease(client, request, async ({ lease }) => {
    await client.leases.release(lease.id, { status: "failed" });
    return "done";
  });
  await assert.rejects(working, { name: "LeaseLostError" });
});

test("without an answer the lease is lost before its promise is over", async (t) => {
  const { client, request } = await scene(4);
  const proxy = await Flaky.before(server.url);
  t.after(() => proxy.close());
  const { companyId } = client;
  const behind = createClient({ baseUrl: proxy.url, companyId, deadlineMs: 1_000 });
  let leftMs = -Infinity;
  const working = withLease(behind, request, async (held) => {
    proxy.always = "unsent";
    await untilAborted(held).catch(() => undefined);
    leftMs = Date.parse(held.lease.expiresAt ?? "") - Date.now();
    return "not noticed";
  });
  const error = await working.catch((e) => e);
  assert.ok(error instanceof LeaseLostError);
  assert.ok(leftMs > 0, `the signal came ${-leftMs} ms after the promised time`);
  assert.match(error.message, /no renewal was confirmed/);
});

test("after a renewal too, the lease is lost before its stored expiry", async (t) => {
  const { client, request } = await scene(5);
  const proxy = await Flaky.before(server.url);
  t.after(() => proxy.close());
  const { companyId } = client;
  const behind = createClient({ baseUrl: proxy.url, companyId, deadlineMs: 1_000 });
  let leftMs = -Infinity;
  const working = withLease(
    behind,
    request,
    async (held) => {
      const renewed = async () => proxy.seen.some((seen) => seen.path.endsWith("/renew"));
      await eventually("a renewal", renewed);
      proxy.always = "unsent";
      await untilAborted(held).catch(() => undefined);
      const now = Date.now();
      leftMs = Date.parse((await client.leases.get(held.lease.id)).expiresAt ?? "") - now;
    },
    // Early enough that the ledger leaves the expiry as it was granted.
    { renewEveryMs: 150 },
  );
  await assert.rejects(working, { name: "LeaseLostError" });
  assert.ok(leftMs > 0, `the signal came ${-leftMs} ms after the stored expiry`);
});

test("a renewal whose answers are lost for a while loses nothing", async (t) => {
  const { client, request } = await scene(5);
  const proxy = await Flaky.before(server.url);
  t.after(() => proxy.close());
  const { companyId } = client;
  const behind = createClient({ baseUrl: proxy.url, companyId });
  const held = await withLease(
    behind,
    request,
    async ({ lease, signal }) => {
      proxy.next("unanswered", "unsent", "gateway");
      const renewed = async () => proxy.seen.filter((s) => s.path.endsWith("/renew")).length > 4;
      await eventually("renewals after the faults", renewed);
      assert.equal(signal.aborted, false);
      return lease;
    },
    { renewEveryMs: 100 },
  );
  assert.equal((await client.leases.get(held.id)).status, "released");
});

test("a caller that gives up ends the work, and the lease as a cancelled run's", async () => {
  const { client, request } = await scene();
  const controller = new AbortController();
  let leaseId = "";
  const working = withLease(
    client,
    request,
    (held) => {
      leaseId = held.lease.id;
      controller.abort(new Error("stopped by its user"));
      return untilAborted(held);
    },
    { signal: controller.signal },
  );
  await assert.rejects(working, { message: "stopped by its user" });
  const ended = await client.leases.get(leaseId);
  assert.equal(ended.status, "expired");
  assert.equal(ended.failureReason, "stopped by its user");
});

test("a grant that is told a second time is renewed before the work begins", async (t) => {
  const { client, request } = await scene();
  const proxy = await Flaky.before(server.url);
  t.after(() => proxy.close());
  const { companyId } = client;
  const behind = createClient({ baseUrl: proxy.url, companyId });
  const key = randomUUID();
  const granted = await client.leases.acquire(request, { key });
  const seen = await withLease(
    behind,
    request,
    async ({ lease }) => {
      assert.equal(lease.id, granted.id);
      return proxy.seen.map(({ path }) => path.split("/").at(-1));
    },
    { key },
  );
  assert.deepEqual(seen, ["leases", "renew"]);
  assert.equal((await client.leases.get(granted.id)).status, "released");
});

test("a refused acquisition never begins the work", async () => {
  const client = server.company();
  const { id: environmentId } = await someEnvironment(client, { capacity: 0 });
  const work = async () => assert.fail("began without a lease");
  const refused = withLease(client, { environmentId, ttlSeconds: 30 }, work);
  await assert.rejects(refused, { code: "capacity_exhausted" });
});

test("work that is done stays done when the release cannot be told", async (t) => {
  const { client, request } = await scene();
  const proxy = await Flaky.before(server.url);
  t.after(() => proxy.close());
  const { companyId } = client;
  const behind = createClient({ baseUrl: proxy.url, companyId, deadlineMs: 200 });
  const told: string[] = [];
  const result = await withLease(
    behind,
    request,
    async () => {
      proxy.always = "unsent";
      return "done";
    },
    { onReleaseFailed: (error) => told.push(error.code) },
  );
  assert.equal(result, "done");
  assert.deepEqual(told, ["unreachable"]);
});
