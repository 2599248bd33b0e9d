/** Server-sent events, cut wherever a network may cut them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type * as sse from "../dist/esm/sse.js";

// Not a part of the package's surface: reached by its file.
const file = new URL("../../dist/esm/sse.js", import.meta.url);
const { messages } = (await import(file.href)) as typeof sse;

async function read(...chunks: (string | Uint8Array)[]) {
  const encoder = new TextEncoder();
  async function* bytes() {
    for (const chunk of chunks) yield typeof chunk === "string" ? encoder.encode(chunk) : chunk;
  }
  const found = [];
  for await (const message of messages(bytes())) found.push(message);
  return found;
}

test("wherever it is cut, a stream means the same", async () => {
  const text = ': hi\nretry: 1000\n\nid: 1-2\ndata: {"a":"ü"}\n\nevent: end\r\ndata: x\r\ndata:  y\r\n\r\nid\n\n';
  const whole = await read(text);
  assert.deepEqual(whole, [
    { id: "1-2", data: '{"a":"ü"}' },
    { event: "end", data: "x\n y" },
    { id: "" },
  ]);
  const encoded = new TextEncoder().encode(text);
  for (let cut = 1; cut < encoded.length; cut += 1) {
    assert.deepEqual(await read(encoded.slice(0, cut), encoded.slice(cut)), whole, `cut at ${cut}`);
  }
});

test("a message that breaks off is none", async () => {
  assert.deepEqual(await read("data: 1\n\ndata: 2\n"), [{ data: "1" }]);
});
