// Acquire+release cycles through Paperclip's own service, in this process: `environmentService`
// and `logActivity` as its npm packages ship them, on tables that its own migrations made.
//
//   DATABASE_URL=postgres://… node cycles.mjs prepare
//   DATABASE_URL=postgres://… node cycles.mjs run --clients 32 --seconds 5 --warm-up 1
//
// `prepare` wants a database without tables. `run` prints one line of JSON; latencies are in
// microseconds. The packages are taken from ./node_modules.
import { resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

// As it is deployed; only what goes wrong is logged.
process.env.NODE_ENV = "production";
process.env.PAPERCLIP_LOG_LEVEL = "error";

const COMPANIES = 50;
const ENVIRONMENTS_PER_COMPANY = 2;
// Leases and activity refer to a run's row. Making runs is not what is measured.
const RUNS_PER_COMPANY = 100;
const OWNER = "owner";

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    clients: { type: "string", default: "32" },
    seconds: { type: "string", default: "5" },
    "warm-up": { type: "string", default: "1" },
    // Cycles a second, begun on schedule. Without it a client begins the next when one is done.
    rate: { type: "string" },
    // Percent of the cycles that go to one company.
    skew: { type: "string", default: "0" },
    // Of Paperclip's pool; its own default is its driver's, 10.
    connections: { type: "string" },
  },
});

const url = driverUrl(process.env.DATABASE_URL);
const library = await import(inPackage("db", "index.js"));
const { environmentService } = await import(inPackage("server", "services/environments.js"));
const { logActivity } = await import(inPackage("server", "services/activity-log.js"));

const commands = { prepare, run };
try {
  const command = commands[positionals[0]];
  if (!command || positionals.length !== 1) throw new Error("say `prepare` or `run`");
  await command();
  await library.closeRegisteredClients(url);
  process.exit(0);
} catch (error) {
  console.error(error.cause ? `${error.message}: ${error.cause.message}` : error.message);
  process.exit(1);
}

/** A file that the package does not export, by its path. */
function inPackage(name, file) {
  return pathToFileURL(resolve("node_modules/@paperclipai", name, "dist", file)).href;
}

/** Paperclip's driver takes a Unix socket's directory from the environment alone. */
function driverUrl(text) {
  if (!text) throw new Error("DATABASE_URL names no database");
  const given = new URL(text);
  const socket = [decodeURIComponent(given.hostname), given.searchParams.get("host") ?? ""]
    .find((host) => host.startsWith("/"));
  const sslmode = given.searchParams.get("sslmode");
  given.search = sslmode && !socket ? `?sslmode=${sslmode}` : "";
  if (!socket) return given.href;
  process.env.PGHOST = socket;
  process.env.PGPORT = given.port || "5432";
  if (given.username) process.env.PGUSER = decodeURIComponent(given.username);
  if (given.password) process.env.PGPASSWORD = decodeURIComponent(given.password);
  return `postgres://${given.pathname}`;
}

async function prepare() {
  const found = await library.inspectMigrations(url);
  if (found.tableCount > 0) throw new Error("the database has tables; this wants an empty one");
  await library.applyPendingMigrations(url);
  const db = library.createDb(url);
  const [{ name }] = await db.execute("select quote_ident(current_database()) as name");
  // What all contenders have.
  await db.execute(`alter database ${name} set synchronous_commit = 'on'`);
  await db.execute(`alter database ${name} set jit = 'off'`);
  for (let number = 0; number < COMPANIES; number += 1) await makeCompany(db, number);
  await db.execute("analyze");
}

async function makeCompany(db, number) {
  const { agents, companies, heartbeatRuns } = library;
  const [company] = await db.insert(companies)
    .values({ name: `bench ${number}`, issuePrefix: `B${number}`, defaultResponsibleUserId: OWNER })
    .returning({ id: companies.id });
  const [agent] = await db.insert(agents)
    .values({ companyId: company.id, name: `agent ${number}` })
    .returning({ id: agents.id });
  const run = { companyId: company.id, agentId: agent.id, status: "running", responsibleUserId: OWNER };
  await db.insert(heartbeatRuns).values(Array.from({ length: RUNS_PER_COMPANY }, () => run));
  for (let nth = 0; nth < ENVIRONMENTS_PER_COMPANY; nth += 1) {
    // Environments are the instance's; that a company has two of them is in their names.
    const name = `bench ${number}.${nth}`;
    await environmentService(db).create(company.id, { name, driver: "ssh" });
  }
}

async function run() {
  const clients = count("clients");
  const maxConnections = options.connections && count("connections");
  const db = library.createDb(url, maxConnections ? { maxConnections } : undefined);
  const work = { db, service: environmentService(db), places: await places(db) };
  const starts = performance.now();
  const opens = starts + 1000 * number("warm-up");
  const window = { starts, opens, closes: opens + 1000 * number("seconds") };
  const numbers = Array.from({ length: clients }, (_, index) => index);
  const lived = await Promise.all(numbers.map((index) => live(work, index, clients, window)));
  const latencies = Float64Array.from(lived.flat()).sort();
  const within = (thousandths) => {
    const nth = Math.min(Math.floor((latencies.length * thousandths) / 1000), latencies.length - 1);
    return Math.round(latencies[nth] ?? 0);
  };
  console.log(JSON.stringify({
    cycles: latencies.length,
    seconds: number("seconds"),
    p50Us: within(500),
    p90Us: within(900),
    p99Us: within(990),
    p999Us: within(999),
    maxUs: within(1000),
  }));
}

function number(name) {
  const value = Number(options[name]);
  if (!(value >= 0)) throw new Error(`--${name} is a number, 0 or more`);
  return value;
}

function count(name) {
  const value = number(name);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} is 1 or more`);
  return value;
}

/** The companies with what a cycle in them refers to. */
async function places(db) {
  const { companies, environments, heartbeatRuns } = library;
  const [found, environment, runs] = await Promise.all([
    db.select({ id: companies.id, name: companies.name }).from(companies),
    db.select({ id: environments.id, name: environments.name }).from(environments),
    db.select({ id: heartbeatRuns.id, companyId: heartbeatRuns.companyId, agentId: heartbeatRuns.agentId })
      .from(heartbeatRuns),
  ]);
  const made = found.filter((company) => company.name.startsWith("bench ")).map((company) => ({
    companyId: company.id,
    environments: environment.filter((one) => one.name.startsWith(`${company.name}.`)),
    runs: runs.filter((one) => one.companyId === company.id),
  }));
  if (made.length !== COMPANIES) throw new Error("`prepare` has not run on this database");
  return made;
}

/** One client: its cycles that ended inside the window, in microseconds. */
async function live(work, client, clients, window) {
  const below = random(client);
  const next = pace(client, clients, window);
  const latencies = [];
  for (;;) {
    const due = await next();
    if (performance.now() >= window.closes) return latencies;
    await cycle(work, below);
    const ended = performance.now();
    if (window.opens <= ended && ended < window.closes) latencies.push((ended - due) * 1000);
  }
}

/** When cycles begin: one after the other, or on schedule whatever became of those before. */
function pace(client, clients, window) {
  if (options.rate === undefined) return async () => performance.now();
  const turn = 1000 / number("rate");
  let following = window.starts + turn * client;
  return async () => {
    const due = following;
    following += turn * clients;
    const early = due - performance.now();
    if (early > 0) await new Promise((done) => setTimeout(done, early));
    return due;
  };
}

/** Mulberry32: enough to spread cycles, the same on every machine. */
function random(seed) {
  let state = seed + 1;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

/** What Paperclip does at the beginning and the end of a run, with what it notes of an SSH lease. */
async function cycle({ db, service, places: all }, below) {
  const place = all[below(100) < number("skew") ? 0 : below(all.length)];
  const environment = place.environments[below(place.environments.length)];
  const run = place.runs[below(place.runs.length)];
  const lease = await service.acquireLease({
    companyId: place.companyId,
    environmentId: environment.id,
    heartbeatRunId: run.id,
    leasePolicy: "ephemeral",
    provider: "ssh",
    providerLeaseId: "ssh://builder@builder-2.internal:22/srv/agents/1",
    metadata: {
      driver: "ssh", host: "builder-2.internal", port: 22, username: "builder",
      remoteWorkspacePath: "/srv/agents", remoteCwd: "/srv/agents/1",
      executionWorkspaceMode: "isolated_workspace",
    },
  });
  const log = (action, details) => logActivity(db, {
    companyId: place.companyId,
    actorType: "agent",
    actorId: run.agentId,
    agentId: run.agentId,
    runId: run.id,
    action,
    entityType: "environment_lease",
    entityId: lease.id,
    details: {
      environmentId: environment.id,
      driver: "ssh",
      leasePolicy: lease.leasePolicy,
      provider: lease.provider,
      executionWorkspaceId: lease.executionWorkspaceId,
      issueId: lease.issueId,
      ...details,
    },
  });
  await log("environment.lease_acquired", { networkEgress: null });
  const released = await service.releaseLease(lease.id, "released");
  if (released?.status !== "released") throw new Error(`lease ${lease.id} was not released`);
  await log("environment.lease_released", {
    status: released.status,
    cleanupStatus: released.cleanupStatus,
    failureReason: released.failureReason,
    providerResourceDisposition: "legacy_default",
  });
}
