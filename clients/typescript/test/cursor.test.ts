/** Where a reader of the feed stands. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LedgerEvent } from "@leasehold/client";
import type * as cursor from "../dist/esm/cursor.js";

// Not a part of the package's surface: reached by its file.
const file = new URL("../../dist/esm/cursor.js", import.meta.url);
const { Seen } = (await import(file.href)) as typeof cursor;

const event = (companyId: string, position: number, epoch = 1) =>
  ({ companyId, position, epoch }) as LedgerEvent;

test("what comes a second time is left out, by company and position", () => {
  const seen = new Seen(undefined);
  seen.read("a:1-2,b:1-7");
  const taken = [event("a", 2), event("a", 3), event("a", 3), event("b", 7), event("c", 1)];
  assert.deepEqual(taken.map((one) => seen.take(one)), [false, true, false, false, true]);
  assert.equal(String(seen), "a:1-3,b:1-7,c:1-1");
});

test("another epoch is another log, whatever its positions", () => {
  const seen = new Seen("a");
  seen.read("1-5");
  assert.equal(seen.take(event("a", 2, 2)), true);
  assert.equal(String(seen), "2-2");
});

test("a bare position is of whichever epoch the log has", () => {
  const seen = new Seen("a");
  seen.read("5");
  assert.equal(String(seen), "5");
  assert.deepEqual([event("a", 5), event("a", 6)].map((one) => seen.take(one)), [false, true]);
});
