/** Making a run's workspace ready where its lease holds, and how an adapter reaches it. */
import type { JsonObject } from "../api.js";
import type { Client } from "../client.js";
import { writeNote } from "./metadata.js";
import { type Environment, type EnvironmentLease, toLease } from "./records.js";
import { type Logger, provision } from "./provisioning.js";
import {
  type ExecutionWorkspace,
  type RealizationRequest,
  type RealizeForRunInput,
  modeOf,
  realizationRequest,
} from "./realization-request.js";
import { coded } from "./run-error.js";
import type { EnvironmentRuntime, RealizedWorkspace } from "./runtime.js";
import { isObject, textOf } from "./snapshot.js";

/** What an adapter runs against; the caller's own shape. */
export type ExecutionTarget = JsonObject;

export interface RealizationResult {
  lease: EnvironmentLease;
  workspaceRealization: JsonObject;
  executionTarget: ExecutionTarget | null;
  remoteExecution: JsonObject | null;
  persistedExecutionWorkspace: ExecutionWorkspace | null;
}

export interface TransportInput {
  companyId: string;
  adapterType: string;
  environment: Environment;
  leaseId: string;
  lease: EnvironmentLease;
  leaseMetadata: JsonObject | null;
  /** For targets that reach the place through the driver. */
  environmentRuntime: EnvironmentRuntime;
}

export interface RealizingOptions {
  runtime: EnvironmentRuntime;
  /** How an adapter reaches the place, once the workspace is ready. */
  resolveTarget(input: TransportInput): Promise<JsonObject | null>;
  /** Keeps what was realized with the caller's workspace. */
  updateExecutionWorkspace?(
    id: string,
    change: { metadata: JsonObject },
  ): Promise<ExecutionWorkspace | null>;
  logger?: Logger;
}

export async function realizeForRun(
  client: Client,
  options: RealizingOptions,
  input: RealizeForRunInput,
): Promise<RealizationResult> {
  const request = realizationRequest(input);
  const realized = await realize(options.runtime, input, request);
  const workspaceRealization = objectOf(realized.metadata?.["workspaceRealization"]);
  const { cwd: ownCwd } = input.executionWorkspace;
  const cwd = textOf(realized.cwd) ?? textOf(input.lease.metadata?.["remoteCwd"]) ?? ownCwd;
  await provision(options, input, request, cwd);
  const kept = await keep(client, options, input, request, workspaceRealization);
  const executionTarget = await target(options, input, kept.lease, workspaceRealization, cwd);
  return {
    ...kept,
    workspaceRealization,
    executionTarget,
    remoteExecution: remoteSpec(executionTarget),
  };
}

/** A plugin makes its workspace ready by itself. */
async function realize(
  runtime: EnvironmentRuntime,
  input: RealizeForRunInput,
  workspaceRealizationRequest: RealizationRequest,
): Promise<RealizedWorkspace> {
  const { environment, lease } = input;
  if (environment.driver === "plugin") return {};
  const remoteCwd = lease.metadata?.["remoteCwd"];
  const workspace = {
    localPath: input.executionWorkspace.cwd,
    remotePath: textOf(remoteCwd) === null ? undefined : String(remoteCwd),
    mode: modeOf(input),
    metadata: { workspaceRealizationRequest },
  };
  return coded("workspace_realization_failed", "realize the workspace", input, () =>
    runtime.realizeWorkspace({ environment, lease, workspace }),
  );
}

/** With the lease, beside what others note there, and with the caller's workspace. */
async function keep(
  client: Client,
  { updateExecutionWorkspace }: RealizingOptions,
  { lease, companyId, persistedExecutionWorkspace }: RealizeForRunInput,
  workspaceRealizationRequest: RealizationRequest,
  workspaceRealization: JsonObject,
): Promise<Pick<RealizationResult, "lease" | "persistedExecutionWorkspace">> {
  if (Object.keys(workspaceRealization).length === 0) return { lease, persistedExecutionWorkspace };
  const scoped = client.forCompany(companyId);
  const noted = await writeNote(scoped, lease.id, "workspaceRealization", workspaceRealization);
  if (!persistedExecutionWorkspace || !updateExecutionWorkspace) {
    return { lease: toLease(noted), persistedExecutionWorkspace };
  }
  const { id, metadata } = persistedExecutionWorkspace;
  const change = { ...(metadata ?? {}), workspaceRealizationRequest, workspaceRealization };
  const updated = await updateExecutionWorkspace(id, { metadata: change });
  return {
    lease: toLease(noted),
    persistedExecutionWorkspace: updated ?? persistedExecutionWorkspace,
  };
}

async function target(
  { runtime, resolveTarget }: RealizingOptions,
  input: RealizeForRunInput,
  lease: EnvironmentLease,
  realization: JsonObject,
  cwd: string,
): Promise<ExecutionTarget | null> {
  const { companyId, adapterType, environment } = input;
  const resolved = await coded(
    "transport_resolution_failed",
    "resolve the execution target",
    { environment, lease },
    () =>
      resolveTarget({
        ...{ companyId, adapterType, environment, lease, leaseId: lease.id },
        leaseMetadata: lease.metadata,
        environmentRuntime: runtime,
      }),
  );
  if (!resolved) return null;
  const isInPlace = realization["mode"] === "in_place";
  const authoritativeRoot = textOf(realization["authoritativeRoot"]) ?? cwd;
  const isMoved = resolved["kind"] === "remote" && isInPlace;
  const workspaceRealization = {
    mode: isInPlace ? "in_place" : "copy",
    authoritativeRoot,
    pathAliases: listOf(realization["pathAliases"]).filter(isAlias),
    outboundRestorePaths: listOf(realization["outboundRestorePaths"]).filter(isText),
  };
  return { ...resolved, ...(isMoved && { remoteCwd: authoritativeRoot }), workspaceRealization };
}

/** How to reach it by SSH; null for everything else. */
function remoteSpec(executionTarget: ExecutionTarget | null): JsonObject | null {
  const { kind, transport, spec } = executionTarget ?? {};
  return kind === "remote" && transport === "ssh" && isObject(spec) ? spec : null;
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isAlias(value: unknown): boolean {
  return isObject(value) && isText(value["path"]) && isText(value["target"]);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
