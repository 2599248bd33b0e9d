/** A proxy that does to requests and answers what networks do to them. */
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * `unsent`: the request never arrives. `unanswered`: it is done, and the answer is lost.
 * `cut`: the answer breaks off within its body. `gateway`: another's 502. `hangs`: no answer ever.
 */
export type Fault = "unsent" | "unanswered" | "cut" | "gateway" | "hangs";

export interface Seen {
  method: string;
  path: string;
  key: string | undefined;
  fault: Fault | undefined;
}

export class Flaky {
  readonly #server: Server;
  readonly seen: Seen[] = [];
  #faults: Fault[] = [];
  /** Every request while it is set, after those that were queued. */
  always: Fault | undefined;

  private constructor(target: string) {
    this.#server = createServer((request, response) => void this.#pass(target, request, response));
  }

  static async before(target: string): Promise<Flaky> {
    const flaky = new Flaky(target);
    await new Promise<void>((resolve) => flaky.#server.listen(0, "127.0.0.1", resolve));
    return flaky;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What happens to the next requests, one each. */
  next(...faults: Fault[]): void {
    this.#faults.push(...faults);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #pass(target: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = this.#faults.shift() ?? this.always;
    const { method = "GET", url: path = "/" } = request;
    const key = request.headers["idempotency-key"] as string | undefined;
    this.seen.push({ method, path, key, fault });
    if (fault === "unsent") return void request.socket.destroy();
    if (fault === "hangs") return;
    if (fault === "gateway") return void response.writeHead(502).end("<h1>Bad Gateway</h1>");
    const answer = await forwarded(target, method, path, request);
    if (fault === "unanswered") return void request.socket.destroy();
    const headers = Object.fromEntries(answer.headers);
    delete headers["transfer-encoding"];
    response.writeHead(answer.status, { ...headers, "content-length": answer.body.length });
    if (fault !== "cut") return void response.end(answer.body);
    response.write(answer.body.subarray(0, 10), () => request.socket.destroy());
  }
}

async function forwarded(target: string, method: string, path: string, request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { host: _, connection: __, "transfer-encoding": ___, ...headers } = request.headers;
  const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
  const answer = await fetch(`${target}${path}`, { method, headers: headers as never, body });
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, headers: answer.headers, body: bytes };
}
