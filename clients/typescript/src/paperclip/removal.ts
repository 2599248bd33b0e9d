/** What hangs on an environment, in Paperclip's words, and its guarded removal. */
import type { Lease } from "../api.js";
import type { Client } from "../client.js";
import { isRefusal } from "../errors.js";
import { orNull } from "./absent.js";
import { type Environment, toEnvironment } from "./records.js";

/** Paperclip's words, and after them those that only the ledger refuses for. */
export type DeleteBlockedReason =
  | "managed_local"
  | "reusable_sandbox_lease"
  | "pending_sandbox_cleanup"
  | "active_lease"
  | "retained_lease";

/** Of Paperclip's blast radius, what a ledger of environments and leases can know. */
export interface EnvironmentDeleteBlastRadius {
  environmentId: string;
  canDelete: boolean;
  deleteBlockedReasons: DeleteBlockedReason[];
  pendingCleanupLeaseCount: number;
  reusableSandboxLeaseCount: number;
  reusableSandboxLeaseHolders: ReusableLeaseHolder[];
  staticReferences: { isManagedLocal: boolean };
  activeRuntimeUse: { activeLeaseCount: number; hasActiveRuntimeUse: boolean };
}

/** Names of workspaces and issues are the caller's to add: the ledger knows only their ids. */
export interface ReusableLeaseHolder {
  leaseId: string;
  executionWorkspaceId: string | null;
  executionWorkspaceName: null;
  issueId: string | null;
  issueIdentifier: null;
  issueTitle: null;
}

/** Leases whose resource may still be there. */
const REUSABLE = {
  leasePolicy: "reuse_by_environment",
  status: ["active", "released", "retained"],
} as const;

export function removal(client: Client) {
  const getDeleteBlastRadius = async (
    id: string,
  ): Promise<EnvironmentDeleteBlastRadius | null> => {
    const environment = await orNull(client.environments.get(id));
    return environment && radius(client, environment);
  };
  return {
    /** Null when there is no such environment. */
    getDeleteBlastRadius,

    /** The environment that was removed; null when there is none, or something hangs on it. */
    removeIfDeletable: async (id: string): Promise<Environment | null> => {
      const environment = await orNull(client.environments.get(id));
      if (!environment || !(await radius(client, environment)).canDelete) return null;
      try {
        await client.environments.remove(id);
      } catch (error) {
        if (isRefusal(error, "environment_in_use", "environment_not_found")) return null;
        throw error;
      }
      return toEnvironment(environment);
    },
  };
}

async function radius(
  client: Client,
  { id, driver }: { id: string; driver: string },
): Promise<EnvironmentDeleteBlastRadius> {
  const [usage, leases] = await Promise.all([
    client.environments.usage(id),
    client.leases.list({ environmentId: id, ...REUSABLE, limit: 500 }).all(),
  ]);
  // A released lease keeps its end when another takes its resource over: that one speaks for it.
  const holders = leases.filter((lease) => lease.replacedByLeaseId === null).map(holder);
  const isManagedLocal = driver === "local";
  const blocked: [DeleteBlockedReason, boolean][] = [
    ["managed_local", isManagedLocal],
    ["pending_sandbox_cleanup", usage.openCleanups > 0],
    ["reusable_sandbox_lease", holders.length > 0],
    ["active_lease", usage.removeBlockedReasons.includes("active_lease")],
    ["retained_lease", usage.removeBlockedReasons.includes("retained_lease")],
  ];
  const deleteBlockedReasons = blocked.filter(([, is]) => is).map(([reason]) => reason);
  const activeLeaseCount = Number(usage.counts["active"] ?? 0);
  return {
    environmentId: id,
    canDelete: deleteBlockedReasons.length === 0,
    deleteBlockedReasons,
    pendingCleanupLeaseCount: usage.openCleanups,
    reusableSandboxLeaseCount: holders.length,
    reusableSandboxLeaseHolders: holders,
    staticReferences: { isManagedLocal },
    activeRuntimeUse: { activeLeaseCount, hasActiveRuntimeUse: activeLeaseCount > 0 },
  };
}

function holder({ id, executionWorkspaceId, issueId }: Lease): ReusableLeaseHolder {
  return {
    leaseId: id,
    executionWorkspaceId: executionWorkspaceId ?? null,
    executionWorkspaceName: null,
    issueId: issueId ?? null,
    issueIdentifier: null,
    issueTitle: null,
  };
}
