/** Behaviours that Paperclip's own tests hold the run orchestrator to, by their numbers there. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import {
  type EnvironmentDriver,
  type EnvironmentRuntime,
  type ExecuteInput,
  type Executed,
  type OrchestratorOptions,
  EnvironmentRunError,
  environmentRunOrchestrator,
  environmentRuntime,
} from "@leasehold/client";
import { leasing } from "./drivers.js";
import { service } from "./paperclip.js";
import { useServer } from "./server.js";

const server = useServer();

function scene(drivers: object = {}, options: Partial<OrchestratorOptions> = {}) {
  const setting = service(server.company());
  const { client, companyId, svc } = setting;
  const kinds = ["local", "ssh", "sandbox", "plugin"];
  const runtime = environmentRuntime(client, {
    drivers: kinds.map((kind) => leasing(client, kind, drivers)),
  });
  const orchestrator = environmentRunOrchestrator(client, {
    runtime,
    resolveTransport: async () => null,
    ...options,
  });
  const run = { companyId, heartbeatRunId: randomUUID(), agentId: randomUUID() };
  const asked = (selectedEnvironmentId: string) => ({
    ...run,
    selectedEnvironmentId,
    ...{ localEnvironmentId: "local", adapterType: "claude_local", issueId: null },
    persistedExecutionWorkspace: null,
  });
  const acquired = async (more: object = {}) => {
    const environment = await setting.environment(more);
    return orchestrator.acquireForRun(asked(environment.id));
  };
  return { ...setting, svc, runtime, orchestrator, run, asked, acquired };
}

const realization = (more: object = {}) => ({
  ...{ adapterType: "claude_local", issueId: null, effectiveExecutionWorkspaceMode: null },
  ...{ executionWorkspace: { cwd: "/home/agent/repo" }, persistedExecutionWorkspace: null },
  ...more,
});

const failure = (work: Promise<unknown>): Promise<EnvironmentRunError> =>
  work.then(
    () => assert.fail("it did not fail"),
    (error) => {
      assert.ok(error instanceof EnvironmentRunError, String(error));
      return error;
    },
  );

test("resolves the selected environment, or makes the local one", async () => {
  const { orchestrator, companyId, environment } = scene();
  const ssh = await environment();
  const resolve = (selectedEnvironmentId: string) =>
    orchestrator.resolveEnvironment({ companyId, selectedEnvironmentId, localEnvironmentId: "l" });
  assert.deepEqual(await resolve(ssh.id), ssh);
  assert.equal((await resolve("l")).name, "Local");
  assert.equal((await resolve("")).driver, "local");
});

test("an unknown environment and another company's are environment_not_found", async () => {
  const { orchestrator, asked } = scene();
  const foreign = await scene().environment();
  for (const id of [randomUUID(), foreign.id]) {
    const error = await failure(orchestrator.acquireForRun(asked(id)));
    assert.equal(error.code, "environment_not_found");
    assert.equal(error.environmentId, id);
  }
});

test("an archived environment is environment_inactive, and no lease is made", async () => {
  const { orchestrator, asked, environment, svc } = scene();
  const { id } = await environment({ status: "archived" });
  const error = await failure(orchestrator.acquireForRun(asked(id)));
  assert.equal(error.code, "environment_inactive");
  assert.equal(error.environmentId, id);
  assert.equal(error.driver, "ssh");
  assert.deepEqual(await svc.listLeases(id), []);
});

test("acquires for a run: lease, context and transport, and the audit line with them", async () => {
  const transport = { kind: "ssh" };
  const { orchestrator, client, environment, run } = scene({}, {
    resolveTransport: async ({ leaseMetadata }) => ({ ...transport, notes: leaseMetadata }),
  });
  const { id } = await environment();
  const [issueId, workspaceId] = [randomUUID(), randomUUID()];
  const acquired = await orchestrator.acquireForRun({
    ...run,
    ...{ selectedEnvironmentId: id, defaultEnvironmentId: "local", adapterType: "x", issueId },
    persistedExecutionWorkspace: { id: workspaceId, mode: "isolated_workspace" },
    executionWorkspaceSettings: { networkEgress: "deny" },
  });
  assert.equal(acquired.environment.id, id);
  assert.equal(acquired.lease.status, "active");
  assert.equal(acquired.lease.heartbeatRunId, run.heartbeatRunId);
  assert.deepEqual(acquired.leaseContext, {
    executionWorkspaceId: workspaceId,
    executionWorkspaceMode: "isolated_workspace",
  });
  const notes = { driver: "ssh", executionWorkspaceMode: "isolated_workspace" };
  assert.deepEqual(acquired.executionTransport, { kind: "ssh", notes });
  const [line, ...others] = await client.activity.list({ entityId: acquired.lease.id }).all();
  assert.equal(others.length, 0);
  assert.equal(line?.action, "environment.lease_acquired");
  assert.deepEqual([line?.actorType, line?.actorId], ["agent", run.agentId]);
  assert.deepEqual([line?.agentId, line?.runId], [run.agentId, run.heartbeatRunId]);
  assert.deepEqual(line?.details, {
    ...{ environmentId: id, driver: "ssh", leasePolicy: "ephemeral", provider: "ssh" },
    ...{ executionWorkspaceId: workspaceId, issueId, networkEgress: "deny" },
  });
});

test("64: a driver that nobody registered fails the acquisition before any row exists", async () => {
  const { client, environment, asked, svc } = scene();
  const runtime = environmentRuntime(client, { drivers: [leasing(client, "local")] });
  const resolveTransport = async () => null;
  const orchestrator = environmentRunOrchestrator(client, { runtime, resolveTransport });
  const { id } = await environment();
  const error = await failure(orchestrator.acquireForRun(asked(id)));
  assert.equal(error.code, "lease_acquire_failed");
  assert.match(error.message, /driver "ssh" is not registered/);
  assert.deepEqual(await svc.listLeases(id), []);
});

test("a driver's error is wrapped with environment, driver and cause", async () => {
  const cause = new Error("sandbox provider is not ready");
  const { orchestrator, environment, asked } = scene({
    acquireRunLease: () => Promise.reject(cause),
  });
  const { id, name } = await environment();
  const error = await failure(orchestrator.acquireForRun(asked(id)));
  assert.equal(error.code, "lease_acquire_failed");
  assert.equal(error.environmentId, id);
  assert.equal(error.driver, "ssh");
  assert.equal(error.cause, cause);
  for (const words of [name, "ssh", cause.message]) assert.ok(error.message.includes(words));
});

test("a ledger's refusal is the cause, and tells whether to ask again", async () => {
  const { acquired } = scene();
  const error = await failure(acquired({ capacity: 0 }));
  assert.equal(error.code, "lease_acquire_failed");
  assert.equal((error.cause as { code: string }).code, "capacity_exhausted");
  assert.equal(error.retry, "new_key");
});

test("158: a driver without a lease is lease_acquire_failed, and nothing is logged", async () => {
  const { acquired, client } = scene({ acquireRunLease: async () => null });
  const error = await failure(acquired());
  assert.equal(error.code, "lease_acquire_failed");
  const lines = await client.activity.list({ action: "environment.lease_acquired" }).all();
  assert.deepEqual(lines, []);
});

test("a broken transport leaves a lease that its run's release finds", async () => {
  const cause = new Error("no route to host");
  const { orchestrator, acquired, run, svc } = scene({}, {
    resolveTransport: () => Promise.reject(cause),
  });
  const error = await failure(acquired());
  assert.equal(error.code, "transport_resolution_failed");
  assert.equal(error.cause, cause);
  assert.ok(error.leaseId && error.environmentId && error.driver);
  assert.equal((await svc.getLeaseById(error.leaseId))?.status, "active");
  const released = await orchestrator.releaseForRun({ ...run, status: "failed" });
  assert.deepEqual(released.released.map(({ lease }) => lease.id), [error.leaseId]);
});

test("140: one release that fails stops no other, and is reported by its lease", async () => {
  let failing = "";
  const cause = new Error("worker is not running");
  const releasing = (svc: ReturnType<typeof service>["svc"]): Partial<EnvironmentDriver> => ({
    releaseRunLease: ({ lease, status }) => {
      if (lease.id === failing) return Promise.reject(cause);
      return svc.releaseLease(lease.id, status);
    },
  });
  const { client, svc, environment, asked, run } = scene();
  const runtime = environmentRuntime(client, { drivers: [leasing(client, "ssh", releasing(svc))] });
  const resolveTransport = async () => null;
  const orchestrator = environmentRunOrchestrator(client, { runtime, resolveTransport });
  const { id } = await environment();
  const leases = [];
  for (let n = 0; n < 3; n += 1) {
    leases.push((await orchestrator.acquireForRun(asked(id))).lease.id);
  }
  failing = leases[1]!;
  const { released, errors } = await orchestrator.releaseForRun(run);
  assert.deepEqual(errors, [{ leaseId: failing, error: cause }]);
  const others = new Set([leases[0], leases[2]]);
  assert.deepEqual(new Set(released.map(({ lease }) => lease.id)), others);
  assert.equal((await svc.getLeaseById(failing))?.status, "active");
});

for (const [number, driver] of [["141", "local"], ["142", "sandbox"], ["143", "ssh"]] as const) {
  test(`${number}: a ${driver} lease is bound to its run, released once, and then none`, async () => {
    const { orchestrator, companyId, run, asked, environment, svc } = scene();
    const local = driver === "local";
    const { id } = local ? await svc.ensureLocalEnvironment() : await environment({ driver });
    const { lease, leaseContext } = await orchestrator.acquireForRun(asked(id));
    assert.equal(lease.companyId, companyId);
    assert.equal(lease.environmentId, id);
    assert.equal(lease.heartbeatRunId, run.heartbeatRunId);
    assert.equal(lease.issueId, null);
    assert.equal(lease.metadata?.["driver"], driver);
    assert.deepEqual(leaseContext, { executionWorkspaceId: null, executionWorkspaceMode: null });
    const first = await orchestrator.releaseForRun(run);
    assert.deepEqual(first.released.map((record) => record.lease.id), [lease.id]);
    assert.equal(first.released[0]?.lease.status, "released");
    assert.deepEqual(await svc.listLeases(id, { status: "active" }), []);
    assert.deepEqual(await orchestrator.releaseForRun(run), { released: [], errors: [] });
  });
}

test("a release writes status, reason and disposition into the audit line, by the agent", async () => {
  const { orchestrator, acquired, client, run } = scene();
  const { lease } = await acquired();
  const { released } = await orchestrator.releaseForRun({
    ...run,
    ...{ status: "failed", failureReason: "exit code 137" },
    providerResourceDisposition: "destroy",
  });
  assert.equal(released[0]?.lease.failureReason, "exit code 137");
  const lines = client.activity.list({ entityId: lease.id, action: "environment.lease_released" });
  const [line] = await lines.all();
  assert.deepEqual([line?.actorType, line?.actorId], ["agent", run.agentId]);
  assert.equal(line?.runId, run.heartbeatRunId);
  const details = line?.details as Record<string, unknown>;
  assert.equal(details["status"], "expired");
  assert.equal(details["failureReason"], "exit code 137");
  assert.equal(details["providerResourceDisposition"], "destroy");
});

test("a runtime that cannot even look is reported under a star, and nothing is thrown", async () => {
  const cause = new Error("no database");
  const runtime = { releaseRunLeases: () => Promise.reject(cause) };
  const { orchestrator, run } = scene({}, { runtime: runtime as unknown as EnvironmentRuntime });
  const result = await orchestrator.releaseForRun(run);
  assert.deepEqual(result, { released: [], errors: [{ leaseId: "*", error: cause }] });
});

test("144: cancelActiveWork is passed only when it is asked for", async () => {
  const calls: unknown[][] = [];
  const runtime = {
    releaseRunLeases: async (...args: unknown[]) => {
      calls.push(args);
      return [];
    },
  };
  const { orchestrator, run } = scene({}, { runtime: runtime as unknown as EnvironmentRuntime });
  await orchestrator.releaseForRun(run);
  await orchestrator.releaseForRun({ ...run, cancelActiveWork: false });
  await orchestrator.releaseForRun({ ...run, cancelActiveWork: true });
  assert.deepEqual(calls.map((args) => args.slice(4)), [[], [], [true]]);
});

test("a lease is released by the driver that granted it, whatever its environment is by now", async () => {
  const { svc, orchestrator, acquired, run } = scene();
  const { lease } = await acquired({ driver: "sandbox" });
  await svc.updateLeaseMetadata(lease.id, { driver: "unheard-of" });
  const { errors } = await orchestrator.releaseForRun(run);
  assert.equal(errors[0]?.leaseId, lease.id);
  assert.match(String(errors[0]?.error), /"unheard-of" is not registered/);
});

for (const [number, disposition, expected] of [
  ["56", "keep_running", "retained"],
  ["57", "stop_and_retain", "released"],
  ["60", "destroy", "expired"],
] as const) {
  test(`${number}: ${disposition} of a reusable lease after a failed run is ${expected}`, async () => {
    const { svc, orchestrator, environment, reusable, run } = scene();
    const { id } = await environment();
    const { heartbeatRunId } = run;
    const lease = await reusable(id, { heartbeatRunId, metadata: { driver: "ssh" } });
    const how = { status: "failed", providerResourceDisposition: disposition } as const;
    const { released } = await orchestrator.releaseForRun({ ...run, ...how });
    assert.equal(released[0]?.lease.status, expected);
    const kept = await svc.getLeaseById(lease.id);
    assert.equal(kept?.status, expected);
    assert.equal(kept?.cleanupStatus, expected === "retained" ? "success" : kept?.cleanupStatus);
  });
}

test("keep_running of a lease that is not reusable is an error, and the lease stays", async () => {
  const { svc, orchestrator, acquired, run } = scene();
  const { lease } = await acquired();
  const how = { providerResourceDisposition: "keep_running" } as const;
  const { released, errors } = await orchestrator.releaseForRun({ ...run, ...how });
  assert.deepEqual([released, errors[0]?.leaseId], [[], lease.id]);
  assert.equal((await svc.getLeaseById(lease.id))?.status, "active");
});

test("145: realizing returns the lease, the target with what was realized, and how to reach it", async () => {
  const spec = { host: "h", port: 22 };
  const { orchestrator, acquired, run } = scene(
    {
      realizeWorkspace: async () => ({
        cwd: "/remote/repo",
        metadata: { workspaceRealization: { mode: "copy", pathAliases: [{ path: "/a" }] } },
      }),
    },
    { resolveTransport: async () => ({ kind: "remote", transport: "ssh", spec }) },
  );
  const { environment, lease } = await acquired();
  const realized = await orchestrator.realizeForRun({ ...run, environment, lease, ...realization() });
  assert.equal(realized.lease.id, lease.id);
  assert.deepEqual(realized.remoteExecution, spec);
  assert.equal(realized.workspaceRealization["mode"], "copy");
  assert.deepEqual(realized.executionTarget, {
    ...{ kind: "remote", transport: "ssh", spec },
    workspaceRealization: {
      ...{ mode: "copy", authoritativeRoot: "/remote/repo", pathAliases: [] },
      outboundRestorePaths: [],
    },
  });
});

test("146: the root of a workspace that is used in place becomes the remote cwd", async () => {
  const workspaceRealization = { mode: "in_place", authoritativeRoot: "/srv/root" };
  const { orchestrator, acquired, run } = scene(
    { realizeWorkspace: async () => ({ metadata: { workspaceRealization } }) },
    { resolveTarget: async () => ({ kind: "remote", transport: "sandbox", remoteCwd: "/other" }) },
  );
  const { environment, lease } = await acquired();
  const realized = await orchestrator.realizeForRun({ ...run, environment, lease, ...realization() });
  assert.equal(realized.executionTarget?.["remoteCwd"], "/srv/root");
  assert.equal(realized.remoteExecution, null);
});

test("147: a workspace that cannot be realized is told with its environment, and ends there", async () => {
  const cause = new Error("disk full");
  let resolved = 0;
  const { orchestrator, acquired, run } = scene(
    { realizeWorkspace: () => Promise.reject(cause) },
    { resolveTarget: async () => ((resolved += 1), null) },
  );
  const { environment, lease } = await acquired();
  const work = orchestrator.realizeForRun({ ...run, environment, lease, ...realization() });
  const error = await failure(work);
  assert.equal(error.code, "workspace_realization_failed");
  assert.equal(error.environmentId, environment.id);
  assert.equal(error.driver, "ssh");
  assert.equal(error.leaseId, lease.id);
  assert.equal(error.cause, cause);
  assert.equal(resolved, 0);
});

test("148: a target that cannot be resolved is transport_resolution_failed", async () => {
  const cause = new Error("no key");
  const { orchestrator, acquired, run } = scene({}, { resolveTarget: () => Promise.reject(cause) });
  const { environment, lease } = await acquired();
  const work = orchestrator.realizeForRun({ ...run, environment, lease, ...realization() });
  const error = await failure(work);
  assert.equal(error.code, "transport_resolution_failed");
  assert.equal(error.cause, cause);
});

test("149: a plugin's workspace is not realized", async () => {
  const realizeWorkspace = () => Promise.reject(new Error("called"));
  const { orchestrator, acquired, run } = scene({ realizeWorkspace });
  const { environment, lease } = await acquired({ driver: "plugin" });
  const realized = await orchestrator.realizeForRun({ ...run, environment, lease, ...realization() });
  assert.deepEqual(realized.workspaceRealization, {});
});

test("150: what was realized is noted on lease and workspace, once, beside other notes", async () => {
  const updates: [string, object][] = [];
  const workspaceRealization = { mode: "copy", bundle: { files: 3, gone: null } };
  const { svc, client, orchestrator, acquired, run } = scene(
    { realizeWorkspace: async () => ({ metadata: { workspaceRealization } }), notes: { host: "h" } },
    {
      updateExecutionWorkspace: async (id, change) => {
        updates.push([id, change]);
        return { id, mode: "kept", metadata: change.metadata };
      },
    },
  );
  const { environment, lease } = await acquired();
  await client.leases.patchMetadata(lease.id, {
    late: "written since",
    workspaceRealization: { mode: "old", stale: true },
  });
  const persistedExecutionWorkspace = { id: randomUUID(), metadata: { own: 1 } };
  const realized = await orchestrator.realizeForRun({
    ...{ ...run, environment, lease },
    ...realization({ persistedExecutionWorkspace }),
  });
  assert.deepEqual(realized.lease.metadata, {
    ...{ driver: "ssh", executionWorkspaceMode: null, host: "h", late: "written since" },
    workspaceRealization,
  });
  assert.deepEqual((await svc.getLeaseById(lease.id))?.metadata, realized.lease.metadata);
  assert.equal(updates.length, 1);
  assert.equal(updates[0]?.[0], persistedExecutionWorkspace.id);
  const { metadata } = realized.persistedExecutionWorkspace ?? {};
  assert.deepEqual([metadata?.["own"], metadata?.["workspaceRealization"]], [1, workspaceRealization]);
  assert.equal(realized.persistedExecutionWorkspace?.mode, "kept");
});

const provisioned = { id: randomUUID(), config: { provisionCommand: " make deps " } };

for (const [number, told, expected] of [
  ["151", "/srv/realized", "/srv/realized"],
  ["154", null, "/srv/noted"],
] as const) {
  test(`${number}: over SSH the provision command runs in the remote cwd`, async () => {
    const ran: ExecuteInput[] = [];
    const { orchestrator, acquired, run } = scene({
      notes: { remoteCwd: "/srv/noted" },
      realizeWorkspace: async () => ({ cwd: told }),
      execute: async (input: ExecuteInput) => {
        ran.push(input);
        return { exitCode: 0, timedOut: false, stdout: "", stderr: "" };
      },
    });
    const { environment, lease } = await acquired();
    await orchestrator.realizeForRun({
      ...{ ...run, environment, lease },
      ...realization({ persistedExecutionWorkspace: provisioned }),
    });
    assert.equal(ran.length, 1);
    assert.deepEqual([ran[0]?.command, ran[0]?.args], ["bash", ["-lc", "make deps"]]);
    assert.equal(ran[0]?.cwd, expected);
    assert.equal(ran[0]?.timeoutMs, 300_000);
  });
}

for (const [number, driver, told] of [["152", "sandbox", 1], ["153", "local", 0]] as const) {
  test(`${number}: on ${driver} the provision command does not run`, async () => {
    const said: string[] = [];
    const execute = () => Promise.reject(new Error("called"));
    const logger = { info: (_: object, message: string) => void said.push(message) };
    const { svc, orchestrator, asked, environment: made, run } = scene({ execute }, { logger });
    const local = driver === "local";
    const { id } = local ? await svc.ensureLocalEnvironment() : await made({ driver });
    const { environment, lease } = await orchestrator.acquireForRun(asked(id));
    await orchestrator.realizeForRun({
      ...{ ...run, environment, lease },
      ...realization({ persistedExecutionWorkspace: provisioned }),
    });
    assert.equal(said.length, told);
  });
}

for (const [number, outcome, words] of [
  ["155", { exitCode: 127, stderr: "\n make: not found \n" }, /exit code 127: make: not found$/],
  ["155", { exitCode: null, signal: "SIGKILL", stdout: "half\n" }, /\(signal SIGKILL\): half$/],
  ["155", { exitCode: 0, timedOut: true }, /took too long$/],
] as const) {
  test(`${number}: a provision command that fails (${words.source}) ends there`, async () => {
    let resolved = 0;
    const none = { timedOut: false, stdout: "", stderr: "" };
    const done: Executed = { ...none, ...outcome };
    const resolveTarget = async () => ((resolved += 1), null);
    const { orchestrator, acquired, run } = scene({ execute: async () => done }, { resolveTarget });
    const { environment, lease } = await acquired();
    const work = orchestrator.realizeForRun({
      ...{ ...run, environment, lease },
      ...realization({ persistedExecutionWorkspace: provisioned }),
    });
    const error = await failure(work);
    assert.equal(error.code, "workspace_realization_failed");
    assert.match(error.message, words);
    assert.equal(resolved, 0);
  });
}
