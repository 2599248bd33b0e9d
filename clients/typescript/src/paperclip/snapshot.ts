/** What a run keeps of its environment and its lease. */
import type { JsonObject } from "../api.js";
import type { Environment, EnvironmentLease } from "./records.js";

/** The run's context snapshot under `paperclipEnvironment`. */
export interface PaperclipEnvironmentSnapshot {
  id: string;
  name: string;
  driver: string;
  leaseId: string;
  workspaceRealization?: JsonObject;
  sandboxLeaseAcquisition?: unknown;
  remoteCwd?: string;
  host?: string;
  port?: number;
  username?: string;
}

/** Where the run works, and where known how to reach it: all of it from the lease's notes. */
export function paperclipEnvironment(
  environment: Pick<Environment, "id" | "name" | "driver">,
  lease: Pick<EnvironmentLease, "id" | "metadata">,
): PaperclipEnvironmentSnapshot {
  const { id, name, driver } = environment;
  const notes = lease.metadata ?? {};
  const { workspaceRealization, sandboxLeaseAcquisition, remoteCwd, host, port, username } = notes;
  return {
    ...{ id, name, driver, leaseId: lease.id },
    ...(isObject(workspaceRealization) && { workspaceRealization }),
    ...(sandboxLeaseAcquisition != null && { sandboxLeaseAcquisition }),
    ...(typeof remoteCwd === "string" && {
      remoteCwd,
      ...(typeof host === "string" && { host }),
      ...(typeof port === "number" && { port }),
      ...(typeof username === "string" && { username }),
    }),
  };
}

/** The workspace that a run's lease is about. */
export interface LeaseContext {
  executionWorkspaceId: string | null;
  executionWorkspaceMode: string | null;
}

export interface WorkspaceRef {
  id: string;
  mode?: string | null;
}

export function leaseContext(input: {
  persistedExecutionWorkspace: WorkspaceRef | null;
}): LeaseContext {
  const { id = null, mode = null } = input.persistedExecutionWorkspace ?? {};
  return { executionWorkspaceId: id, executionWorkspaceMode: mode };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text that says something, without what surrounds it. */
export function textOf(value: unknown): string | null {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? null : text;
}
