/** Intent first: whatever a provider may have made is held, or is a janitor's work. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { leaseFromProvider } from "@leasehold/client";
import { someEnvironment, useServer } from "./server.js";

const server = useServer();

async function scene() {
  const client = server.company();
  const { id: environmentId } = await someEnvironment(client, { driver: "sandbox", capacity: 1 });
  const asked = { environmentId, heartbeatRunId: randomUUID(), provider: "fake" };
  return { client, asked: { ...asked, deadlineSeconds: 60, ttlSeconds: 60 } };
}

test("what is made is activated under its reservation", async () => {
  const { client, asked } = await scene();
  let reservedId = "";
  const lease = await leaseFromProvider(client, asked, async (reserved) => {
    assert.equal(reserved.phase, "reserved");
    reservedId = reserved.id;
    return { providerLeaseId: "sandbox://1", metadata: { region: "eu" } };
  });
  assert.equal(lease.id, reservedId);
  assert.deepEqual([lease.phase, lease.providerLeaseId], ["active", "sandbox://1"]);
  assert.deepEqual(lease.metadata, { region: "eu" });
});

test("a provider that fails gives the room back, and may have left something", async () => {
  const { client, asked } = await scene();
  const cause = new Error("the provider did not answer");
  const failing = leaseFromProvider(client, asked, () => Promise.reject(cause));
  await assert.rejects(failing, cause);
  const [item] = await client.cleanups.claim({ owner: "janitor" });
  assert.equal(item?.provider, "fake");
  const ended = await client.leases.get(item?.leaseId ?? "");
  assert.deepEqual([ended.status, ended.failureReason], ["failed", cause.message]);
  const { phase } = await leaseFromProvider(client, asked, async () => ({ providerLeaseId: "2" }));
  assert.equal(phase, "active");
});

test("a provider that certainly made nothing leaves no work", async () => {
  const { client, asked } = await scene();
  const mayHaveMade = () => false;
  const quota = () => Promise.reject(new Error("quota"));
  await assert.rejects(leaseFromProvider(client, asked, quota, { mayHaveMade }), /quota/);
  assert.deepEqual(await client.cleanups.list().all(), []);
});

test("without room the provider is not asked", async () => {
  const { client, asked } = await scene();
  await client.leases.acquire({ environmentId: asked.environmentId });
  const make = async () => assert.fail("asked");
  await assert.rejects(leaseFromProvider(client, asked, make), { code: "capacity_exhausted" });
});

test("what was made after the reservation had ended is named to its janitor", async () => {
  const { client, asked } = await scene();
  const late = leaseFromProvider(client, asked, async ({ id }) => {
    await client.leases.abandon(id, { reason: "given up elsewhere", maybeCreated: true });
    return { providerLeaseId: "sandbox://late" };
  });
  await assert.rejects(late, { status: 409 });
  const [item] = await client.cleanups.claim({ owner: "janitor" });
  assert.deepEqual(item?.metadata, { providerLeaseIdMadeTooLate: "sandbox://late" });
});
