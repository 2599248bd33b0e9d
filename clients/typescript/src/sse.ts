/** Server-sent events, as the standard has them, out of a stream of bytes. */

/** One message; a field that it does not have is undefined. */
export interface Message {
  id?: string;
  event?: string;
  data?: string;
}

/** The messages of a stream. A message that the stream breaks off in is none. */
export async function* messages(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Message, void, undefined> {
  let message: Message = {};
  for await (const line of lines(bytes)) {
    if (line === "") {
      if (Object.keys(message).length > 0) yield message;
      message = {};
    } else {
      take(message, line);
    }
  }
}

function take(message: Message, line: string): void {
  const colon = line.indexOf(":");
  if (colon === 0) return;
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
  if (name === "data") message.data = message.data === undefined ? value : `${message.data}\n${value}`;
  if (name === "id") message.id = value;
  if (name === "event") message.event = value;
}

async function* lines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of bytes) {
    const text = rest + decoder.decode(chunk, { stream: true });
    // A carriage return at the end may be half of a line's end.
    const whole = text.endsWith("\r") ? text.length - 1 : text.length;
    const found = text.slice(0, whole).split(/\r\n|\n|\r/);
    rest = (found.pop() ?? "") + text.slice(whole);
    yield* found;
  }
}
