/** Intent first, and the queue of what is left at providers. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { environmentService } from "@leasehold/client";
import { someEnvironment, useServer } from "./server.js";

const server = useServer();

async function scene() {
  const client = server.company();
  const { id: environmentId } = await someEnvironment(client, { driver: "sandbox" });
  const asked = { environmentId, heartbeatRunId: randomUUID(), provider: "fake" };
  return { client, environmentId, asked };
}

test("a reserved lease is activated with what the provider made", async () => {
  const { client, asked } = await scene();
  const reserved = await client.leases.reserve({ ...asked, deadlineSeconds: 60, ttlSeconds: 300 });
  assert.equal(reserved.phase, "reserved");
  const providerLeaseId = "sandbox://made";
  const active = await client.leases.activate(reserved.id, { providerLeaseId });
  assert.equal(active.phase, "active");
  assert.equal(active.providerLeaseId, providerLeaseId);
  assert.equal(active.expiryMode, "enforced");
});

test("what may have been made is claimed, renewed, put off, failed and cleaned up", async () => {
  const { client, environmentId, asked } = await scene();
  const { id } = await client.leases.reserve(asked);
  await client.leases.abandon(id, { reason: "the provider did not answer", maybeCreated: true });
  const [listed] = await client.cleanups.list({ environmentId }).all();
  assert.equal(listed?.leaseId, id);
  const [claimed, ...none] = await client.cleanups.claim({ owner: "janitor-1", limit: 10 });
  assert.equal(none.length, 0);
  assert.equal(claimed?.provider, "fake");
  assert.equal(claimed?.environment?.id, environmentId);
  assert.deepEqual(await client.cleanups.claim({ owner: "janitor-2" }), []);
  const claimFence = claimed?.claimFence ?? 0;
  await client.cleanups.renew(id, { claimFence, ttlSeconds: 60 });
  const stale = client.cleanups.succeed(id, { claimFence: claimFence - 1, proof: {} });
  await assert.rejects(stale, { status: 409 });
  const proof = { state: "destroyed" };
  const clean = await client.cleanups.succeed(id, { claimFence, proof });
  assert.equal(clean.cleanupStatus, "success");
  assert.deepEqual(await client.cleanups.list({ environmentId }).all(), []);
});

test("an attempt that fails, and one that is put off, come again later", async () => {
  const { client, environmentId, asked } = await scene();
  for (const step of ["fail", "defer"] as const) {
    const { id } = await client.leases.reserve(asked);
    await client.leases.abandon(id, { reason: "unknown", maybeCreated: true });
    const [claimed] = await client.cleanups.claim({ owner: "janitor" });
    const claimFence = claimed?.claimFence ?? 0;
    const message = "worker is not running";
    if (step === "fail") await client.cleanups.fail(id, { claimFence, kind: "offline", message });
    else await client.cleanups.defer(id, { claimFence, seconds: 60, message });
    const all = await client.cleanups.list({ environmentId }).all();
    const item = all.find((one) => one.leaseId === id);
    assert.ok((item?.dueAt ?? "") > (claimed?.dueAt ?? ""));
    assert.equal(item?.attempt, step === "fail" ? 1 : 0);
  }
});

test("an orphan of environmentService is a janitor's work, with all that it needs", async () => {
  const { client, environmentId } = await scene();
  const svc = environmentService(client);
  const orphan = await svc.insertPendingCleanupLease({
    ...{ companyId: client.companyId ?? "", environmentId, provider: "fake" },
    ...{ providerLeaseId: "sandbox://left", metadata: { region: "eu" } },
    failureReason: "the insert was rejected",
  });
  const [item] = await client.cleanups.claim({ owner: "janitor" });
  assert.equal(item?.leaseId, orphan.id);
  assert.equal(item?.providerLeaseId, "sandbox://left");
  assert.deepEqual(item?.metadata, { region: "eu" });
  await client.cleanups.succeed(orphan.id, { claimFence: item?.claimFence ?? 0 });
  assert.equal(await svc.hasUnresolvedPendingCleanupLeases(environmentId), false);
});
