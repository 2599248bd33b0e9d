/** What `environmentService` returns where others throw: nulls, empty lists, ends as they are. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { createClient, environmentService } from "@leasehold/client";
import { service } from "./paperclip.js";
import { useServer } from "./server.js";

const server = useServer();
const fresh = () => service(server.company());

test("what is not there is null, and its leases are none", async () => {
  const { svc } = fresh();
  const nobody = randomUUID();
  assert.equal(await svc.getById(nobody), null);
  assert.equal(await svc.getLeaseById(nobody), null);
  assert.equal(await svc.update(nobody, { name: "x" }), null);
  assert.equal(await svc.releaseLease(nobody, "failed", { failureReason: "x" }), null);
  assert.equal(await svc.releaseLease(nobody, "retained"), null);
  assert.equal(await svc.updateLeaseMetadata(nobody, {}), null);
  assert.deepEqual(await svc.listLeases(nobody), []);
  assert.deepEqual(await svc.releaseLeasesForRun(nobody), []);
});

test("what is no id at all throws", async () => {
  const { svc } = fresh();
  await assert.rejects(svc.getById("nonsense"), { status: 400 });
  await assert.rejects(svc.getLeaseById("nonsense"), { status: 400 });
  await assert.rejects(svc.listLeases("nonsense", { status: "active" }), { status: 400 });
});

test("a filter's word that no row has matches none", async () => {
  const { svc, companyId, environment } = fresh();
  const { id } = await environment();
  assert.deepEqual(await svc.list(companyId, { status: "paused" }), []);
  assert.deepEqual(await svc.list(companyId, { driver: "moon" }), []);
  assert.deepEqual(await svc.listLeases(id, { status: "paused" }), []);
  assert.equal((await svc.list({ driver: "ssh" })).length, 1);
});

test("the defaults of a new environment are Paperclip's", async () => {
  const { svc, companyId } = fresh();
  const made = await svc.create(companyId, { name: "box", driver: "ssh" });
  const { id, createdAt, updatedAt, ...rest } = made;
  assert.deepEqual(rest, {
    ...{ companyId, name: "box", description: null, driver: "ssh", status: "active" },
    ...{ config: {}, envVars: {}, metadata: null },
  });
  assert.deepEqual(await svc.getById(id), made);
  assert.ok(createdAt <= updatedAt);
});

test("an update changes what is given, and null clears", async () => {
  const { svc, environment } = fresh();
  const made = await environment({ description: "a", metadata: { a: 1 }, config: { b: 2 } });
  const changed = await svc.update(made.id, { description: null, metadata: null, name: undefined });
  assert.equal(changed?.name, made.name);
  assert.equal(changed?.description, null);
  assert.equal(changed?.metadata, null);
  assert.deepEqual(changed?.config, { b: 2 });
});

test("a list is whole, however many pages it has", async () => {
  const { svc, client, companyId, environment } = fresh();
  const { id: environmentId } = await environment();
  const acquire = { type: "acquireLease", environmentId } as const;
  const verdicts = await client.dispatch(Array.from({ length: 620 }, () => acquire));
  assert.ok(verdicts.every((verdict) => verdict.status === "accepted"));
  const leases = await svc.listLeases(environmentId);
  assert.equal(new Set(leases.map((lease) => lease.id)).size, 620);
  const newest = leases[619]!;
  await svc.acquireLease({ companyId, environmentId });
  const ordered = await svc.listLeases(environmentId);
  assert.ok(ordered[0]!.lastUsedAt >= newest.lastUsedAt);
});

test("a release of an ended lease returns it as it is", async () => {
  const { svc, companyId, environment } = fresh();
  const { id: environmentId } = await environment();
  const { id } = await svc.acquireLease({ companyId, environmentId });
  const released = await svc.releaseLease(id, "released");
  assert.deepEqual(await svc.releaseLease(id, "released"), released);
  assert.deepEqual(await svc.releaseLease(id, "failed"), released);
  assert.deepEqual(await svc.releaseLease(id, "retained"), released);
});

test("a reason that comes late is appended, and the end stays", async () => {
  const { svc, companyId, environment } = fresh();
  const { id: environmentId } = await environment();
  const { id } = await svc.acquireLease({ companyId, environmentId });
  const released = await svc.releaseLease(id);
  const told = { failureReason: "out of memory", cleanupStatus: "success" } as const;
  const late = await svc.releaseLease(id, "failed", told);
  assert.equal(late?.status, "released");
  assert.deepEqual(late?.releasedAt, released?.releasedAt);
  assert.equal(late?.failureReason, "out of memory");
  assert.equal(late?.cleanupStatus, "success");
  const again = await svc.releaseLease(id);
  assert.equal(again?.failureReason, "out of memory");
});

test("a retained lease has no end, and is released later", async () => {
  const { svc, environment, reusable } = fresh();
  const { id: environmentId } = await environment();
  const { id } = await reusable(environmentId);
  const proof = { schema: "s", state: "stopped" };
  const kept = await svc.releaseLease(id, "retained", {
    ...{ failureReason: "exit 1", cleanupStatus: "failed" },
    remoteExecutionTermination: proof,
  });
  assert.equal(kept?.status, "retained");
  assert.equal(kept?.releasedAt, null);
  assert.equal(kept?.failureReason, "exit 1");
  assert.equal(kept?.cleanupStatus, "failed");
  assert.deepEqual(kept?.metadata?.["remoteExecutionTermination"], proof);
  assert.equal((await svc.releaseLease(id))?.status, "released");
});

test("a proof of termination is kept in the notes", async () => {
  const { svc, companyId, environment } = fresh();
  const { id: environmentId } = await environment();
  const metadata = { host: "h" };
  const { id } = await svc.acquireLease({ companyId, environmentId, metadata });
  const proof = { schema: "s", state: "destroyed" };
  const ended = await svc.releaseLease(id, "expired", { remoteExecutionTermination: proof });
  assert.deepEqual(ended?.metadata, { host: "h", remoteExecutionTermination: proof });
});

test("pending_cleanup ends a lease as failed with its cleanup open, and lists such leases", async () => {
  const { svc, companyId, environment } = fresh();
  const { id: environmentId } = await environment();
  const { id } = await svc.acquireLease({ companyId, environmentId });
  await svc.acquireLease({ companyId, environmentId });
  const left = await svc.releaseLease(id, "pending_cleanup", { failureReason: "worker offline" });
  assert.equal(left?.status, "failed");
  assert.equal(left?.failureReason, "worker offline");
  assert.equal(await svc.hasUnresolvedPendingCleanupLeases(environmentId), true);
  const listed = await svc.listLeases(environmentId, { status: "pending_cleanup" });
  assert.deepEqual(listed.map((lease) => lease.id), [id]);
});

test("a word that is no end is refused before anything is stored", async () => {
  const { svc, companyId, environment } = fresh();
  const { id: environmentId } = await environment();
  const lease = await svc.acquireLease({ companyId, environmentId });
  const unended = svc.releaseLease(lease.id, "active" as "released");
  await assert.rejects(unended, { code: "invalid_request", status: 400 });
  assert.deepEqual(await svc.getLeaseById(lease.id), lease);
});

test("notes are replaced whole, and null clears them", async () => {
  const { svc, companyId, environment } = fresh();
  const { id: environmentId } = await environment();
  const { id } = await svc.acquireLease({ companyId, environmentId, metadata: { a: 1 } });
  assert.deepEqual((await svc.updateLeaseMetadata(id, { b: 2 }))?.metadata, { b: 2 });
  assert.equal((await svc.updateLeaseMetadata(id, null))?.metadata, null);
  await svc.releaseLease(id);
  assert.deepEqual((await svc.updateLeaseMetadata(id, { late: 1 }))?.metadata, { late: 1 });
});

test("an expiry that a provider told is recorded as it is, also a past one", async () => {
  const { svc, companyId, environment } = fresh();
  const { id: environmentId } = await environment();
  const expiresAt = new Date("2020-02-02T02:02:02.020Z");
  const lease = await svc.acquireLease({ companyId, environmentId, expiresAt });
  assert.deepEqual(lease.expiresAt, expiresAt);
  assert.equal(lease.status, "active");
});

test("the same run that acquires twice has two leases", async () => {
  const { svc, companyId, environment } = fresh();
  const { id: environmentId } = await environment();
  const asked = { companyId, environmentId, heartbeatRunId: randomUUID() };
  const [a, b] = [await svc.acquireLease(asked), await svc.acquireLease(asked)];
  assert.notEqual(a.id, b.id);
  const key = randomUUID();
  const [c, d] = [await svc.acquireLease(asked, { key }), await svc.acquireLease(asked, { key })];
  assert.equal(c.id, d.id);
});

test("a kept lease is handed to a new one, and ends as expired with its cleanup done", async () => {
  const { svc, companyId, environment, reusable } = fresh();
  const { id: environmentId } = await environment();
  const kept = await reusable(environmentId);
  await svc.releaseLease(kept.id, "retained");
  const { executionWorkspaceId, provider, providerLeaseId } = kept;
  const asked = { companyId, environmentId, executionWorkspaceId, provider, providerLeaseId };
  const takeover = { ...asked, replacesReusableLeaseId: kept.id, heartbeatRunId: randomUUID() };
  const next = await svc.acquireLease({ ...takeover, leasePolicy: "reuse_by_environment" });
  assert.notEqual(next.id, kept.id);
  const old = await svc.getLeaseById(kept.id);
  assert.equal(old?.status, "expired");
  assert.equal(old?.cleanupStatus, "success");
  assert.ok(old?.releasedAt);
  const late = svc.acquireLease({ ...takeover, leasePolicy: "reuse_by_environment" });
  await assert.rejects(late, { status: 409, code: "resume_mismatch" });
});

test("a takeover of another resource, or of nothing, is a 409 and changes nothing", async () => {
  const { svc, companyId, environment, reusable } = fresh();
  const { id: environmentId } = await environment();
  const kept = await reusable(environmentId);
  await svc.releaseLease(kept.id, "retained");
  const { executionWorkspaceId, provider, heartbeatRunId } = kept;
  const asked = { companyId, environmentId, executionWorkspaceId, provider, heartbeatRunId };
  const other = { ...asked, providerLeaseId: "sandbox://other" };
  const wrong = svc.acquireLease({ ...other, replacesReusableLeaseId: kept.id });
  await assert.rejects(wrong, { status: 409 });
  const nothing = svc.acquireLease({ ...other, replacesReusableLeaseId: randomUUID() });
  await assert.rejects(nothing, { status: 409 });
  assert.equal((await svc.getLeaseById(kept.id))?.status, "retained");
  assert.equal((await svc.listLeases(environmentId)).length, 1);
});

test("the same run holds its own lease again; another run does not", async () => {
  const { svc, companyId, environment, reusable } = fresh();
  const { id: environmentId } = await environment();
  const kept = await reusable(environmentId);
  const { executionWorkspaceId, provider, providerLeaseId, heartbeatRunId } = kept;
  const asked = { companyId, environmentId, executionWorkspaceId, provider, providerLeaseId };
  const again = { ...asked, heartbeatRunId, reusesReusableLeaseId: kept.id };
  const active = await svc.acquireLease({ ...again, metadata: { round: 2 } });
  assert.equal(active.id, kept.id);
  assert.deepEqual(active.metadata, { round: 2 });
  await svc.releaseLease(kept.id, "retained", { failureReason: "x", cleanupStatus: "success" });
  const stranger = svc.acquireLease({ ...again, heartbeatRunId: randomUUID() });
  await assert.rejects(stranger, { status: 409, code: "resume_mismatch" });
  const resumed = await svc.acquireLease(again);
  assert.equal(resumed.id, kept.id);
  assert.equal(resumed.status, "active");
  assert.equal(resumed.releasedAt, null);
  assert.equal(resumed.failureReason, null);
  assert.equal(resumed.cleanupStatus, null);
});

test("a lease that was released meanwhile is final: its run gets its resource in a new one", async () => {
  const { svc, companyId, environment, reusable } = fresh();
  const { id: environmentId } = await environment();
  const kept = await reusable(environmentId);
  await svc.releaseLease(kept.id);
  const { executionWorkspaceId, provider, providerLeaseId, heartbeatRunId } = kept;
  const asked = { companyId, environmentId, executionWorkspaceId, provider, providerLeaseId };
  const again = { ...asked, heartbeatRunId, reusesReusableLeaseId: kept.id };
  const next = await svc.acquireLease(again);
  assert.notEqual(next.id, kept.id);
  assert.equal(next.status, "active");
  assert.equal(next.leasePolicy, "reuse_by_environment");
  assert.equal((await svc.getLeaseById(kept.id))?.status, "released");
});

test("a client of no company serves them all", async () => {
  const { svc, companyId, environment } = fresh();
  const everywhere = environmentService(createClient({ baseUrl: server.url }));
  const { id: environmentId } = await environment();
  const local = await everywhere.ensureLocalEnvironment(companyId);
  assert.equal(local.companyId, companyId);
  const lease = await everywhere.acquireLease({ companyId, environmentId });
  assert.equal((await svc.getLeaseById(lease.id))?.id, lease.id);
  assert.equal((await everywhere.releaseLease(lease.id))?.status, "released");
  assert.equal((await everywhere.list(companyId)).length, 2);
});
