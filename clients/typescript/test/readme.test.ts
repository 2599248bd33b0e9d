/** The README's examples, run as they stand. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { useServer } from "./server.js";

const server = useServer();
const home = join(dirname(fileURLToPath(import.meta.url)), "../..");
const readme = readFileSync(join(home, "README.md"), "utf8");
const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? "");

/** Runs code within the package, as a file of its own. */
async function run(name: string, code: string): Promise<string> {
  const folder = join(home, "build/readme");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, code);
  const env = { ...process.env, LEASEHOLD_URL: server.url };
  const { stdout } = await promisify(execFile)(process.execPath, [file], { env });
  return stdout;
}

test("the run of the README has fifteen lines, and acquires, renews and releases", async () => {
  const [code = ""] = blocks;
  assert.equal(code.trimEnd().split("\n").length, 15);
  assert.match(await run("run", code), /^run \S+ holds it until \S+\nreleased\n$/);
});

test("the feed of the README follows the run's events", async () => {
  const [first = "", feed = ""] = blocks;
  const said = await run("feed", `${first}\n${feed}`);
  assert.match(said, /2 LeaseAcquired \S+\n3 Released \S+\nthe next time after \d+-3\n$/);
});
