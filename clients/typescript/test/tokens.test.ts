/** A client with a token, where the server asks for one. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { inspect } from "node:util";
import {
  type LeaseholdError,
  createClient,
  environmentService,
  withLease,
} from "@leasehold/client";
import { useServer } from "./server.js";

const server = useServer("--requests-per-second", "20");
const [companyId, otherCompany] = [randomUUID(), randomUUID()];

/** The secrets, made by the first test that asks; from then on nobody comes in without one. */
const secrets = async () => {
  made ??= makeTokens();
  return made;
};
let made: ReturnType<typeof makeTokens> | undefined;

async function makeTokens() {
  const admin = await make({ name: "operators", role: "admin" });
  const heartbeat = await make({ name: "fleet", role: "heartbeat", companyId }, admin);
  const everywhere = await make({ name: "all fleets", role: "heartbeat" }, admin);
  return { admin, heartbeat, everywhere };
}

async function make(
  body: { name: string; role: "admin" | "heartbeat"; companyId?: string },
  token?: string,
): Promise<string> {
  const { data } = await createClient({ baseUrl: server.url, token }).http.POST(
    "/v1/admin/tokens",
    { body },
  );
  assert.ok(data, "no token was made");
  return data.secret;
}

const failing = (work: Promise<unknown>): Promise<LeaseholdError> =>
  work.then(() => assert.fail("it was let in"), (error) => error);

test("without a token, or with a wrong one, nobody is let in, and asking again is no use", async () => {
  const { heartbeat } = await secrets();
  const wrong = `${heartbeat.slice(0, -1)}${heartbeat.endsWith("0") ? "1" : "0"}`;
  for (const token of [undefined, wrong]) {
    const client = createClient({ baseUrl: server.url, companyId, token });
    const error = await failing(client.environments.ensureLocal());
    assert.deepEqual([error.code, error.status, error.retry], ["unauthenticated", 401, "no"]);
  }
});

test("with one a run acquires, renews and releases, and only in its own company", async () => {
  const { heartbeat: token } = await secrets();
  const client = createClient({ baseUrl: server.url, companyId, token });
  const { id: environmentId } = await client.environments.ensureLocal();
  const leaseId = await withLease(client, { environmentId, ttlSeconds: 30 }, async ({ lease }) => {
    await client.leases.renew(lease.id, { ttlSeconds: 300 });
    return lease.id;
  });
  assert.equal((await client.leases.get(leaseId)).status, "released");
  const outside = await failing(client.forCompany(otherCompany).environments.ensureLocal());
  assert.ok(outside.status === 403 || outside.status === 404, String(outside.status));
});

test("a token for all companies serves Paperclip's interface without a company", async () => {
  const { everywhere: token } = await secrets();
  const svc = environmentService(createClient({ baseUrl: server.url, token }));
  const local = await svc.ensureLocalEnvironment(otherCompany);
  const lease = await svc.acquireLease({ companyId: otherCompany, environmentId: local.id });
  assert.equal((await svc.releaseLease(lease.id))?.status, "released");
});

test("a limit on requests is waited out, and nothing is done twice", async () => {
  const { heartbeat: token } = await secrets();
  const client = createClient({ baseUrl: server.url, companyId, token });
  const { id: environmentId } = await client.environments.create({ name: "many", driver: "ssh" });
  const asked = Array.from({ length: 80 }, () => client.leases.acquire({ environmentId }));
  const ids = new Set((await Promise.all(asked)).map((lease) => lease.id));
  assert.equal(ids.size, 80);
  assert.equal((await client.leases.list({ environmentId }).all()).length, 80);
  const impatient = createClient({ baseUrl: server.url, companyId, token, deadlineMs: 900 });
  const many = Array.from({ length: 80 }, () => impatient.environments.get(environmentId));
  const refused = (await Promise.allSettled(many)).filter((one) => one.status === "rejected");
  const error = refused[0]?.reason as LeaseholdError;
  assert.deepEqual([error.code, error.status, error.retry], ["rate_limited", 429, "same_key"]);
  assert.ok(error.retryAfterMs > 0);
});

test("a client that is printed, and its errors, show no token", async () => {
  const { heartbeat: token } = await secrets();
  const client = createClient({ baseUrl: server.url, companyId, token });
  const error = await failing(client.leases.get(randomUUID()));
  const gone = createClient({ baseUrl: "http://127.0.0.1:1", token, deadlineMs: 1 });
  const lost = await failing(gone.leases.get(randomUUID()));
  for (const shown of [client, environmentService(client), error, lost]) {
    assert.ok(!inspect(shown, { depth: 9, showHidden: true }).includes(token), "a token is shown");
    assert.ok(!JSON.stringify(shown).includes(token));
  }
});
