/** What a driver is told about the workspace that it is to make ready. */
import type { JsonObject } from "../api.js";
import type { Environment, EnvironmentLease } from "./records.js";
import { type WorkspaceRef, isObject, textOf } from "./snapshot.js";

/** A workspace as the caller has it on its own disk. */
export interface RealizedExecutionWorkspace {
  cwd: string;
  source?: string;
  projectId?: string | null;
  workspaceId?: string | null;
  repoUrl?: string | null;
  repoRef?: string | null;
  strategy?: string;
  branchName?: string | null;
  worktreePath?: string | null;
}

/** A workspace as the caller's database has it. */
export interface ExecutionWorkspace extends WorkspaceRef {
  config?: JsonObject | null;
  metadata?: JsonObject | null;
}

export interface RealizeForRunInput {
  environment: Environment;
  lease: EnvironmentLease;
  adapterType: string;
  companyId: string;
  issueId: string | null;
  heartbeatRunId: string;
  executionWorkspace: RealizedExecutionWorkspace;
  effectiveExecutionWorkspaceMode: string | null;
  persistedExecutionWorkspace: ExecutionWorkspace | null;
}

export type RealizationRequest = ReturnType<typeof realizationRequest>;

export function realizationRequest(input: RealizeForRunInput) {
  const { executionWorkspace: workspace, persistedExecutionWorkspace: persisted } = input;
  const config = persisted?.config ?? {};
  return {
    version: 1,
    adapterType: input.adapterType,
    companyId: input.companyId,
    environmentId: input.environment.id,
    executionWorkspaceId: persisted?.id ?? null,
    issueId: input.issueId,
    heartbeatRunId: input.heartbeatRunId,
    requestedMode: modeOf(input) ?? null,
    source: {
      kind: workspace.source ?? "project_primary",
      localPath: workspace.cwd,
      projectId: workspace.projectId ?? null,
      projectWorkspaceId: workspace.workspaceId ?? null,
      repoUrl: workspace.repoUrl ?? null,
      repoRef: workspace.repoRef ?? null,
      strategy: workspace.strategy ?? "project_primary",
      branchName: workspace.branchName ?? null,
      worktreePath: workspace.worktreePath ?? null,
    },
    runtimeOverlay: {
      provisionCommand: textOf(config["provisionCommand"]),
      teardownCommand: textOf(config["teardownCommand"]),
      cleanupCommand: textOf(config["cleanupCommand"]),
      workspaceRuntime: isObject(config["workspaceRuntime"]) ? config["workspaceRuntime"] : null,
    },
  };
}

export function modeOf(input: RealizeForRunInput): string | undefined {
  const { persistedExecutionWorkspace: persisted, effectiveExecutionWorkspaceMode } = input;
  return persisted?.mode ?? effectiveExecutionWorkspaceMode ?? undefined;
}
