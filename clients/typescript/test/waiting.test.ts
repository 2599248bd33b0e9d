/** Waiting for an end, and for something to be free. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { someEnvironment, useServer } from "./server.js";

const server = useServer();

test("whoever waits for a lease hears of its end, before, during or after", async () => {
  const client = server.company();
  const { id: environmentId } = await someEnvironment(client);
  const { id } = await client.leases.acquire({ environmentId });
  const waiting = client.leases.waitForEnd(id, { waitMs: 30_000 });
  assert.equal((await client.leases.waitForEnd(id, { waitMs: 0 })).status, "active");
  await client.leases.release(id, { status: "expired" });
  assert.equal((await waiting).status, "expired");
  assert.equal((await client.leases.waitForEnd(id)).status, "expired");
});

test("whoever waits for room, a workspace or an issue hears when it is free", async () => {
  const client = server.company();
  const { id: environmentId } = await someEnvironment(client, { capacity: 1 });
  const [executionWorkspaceId, issueId] = [randomUUID(), randomUUID()];
  const lease = await client.leases.acquire({ environmentId, executionWorkspaceId, issueId });
  const things = [`environment:${environmentId}`, `workspace:${executionWorkspaceId}`] as const;
  const awaited = [...things, `issue:${issueId}`] as const;
  const waiting = awaited.map((what) => client.waitUntilFree(what, { waitMs: 30_000 }));
  for (const what of awaited) assert.equal(await client.waitUntilFree(what, { waitMs: 0 }), false);
  await client.leases.release(lease.id);
  assert.deepEqual(await Promise.all(waiting), [true, true, true]);
});

test("whoever gives up waiting is heard at once", { timeout: 20_000 }, async () => {
  const client = server.company();
  const { id: environmentId } = await someEnvironment(client);
  const { id } = await client.leases.acquire({ environmentId });
  const signal = AbortSignal.timeout(200);
  await assert.rejects(client.leases.waitForEnd(id, { signal }), { name: "TimeoutError" });
});
