/** The package serves `require` as it serves `import`, with the same names. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import * as imported from "@leasehold/client";

test("require gives what import gives, and it works", async () => {
  const required = createRequire(import.meta.url)("@leasehold/client") as typeof imported;
  assert.deepEqual(Object.keys(required).sort(), Object.keys(imported).sort());
  assert.notEqual(required.createClient, imported.createClient);
  const client = required.createClient({ baseUrl: "http://127.0.0.1:1", deadlineMs: 50 });
  await assert.rejects(client.leases.get("018f6b1e-2c4d-7a10-9f1e-0a1b2c3d4e5f"), {
    code: "unreachable",
  });
});
