/** Behaviours that Paperclip's own tests hold `environmentService` to, by their numbers there. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { EnvironmentLeaseConflictError } from "@leasehold/client";
import { service } from "./paperclip.js";
import { useServer } from "./server.js";

const server = useServer();
const fresh = () => service(server.company());

const LEASE_FIELDS = [
  "id companyId environmentId executionWorkspaceId issueId heartbeatRunId status leasePolicy",
  "provider providerLeaseId acquiredAt lastUsedAt expiresAt releasedAt failureReason",
  "cleanupStatus metadata createdAt updatedAt",
].join(" ").split(" ");

test("1: a lease is active for its run, and released with the time of it", async () => {
  const { svc, companyId, environment } = fresh();
  const { id: environmentId } = await environment();
  const heartbeatRunId = randomUUID();
  const lease = await svc.acquireLease({ companyId, environmentId, heartbeatRunId });
  assert.deepEqual(Object.keys(lease), LEASE_FIELDS);
  assert.equal(lease.status, "active");
  assert.equal(lease.heartbeatRunId, heartbeatRunId);
  assert.equal(lease.leasePolicy, "ephemeral");
  assert.ok(lease.acquiredAt instanceof Date);
  assert.equal(lease.releasedAt, null);
  assert.equal(lease.expiresAt, null);
  const released = await svc.releaseLease(lease.id);
  assert.equal(released?.status, "released");
  assert.ok(released?.releasedAt instanceof Date);
});

test("2: releasing a run's leases returns them, and leaves another run's alone", async () => {
  const { svc, companyId, environment } = fresh();
  const { id: environmentId } = await environment();
  const [a, b] = [randomUUID(), randomUUID()];
  const ofA = await svc.acquireLease({ companyId, environmentId, heartbeatRunId: a });
  const ofB = await svc.acquireLease({ companyId, environmentId, heartbeatRunId: b });
  const released = await svc.releaseLeasesForRun(a);
  assert.deepEqual(released.map((lease) => lease.id), [ofA.id]);
  const active = await svc.listLeases(environmentId, { status: "active" });
  assert.deepEqual(active.map((lease) => lease.id), [ofB.id]);
  assert.deepEqual(await svc.releaseLeasesForRun(a), []);
});

test("3: the blast radius counts leases, and one that ended is not among them", async () => {
  const { svc, companyId, environment } = fresh();
  const { id } = await environment();
  await svc.acquireLease({ companyId, environmentId: id });
  const ended = await svc.acquireLease({ companyId, environmentId: id });
  await svc.releaseLease(ended.id);
  const radius = await svc.getDeleteBlastRadius(id);
  assert.deepEqual(radius?.activeRuntimeUse, { activeLeaseCount: 1, hasActiveRuntimeUse: true });
  assert.equal(radius?.pendingCleanupLeaseCount, 0);
  assert.equal(radius?.staticReferences.isManagedLocal, false);
  assert.equal(await svc.getDeleteBlastRadius(randomUUID()), null);
});

test("4: the guarded delete removes a free environment and not the local one", async () => {
  const { svc, companyId, environment } = fresh();
  const local = await svc.ensureLocalEnvironment(companyId);
  const free = await environment();
  assert.equal(await svc.removeIfDeletable(local.id), null);
  const radius = await svc.getDeleteBlastRadius(local.id);
  assert.deepEqual(radius?.deleteBlockedReasons, ["managed_local"]);
  assert.equal((await svc.removeIfDeletable(free.id))?.id, free.id);
  assert.equal(await svc.getById(free.id), null);
  assert.equal(await svc.removeIfDeletable(free.id), null);
});

test("5: a cleanup that is not done blocks the delete", async () => {
  const { svc, companyId, environment } = fresh();
  const { id } = await environment();
  await svc.insertPendingCleanupLease({ companyId, environmentId: id, failureReason: "orphan" });
  assert.equal(await svc.hasUnresolvedPendingCleanupLeases(id), true);
  const radius = await svc.getDeleteBlastRadius(id);
  assert.deepEqual(radius?.deleteBlockedReasons, ["pending_sandbox_cleanup"]);
  assert.equal(radius?.pendingCleanupLeaseCount, 1);
  assert.equal(await svc.removeIfDeletable(id), null);
});

test("6: a reusable lease blocks while active and still after it is released", async () => {
  const { svc, environment, reusable } = fresh();
  const { id } = await environment();
  const issueId = randomUUID();
  const lease = await reusable(id, { issueId });
  const active = await svc.getDeleteBlastRadius(id);
  assert.ok(active?.deleteBlockedReasons.includes("reusable_sandbox_lease"));
  await svc.releaseLease(lease.id);
  const radius = await svc.getDeleteBlastRadius(id);
  assert.equal(radius?.canDelete, false);
  assert.ok(radius?.deleteBlockedReasons.includes("reusable_sandbox_lease"));
  assert.deepEqual(radius?.reusableSandboxLeaseHolders.map((h) => [h.leaseId, h.issueId]), [
    [lease.id, issueId],
  ]);
  assert.equal(await svc.removeIfDeletable(id), null);
  assert.equal((await svc.getLeaseById(lease.id))?.environmentId, id);
});

test("6: only the newest lease of a resource speaks for it", async () => {
  const { svc, companyId, environment, reusable } = fresh();
  const { id } = await environment();
  const first = await reusable(id);
  await svc.releaseLease(first.id);
  const { executionWorkspaceId, provider, providerLeaseId } = first;
  const second = await svc.acquireLease({
    ...{ companyId, environmentId: id, executionWorkspaceId, provider, providerLeaseId },
    heartbeatRunId: randomUUID(),
    replacesReusableLeaseId: first.id,
  });
  const held = await svc.getDeleteBlastRadius(id);
  assert.deepEqual(held?.reusableSandboxLeaseHolders.map((h) => h.leaseId), [second.id]);
  await svc.releaseLease(second.id, "expired", { cleanupStatus: "success" });
  assert.equal((await svc.getDeleteBlastRadius(id))?.reusableSandboxLeaseCount, 0);
});

test("7: an active ephemeral lease is counted; and, stricter, it blocks the delete", async () => {
  const { svc, companyId, environment } = fresh();
  const { id } = await environment();
  const lease = await svc.acquireLease({ companyId, environmentId: id });
  const radius = await svc.getDeleteBlastRadius(id);
  assert.deepEqual(radius?.deleteBlockedReasons, ["active_lease"]);
  assert.equal(await svc.removeIfDeletable(id), null);
  await svc.releaseLease(lease.id);
  assert.equal((await svc.removeIfDeletable(id))?.id, id);
});

test("8: after its cleanup has succeeded the environment can go", async () => {
  const { svc, companyId, environment } = fresh();
  const { id } = await environment();
  const orphan = await svc.insertPendingCleanupLease({
    ...{ companyId, environmentId: id, provider: "fake", providerLeaseId: "sandbox://8" },
    failureReason: "orphan",
  });
  const cleaned = await svc.releaseLease(orphan.id, "expired", { cleanupStatus: "success" });
  assert.equal(cleaned?.cleanupStatus, "success");
  assert.equal(cleaned?.failureReason, "orphan");
  assert.equal(await svc.hasUnresolvedPendingCleanupLeases(id), false);
  assert.equal((await svc.removeIfDeletable(id))?.id, id);
});

test("9: an orphan of an environment that is gone keeps provider, id and notes", async () => {
  const { svc, companyId, environment } = fresh();
  const { id } = await environment();
  await svc.removeIfDeletable(id);
  const heartbeatRunId = randomUUID();
  const orphan = await svc.insertPendingCleanupLease({
    ...{ companyId, environmentId: id, heartbeatRunId, provider: "fake" },
    ...{ providerLeaseId: "sandbox://9", metadata: { region: "eu" }, failureReason: "orphan" },
  });
  assert.equal(orphan.environmentId, null);
  assert.equal(orphan.heartbeatRunId, heartbeatRunId);
  assert.equal(orphan.provider, "fake");
  assert.equal(orphan.providerLeaseId, "sandbox://9");
  assert.equal(orphan.metadata?.["region"], "eu");
  assert.equal(orphan.failureReason, "orphan");
  assert.ok(orphan.releasedAt);
});

test("9: an orphan is written down whatever its environment or its run says", async () => {
  const { svc, client, companyId, environment } = fresh();
  const archived = await environment({ status: "archived" });
  const full = await environment({ capacity: 0 });
  const free = await environment();
  const ended = randomUUID();
  await client.runs.end(ended, { outcome: "failed" });
  for (const [environmentId, heartbeatRunId] of [
    [archived.id, randomUUID()],
    [full.id, randomUUID()],
    [free.id, ended],
  ] as const) {
    const input = { companyId, environmentId, heartbeatRunId, failureReason: "orphan" };
    const orphan = await svc.insertPendingCleanupLease(input);
    assert.equal(orphan.heartbeatRunId, heartbeatRunId);
    assert.equal((await svc.getLeaseById(orphan.id))?.cleanupStatus, "pending");
  }
});

test("10: a delete and an orphan that race leave exactly one orphan", async () => {
  const { svc, client, companyId, environment } = fresh();
  for (let round = 0; round < 10; round += 1) {
    const { id } = await environment();
    const providerLeaseId = `sandbox://${round}`;
    const input = { companyId, environmentId: id, providerLeaseId, failureReason: "orphan" };
    const [removed, orphan] = await Promise.all([
      svc.removeIfDeletable(id),
      svc.insertPendingCleanupLease(input),
    ]);
    assert.equal(orphan.environmentId, removed ? null : id);
    assert.equal((await svc.getById(id)) === null, removed !== null);
    const uncleaned = { providerLeaseId, cleanupStatus: ["pending", "failed"] } as const;
    const written = await client.leases.list(uncleaned).all();
    assert.deepEqual(written.map((lease) => lease.id), [orphan.id]);
  }
});

test("11: a change of provider does not reach an orphan that was written down", async () => {
  const { svc, companyId, environment } = fresh();
  const { id } = await environment({ driver: "sandbox", config: { provider: "old" } });
  const orphan = await svc.insertPendingCleanupLease({
    ...{ companyId, environmentId: id, provider: "old", providerLeaseId: "sandbox://11" },
    ...{ metadata: { template: "a" }, failureReason: "orphan" },
  });
  await svc.update(id, { config: { provider: "new" } });
  const read = await svc.getLeaseById(orphan.id);
  assert.equal(read?.provider, "old");
  assert.deepEqual(read?.metadata, { template: "a" });
  // Stricter: another kind of place is refused while a cleanup is open.
  await assert.rejects(svc.update(id, { driver: "ssh" }), { code: "environment_in_use" });
});

test("12: the local environment is made once and then reused", async () => {
  const { svc, companyId } = fresh();
  const first = await svc.ensureLocalEnvironment(companyId);
  assert.equal(first.name, "Local");
  assert.equal(first.driver, "local");
  assert.equal(first.status, "active");
  assert.deepEqual(first.config, {});
  assert.equal(first.metadata?.["managedByPaperclip"], true);
  assert.ok(first.createdAt instanceof Date);
  const second = await svc.ensureLocalEnvironment(companyId);
  assert.deepEqual(second, first);
  assert.equal((await svc.list(companyId, { driver: "local" })).length, 1);
});

test("13: an archived and renamed local environment is returned as it is", async () => {
  const { svc, companyId } = fresh();
  const local = await svc.ensureLocalEnvironment(companyId);
  const mine = await svc.update(local.id, { name: "Mine", status: "archived" });
  const ensured = await svc.ensureLocalEnvironment(companyId);
  assert.deepEqual(ensured, mine);
  assert.deepEqual(ensured.updatedAt, mine?.updatedAt);
});

test("16: eight at once make one local environment", async () => {
  const { svc, companyId } = fresh();
  const eight = Array.from({ length: 8 }, () => svc.ensureLocalEnvironment(companyId));
  const ids = new Set((await Promise.all(eight)).map((environment) => environment.id));
  assert.equal(ids.size, 1);
  assert.equal((await svc.list(companyId)).length, 1);
});

test("33: a name that is taken is refused with 409", async () => {
  const { svc, companyId, environment } = fresh();
  const { name } = await environment();
  const again = svc.create(companyId, { name, driver: "sandbox" });
  await assert.rejects(again, { code: "environment_name_taken", status: 409 });
});

test("34: renaming onto a name that is taken is refused, and nothing changes", async () => {
  const { svc, environment } = fresh();
  const [a, b] = [await environment(), await environment()];
  await assert.rejects(svc.update(b.id, { name: a.name }), { status: 409 });
  assert.deepEqual(await svc.getById(a.id), a);
  assert.deepEqual(await svc.getById(b.id), b);
});

test("35: a second local environment is refused", async () => {
  const { svc, companyId } = fresh();
  await svc.ensureLocalEnvironment(companyId);
  const second = svc.create(companyId, { name: "Second", driver: "local" });
  await assert.rejects(second, { code: "environment_local_exists", status: 409 });
});

for (const [number, about, metadata] of [
  ["36", "a fake sandbox", { managedByPaperclip: true }],
  ["37", "a sandbox of provider kubernetes without the marker", null],
] as const) {
  test(`${number}: ${about} is a sandbox like any other, and nobody's managed one`, async () => {
    const { svc, companyId, environment } = fresh();
    const provider = number === "36" ? "fake" : "kubernetes";
    const made = await environment({ driver: "sandbox", config: { provider }, metadata });
    const local = await svc.ensureLocalEnvironment(companyId);
    assert.notEqual(local.id, made.id);
    assert.deepEqual(await svc.getById(made.id), made);
    assert.equal((await svc.getDeleteBlastRadius(made.id))?.staticReferences.isManagedLocal, false);
    assert.equal((await svc.removeIfDeletable(made.id))?.id, made.id);
  });
}

test("38: several SSH environments live side by side", async () => {
  const { svc, companyId, environment } = fresh();
  const made = [await environment(), await environment(), await environment()];
  const listed = await svc.list(companyId, { driver: "ssh", status: "active" });
  assert.deepEqual(listed.map((e) => e.id), made.map((e) => e.id).reverse());
});

test("39: with the binding asserted, another company's environment is a 403 and no lease", async () => {
  const { svc } = fresh();
  const other = fresh();
  const { id: environmentId } = await other.environment();
  const companyId = randomUUID();
  const foreign = svc.acquireLease({ companyId, environmentId, assertCompanyBinding: true });
  await assert.rejects(foreign, {
    ...{ code: "environment_company_mismatch", status: 403 },
    details: { code: "environment_company_mismatch" },
  });
  assert.deepEqual(await other.svc.listLeases(environmentId), []);
});

test("40: stricter, an environment is always bound: to the company that made it, which leases it", async () => {
  const { svc, companyId, environment } = fresh();
  const made = await environment();
  assert.equal(made.companyId, companyId);
  const asked = { companyId, environmentId: made.id, assertCompanyBinding: true };
  assert.equal((await svc.acquireLease(asked)).companyId, companyId);
  const other = svc.acquireLease({ ...asked, companyId: randomUUID() });
  await assert.rejects(other, { code: "environment_company_mismatch" });
});

test("41: with the binding asserted, one's own environment is leased", async () => {
  const { svc, companyId, environment } = fresh();
  const { id: environmentId } = await environment();
  const lease = await svc.acquireLease({ companyId, environmentId, assertCompanyBinding: true });
  assert.equal(lease.status, "active");
});

test("42: without it, stricter, another company's environment does not exist", async () => {
  const { svc, companyId } = fresh();
  const other = fresh();
  const { id: environmentId } = await other.environment();
  const foreign = svc.acquireLease({ companyId, environmentId });
  await assert.rejects(foreign, { code: "environment_not_found", status: 404 });
});

test("43: the same run on the same workspace gets the lease that it holds", async () => {
  const { svc, companyId, environment } = fresh();
  const { id: environmentId } = await environment({ singleFlight: true });
  const asked = { companyId, environmentId, heartbeatRunId: randomUUID() };
  const held = { ...asked, executionWorkspaceId: randomUUID() };
  const first = await svc.acquireLease(held);
  assert.equal((await svc.acquireLease(held)).id, first.id);
  assert.equal((await svc.listLeases(environmentId)).length, 1);
});

test("44: a second run is told who holds the workspace", async () => {
  const { svc, companyId, environment } = fresh();
  const { id: environmentId } = await environment({ singleFlight: true });
  const executionWorkspaceId = randomUUID();
  const [heartbeatRunId, issueId] = [randomUUID(), randomUUID()];
  const asked = { companyId, environmentId, executionWorkspaceId };
  const held = await svc.acquireLease({ ...asked, heartbeatRunId, issueId });
  const error = await svc
    .acquireLease({ ...asked, heartbeatRunId: randomUUID() })
    .catch((e: unknown) => e);
  assert.ok(error instanceof EnvironmentLeaseConflictError);
  assert.equal(error.code, "environment_lease_conflict");
  assert.equal(error.environmentId, environmentId);
  assert.equal(error.executionWorkspaceId, executionWorkspaceId);
  assert.equal(error.conflictingLeaseId, held.id);
  assert.equal(error.conflictingRunId, heartbeatRunId);
  assert.equal(error.conflictingIssueId, issueId);
  const active = await svc.listLeases(environmentId, { status: "active" });
  assert.deepEqual(active.map((lease) => lease.id), [held.id]);
});

test("45: of many runs at once on one workspace exactly one holds it", async () => {
  const { svc, companyId, environment } = fresh();
  const { id: environmentId } = await environment({ singleFlight: true });
  const executionWorkspaceId = randomUUID();
  const asked = { companyId, environmentId, executionWorkspaceId };
  const racing = Array.from({ length: 16 }, () =>
    svc.acquireLease({ ...asked, heartbeatRunId: randomUUID() }),
  );
  const won = (await Promise.allSettled(racing)).filter((one) => one.status === "fulfilled");
  assert.equal(won.length, 1);
});

test("46: once the holder's run is over, another run gets the workspace", async () => {
  const { svc, client, companyId, environment } = fresh();
  const { id: environmentId } = await environment({ singleFlight: true });
  const asked = { companyId, environmentId, executionWorkspaceId: randomUUID() };
  const gone = randomUUID();
  const held = await svc.acquireLease({ ...asked, heartbeatRunId: gone });
  await client.runs.end(gone, { outcome: "cancelled" });
  const next = await svc.acquireLease({ ...asked, heartbeatRunId: randomUUID() });
  assert.notEqual(next.id, held.id);
  assert.equal((await svc.getLeaseById(held.id))?.status, "expired");
});

test("47: once the holder's promise is over, another run gets the workspace", async () => {
  const { svc, companyId, environment } = fresh();
  const { id: environmentId } = await environment({ singleFlight: true });
  const asked = { companyId, environmentId, executionWorkspaceId: randomUUID() };
  const gone = { ...asked, heartbeatRunId: randomUUID(), ttlSeconds: 1 };
  const held = await svc.acquireLease(gone);
  const next = { ...asked, heartbeatRunId: randomUUID() };
  const lease = await svc.acquireLease(next, { patienceMs: 20_000 });
  assert.notEqual(lease.id, held.id);
  assert.equal((await svc.getLeaseById(held.id))?.status, "expired");
});

test("48: stricter, a reusable lease is let in one at a time too", async () => {
  const { environment, reusable } = fresh();
  const { id } = await environment({ singleFlight: true });
  const executionWorkspaceId = randomUUID();
  await reusable(id, { executionWorkspaceId });
  const second = reusable(id, { executionWorkspaceId });
  await assert.rejects(second, { code: "environment_lease_conflict" });
});

test("49: without a workspace any number of runs is let in", async () => {
  const { svc, companyId, environment } = fresh();
  const { id: environmentId } = await environment({ singleFlight: true });
  for (let n = 0; n < 3; n += 1) {
    await svc.acquireLease({ companyId, environmentId, heartbeatRunId: randomUUID() });
  }
  assert.equal((await svc.listLeases(environmentId, { status: "active" })).length, 3);
});
