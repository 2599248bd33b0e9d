/**
 * Paperclip's run orchestrator, on the ledger: resolve, acquire, realize, release.
 *
 * The audit line of an acquisition is written with it, in the same statement: no lease can be held
 * without one, and no line tells of a lease that is not there. Whatever fails after the lease was
 * acquired leaves it with its run, where `releaseForRun` finds it.
 */
import { type Ambient, withAmbient } from "../ambient.js";
import type { Actor, JsonObject } from "../api.js";
import type { Client } from "../client.js";
import { orNull } from "./absent.js";
import { environmentService } from "./environment-service.js";
import type { RealizeForRunInput } from "./realization-request.js";
import { type RealizingOptions, type TransportInput, realizeForRun } from "./realizing.js";
import { type Environment, type EnvironmentLease, toEnvironment } from "./records.js";
import type { EndStatus } from "./releasing.js";
import { EnvironmentRunError, coded } from "./run-error.js";
import type {
  EnvironmentRuntime,
  ProviderResourceDisposition,
  RuntimeLeaseRecord,
} from "./runtime.js";
import type { LeaseContext, WorkspaceRef } from "./snapshot.js";

export interface OrchestratorOptions extends Omit<RealizingOptions, "resolveTarget"> {
  runtime: EnvironmentRuntime;
  /** How an adapter reaches the place that was leased; null where it needs no way. */
  resolveTransport(input: TransportInput): Promise<JsonObject | null>;
  /** The same once the workspace is ready; `resolveTransport` where it is not given. */
  resolveTarget?(input: TransportInput): Promise<JsonObject | null>;
}

export interface SelectedEnvironment {
  companyId: string;
  selectedEnvironmentId: string;
  /** The company's local environment, by either of the names that Paperclip has had for it. */
  localEnvironmentId?: string;
  defaultEnvironmentId?: string;
}

export interface AcquireForRunInput extends SelectedEnvironment {
  adapterType: string;
  issueId: string | null;
  heartbeatRunId: string;
  agentId: string;
  persistedExecutionWorkspace: WorkspaceRef | null;
  executionWorkspaceSettings?: JsonObject | null;
}

export interface AcquisitionResult {
  environment: Environment;
  lease: EnvironmentLease;
  leaseContext: LeaseContext;
  executionTransport: JsonObject | null;
}

export interface ReleaseForRunInput {
  heartbeatRunId: string;
  companyId: string;
  agentId: string;
  status?: EndStatus;
  failureReason?: string;
  /** An explicit stop while the adapter starts. */
  cancelActiveWork?: boolean;
  providerResourceDisposition?: ProviderResourceDisposition;
}

export interface ReleaseResult {
  released: RuntimeLeaseRecord[];
  /** `*` where the runtime could not even look. */
  errors: { leaseId: string; error: unknown }[];
}

export type EnvironmentRunOrchestrator = ReturnType<typeof environmentRunOrchestrator>;

export function environmentRunOrchestrator(client: Client, options: OrchestratorOptions) {
  const { runtime } = options;
  const resolveTarget = options.resolveTarget ?? options.resolveTransport;
  return {
    runtime,
    resolveEnvironment: (input: SelectedEnvironment) => resolveEnvironment(client, input),
    acquireForRun: (input: AcquireForRunInput) => acquireForRun(client, options, input),
    realizeForRun: (input: RealizeForRunInput) =>
      realizeForRun(client, { ...options, resolveTarget }, input),
    releaseForRun: (input: ReleaseForRunInput) => releaseForRun(runtime, input),
  };
}

/** The selected environment, or the company's local one, made when there is none. */
async function resolveEnvironment(
  client: Client,
  input: SelectedEnvironment,
): Promise<Environment> {
  const { companyId, selectedEnvironmentId } = input;
  const local = input.localEnvironmentId ?? input.defaultEnvironmentId ?? "";
  const environmentId = selectedEnvironmentId || local;
  const scoped = client.forCompany(companyId);
  const environment =
    environmentId === local
      ? await environmentService(scoped).ensureLocalEnvironment(companyId)
      : await orNull(scoped.environments.get(environmentId)).then((e) => e && toEnvironment(e));
  if (!environment) {
    const message = `Environment "${environmentId}" not found.`;
    throw new EnvironmentRunError("environment_not_found", message, { environmentId });
  }
  const { id, name, driver, status } = environment;
  if (status !== "active") {
    const message = `Environment "${name}" is not active (status: ${status}).`;
    throw new EnvironmentRunError("environment_inactive", message, { environmentId: id, driver });
  }
  return environment;
}

async function acquireForRun(
  client: Client,
  options: OrchestratorOptions,
  input: AcquireForRunInput,
): Promise<AcquisitionResult> {
  const environment = await resolveEnvironment(client, input);
  const { lease, leaseContext } = await acquire(options.runtime, environment, input);
  const { companyId, adapterType } = input;
  const executionTransport = await coded(
    "transport_resolution_failed",
    "resolve the execution transport",
    { environment, lease },
    () =>
      options.resolveTransport({
        ...{ companyId, adapterType, environment, lease, leaseId: lease.id },
        leaseMetadata: lease.metadata,
        environmentRuntime: options.runtime,
      }),
  );
  return { environment, lease, leaseContext, executionTransport };
}

function acquire(
  runtime: EnvironmentRuntime,
  environment: Environment,
  input: AcquireForRunInput,
): Promise<RuntimeLeaseRecord> {
  const { companyId, issueId, agentId, heartbeatRunId, adapterType } = input;
  const executionWorkspaceSettings = input.executionWorkspaceSettings ?? null;
  const { persistedExecutionWorkspace } = input;
  const networkEgress = executionWorkspaceSettings?.["networkEgress"] ?? null;
  const said: Ambient = { actor: agentOf(input), agentId, networkEgress };
  const run = { companyId, environment, issueId, agentId, heartbeatRunId, adapterType };
  return coded("lease_acquire_failed", "acquire a lease", { environment }, async () => {
    const record = await withAmbient(said, () =>
      runtime.acquireRunLease({ ...run, persistedExecutionWorkspace, executionWorkspaceSettings }),
    );
    if (!record?.lease) throw new Error("the driver gave no lease");
    return record;
  });
}

/** Never throws: a run that is over must be able to go on winding down. */
async function releaseForRun(
  runtime: EnvironmentRuntime,
  input: ReleaseForRunInput,
): Promise<ReleaseResult> {
  const { heartbeatRunId, status = "released", cancelActiveWork } = input;
  const { failureReason, providerResourceDisposition } = input;
  const said: Ambient = { actor: agentOf(input), failureReason, providerResourceDisposition };
  const errors: ReleaseResult["errors"] = [];
  const onError = (leaseId: string, error: unknown) => void errors.push({ leaseId, error });
  const cancel = cancelActiveWork ? ([true] as const) : ([] as const);
  try {
    const released = await withAmbient(said, () =>
      runtime.releaseRunLeases(
        ...([heartbeatRunId, status, onError, providerResourceDisposition] as const),
        ...cancel,
      ),
    );
    return { released, errors };
  } catch (error) {
    return { released: [], errors: [...errors, { leaseId: "*", error }] };
  }
}

function agentOf(input: { agentId: string; heartbeatRunId: string }): Actor {
  const { agentId, heartbeatRunId } = input;
  return { type: "agent", id: agentId, agentId, runId: heartbeatRunId };
}
