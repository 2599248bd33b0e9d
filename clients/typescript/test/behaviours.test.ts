/** Paperclip's behaviours that are about leases and environments: none is without a test. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const home = join(dirname(fileURLToPath(import.meta.url)), "../../test");
const titled = /\btest\("(\d+):/g;
const listed = /\["(\d+)", /g;

test("every behaviour of the service and of the orchestrator has a test by its number", () => {
  const found = new Set<number>();
  for (const file of readdirSync(home)) {
    if (!/^(environment-service|orchestrator).*\.test\.ts$/.test(file)) continue;
    const text = readFileSync(join(home, file), "utf8");
    for (const [, number] of [...text.matchAll(titled), ...text.matchAll(listed)]) {
      found.add(Number(number));
    }
  }
  const range = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, place) => from + place);
  const wanted = [...range(1, 13), 16, ...range(33, 49), ...range(140, 155)];
  assert.deepEqual(wanted.filter((number) => !found.has(number)), []);
});
