/** A real server for a test file: its own process, its own ephemeral database. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { type Client, createClient } from "@leasehold/client";

const repository = join(dirname(fileURLToPath(import.meta.url)), "../../../..");
const target = process.env.CARGO_TARGET_DIR ?? join(repository, "target");
const builds = ["debug", "release"].map((kind) => join(target, kind, "leasehold"));

/** How long a server may take to listen. */
const START_MS = 60_000;

function binary(): string {
  const named = process.env.LEASEHOLD_BIN;
  const found = named ?? builds.find((path) => existsSync(path));
  if (found && existsSync(found)) return found;
  throw new Error("no server to test against: run `cargo build`, or name one in LEASEHOLD_BIN");
}

export class Server {
  readonly #process: ChildProcess;
  readonly #dataDir: string;
  readonly url: string;

  private constructor(process: ChildProcess, dataDir: string, url: string) {
    this.#process = process;
    this.#dataDir = dataDir;
    this.url = url;
  }

  static async start(...more: string[]): Promise<Server> {
    const dataDir = mkdtempSync(join(tmpdir(), "leasehold-client-"));
    // As root the database runs as another user, who has to be able to enter.
    chmodSync(dataDir, 0o755);
    const args = ["serve", "--listen", "127.0.0.1:0", "--data-dir", join(dataDir, "data"), ...more];
    const { DATABASE_URL: _, ...env } = process.env;
    const server = spawn(binary(), args, { env, stdio: ["ignore", "ignore", "pipe"] });
    try {
      return new Server(server, dataDir, await listening(server));
    } catch (error) {
      server.kill("SIGKILL");
      rmSync(dataDir, { recursive: true, force: true });
      throw error;
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGTERM");
    if (this.#process.exitCode === null) await ended;
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

function listening(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const fail = (why: string) => reject(new Error(`the server ${why}; it said:\n${said}`));
    const timer = setTimeout(() => fail(`did not listen within ${START_MS} ms`), START_MS);
    server.once("error", reject);
    server.once("exit", (code) => fail(`ended with ${code}`));
    server.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const url = /listening on (http:\/\/\S+)/.exec(said)?.[1];
      if (!url) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}

/** Starts a server for the file that calls it, and stops it after its last test. */
export function useServer(...more: string[]): { readonly url: string; company(id?: string): Client } {
  let server: Server | undefined;
  before(async () => {
    server = await Server.start(...more);
  });
  after(() => server?.stop());
  const url = () => {
    if (!server) throw new Error("the server is there within tests only");
    return server.url;
  };
  return {
    get url() {
      return url();
    },
    /** A client of a new company. */
    company: (companyId = randomUUID()) => createClient({ baseUrl: url(), companyId }),
  };
}

/** An environment with a name of its own. */
export function someEnvironment(client: Client, more: object = {}) {
  return client.environments.create({ name: `env-${randomUUID()}`, driver: "ssh", ...more });
}
