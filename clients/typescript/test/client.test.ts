import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { LeaseholdError, createClient, receiptOf } from "@leasehold/client";
import { someEnvironment, useServer } from "./server.js";

const server = useServer();

test("a lease is acquired, renewed, noted on, checked, retained, resumed and released", async () => {
  const client = server.company();
  const environment = await someEnvironment(client);
  const [runId, otherRun] = [randomUUID(), randomUUID()];
  const granted = await client.leases.acquire({
    environmentId: environment.id,
    heartbeatRunId: runId,
    ttlSeconds: 60,
    metadata: { step: "build" },
  });
  assert.equal(granted.status, "active");
  const renewed = await client.leases.renew(granted.id, { ttlSeconds: 600, fence: granted.fence });
  assert.ok((renewed.expiresAt ?? "") > (granted.expiresAt ?? ""));
  const noted = await client.leases.patchMetadata(granted.id, { host: "h", step: null });
  assert.deepEqual(noted.metadata, { host: "h" });
  assert.equal((await client.leases.check(granted.id, granted.fence)).id, granted.id);
  assert.equal((await client.leases.retain(granted.id)).status, "retained");
  const resumed = await client.leases.resume(granted.id, { heartbeatRunId: otherRun });
  assert.ok(resumed.fence > granted.fence);
  const stale = client.leases.release(granted.id, { fence: granted.fence });
  await assert.rejects(stale, { code: "stale_fence", status: 409, retry: "no" });
  const released = await client.leases.release(granted.id, { fence: resumed.fence });
  assert.equal(released.status, "released");
  const events = await client.leases.history(granted.id).all();
  assert.equal(events[0]?.eventType, "LeaseAcquired");
  assert.equal(events.at(-1)?.eventType, "Released");
});

test("a list gives all of its pages, one by one and at once", async () => {
  const client = server.company();
  const { id: environmentId } = await someEnvironment(client);
  for (let n = 0; n < 7; n += 1) await client.leases.acquire({ environmentId });
  const listed = client.leases.list({ environmentId, limit: 3 });
  assert.equal((await listed.page()).items.length, 3);
  const ids = new Set((await listed.all()).map((lease) => lease.id));
  assert.equal(ids.size, 7);
});

test("several values of a filter mean any of them", async () => {
  const client = server.company();
  const { id: environmentId } = await someEnvironment(client);
  const leases = [];
  for (let n = 0; n < 3; n += 1) leases.push(await client.leases.acquire({ environmentId }));
  await client.leases.release(leases[0]!.id, { status: "failed" });
  await client.leases.release(leases[1]!.id, { status: "expired" });
  const ended = await client.leases.list({ environmentId, status: ["failed", "expired"] }).all();
  assert.deepEqual(new Set(ended.map((l) => l.id)), new Set([leases[0]!.id, leases[1]!.id]));
});

test("the same key hears the same answer, and its receipt says so", async () => {
  const client = server.company();
  const { id: environmentId } = await someEnvironment(client);
  const key = randomUUID();
  const first = await client.leases.acquire({ environmentId }, { key });
  const again = await client.leases.acquire({ environmentId }, { key });
  assert.equal(again.id, first.id);
  assert.equal(receiptOf(first)?.replayed, false);
  assert.equal(receiptOf(again)?.replayed, true);
  assert.equal(receiptOf(again)?.key, key);
  assert.equal(receiptOf(again)?.position, receiptOf(first)?.position);
  const other = client.leases.acquire({ environmentId, provider: "other" }, { key });
  await assert.rejects(other, { code: "idempotency_mismatch", status: 422, key });
});

test("an error tells code, status, retry, key and evidence", async () => {
  const client = server.company();
  const environment = await someEnvironment(client, { capacity: 1 });
  const held = await client.leases.acquire({ environmentId: environment.id });
  const error = await client.leases.acquire({ environmentId: environment.id }).catch((e) => e);
  assert.ok(error instanceof LeaseholdError);
  assert.equal(error.code, "capacity_exhausted");
  assert.equal(error.status, 409);
  assert.equal(error.retry, "new_key");
  assert.ok(error.key);
  assert.equal(error.problem?.conflicting?.[0]?.leaseId, held.id);
});

test("a change for another version is refused", async () => {
  const client = server.company();
  const environment = await someEnvironment(client);
  const changed = await client.environments.update(
    environment.id,
    { description: "new" },
    { ifVersion: environment.version },
  );
  assert.equal(changed.description, "new");
  const late = client.environments.update(
    environment.id,
    { description: "late" },
    { ifVersion: environment.version },
  );
  await assert.rejects(late, { code: "version_mismatch", status: 412 });
});

test("a client without a company finds it by the id", async () => {
  const client = server.company();
  const { id: environmentId, companyId } = await someEnvironment(client);
  const lease = await client.leases.acquire({ environmentId });
  const everywhere = createClient({ baseUrl: server.url });
  assert.equal((await everywhere.leases.get(lease.id)).companyId, companyId);
  assert.equal((await everywhere.leases.release(lease.id)).status, "released");
  assert.equal((await everywhere.forCompany(companyId).leases.get(lease.id)).id, lease.id);
});

test("a run's leases are renewed, released and ended by one command each", async () => {
  const client = server.company();
  const { id: environmentId } = await someEnvironment(client);
  const heartbeatRunId = randomUUID();
  for (let n = 0; n < 2; n += 1) {
    await client.leases.acquire({ environmentId, heartbeatRunId, ttlSeconds: 60 });
  }
  assert.equal((await client.runs.renew(heartbeatRunId, 600)).length, 2);
  const released = await client.runs.release(heartbeatRunId, { status: "failed" });
  assert.deepEqual(released.released.map((lease) => lease.status), ["failed", "failed"]);
  const again = await client.runs.release(heartbeatRunId);
  assert.deepEqual(again, { released: [], errors: [] });
  await client.runs.end(heartbeatRunId, { outcome: "succeeded" });
  const late = client.leases.acquire({ environmentId, heartbeatRunId });
  await assert.rejects(late, { code: "run_ended", retry: "no" });
});

test("each command of a dispatch has its own verdict, and atomic ones stand together", async () => {
  const client = server.company();
  const { id: environmentId } = await someEnvironment(client, { capacity: 1 });
  const acquire = { type: "acquireLease", environmentId } as const;
  const verdicts = await client.dispatch([acquire, acquire]);
  assert.deepEqual(verdicts.map((verdict) => verdict.status), ["accepted", "refused"]);
  assert.equal(verdicts[1]?.error?.code, "capacity_exhausted");
  await client.leases.release(verdicts[0]!.lease!.id);
  const atomic = await client.dispatch([acquire, acquire], { atomic: true });
  assert.ok(atomic.every((verdict) => verdict.status !== "accepted"));
});

test("what was done is in the activity log, by the actor that the client stands for", async () => {
  const { companyId } = server.company();
  const actor = { type: "system", id: "heartbeat" } as const;
  const client = createClient({ baseUrl: server.url, companyId, actor });
  const { id: environmentId } = await someEnvironment(client);
  const lease = await client.leases.acquire({ environmentId });
  const [line] = await client.activity.list({ entityId: lease.id }).all();
  assert.equal(line?.action, "environment.lease_acquired");
  assert.equal(line?.actorId, "heartbeat");
});
