/** Resources at a provider that no lease speaks for: written down so that a janitor finds them. */
import type { Environment, Lease, ReserveLease } from "../api.js";
import type { Client } from "../client.js";
import { isRefusal } from "../errors.js";
import { type EnvironmentLease, toLease } from "./records.js";

export interface PendingCleanupInput {
  companyId: string;
  environmentId: string;
  executionWorkspaceId?: string | null;
  issueId?: string | null;
  heartbeatRunId?: string | null;
  provider?: string | null;
  providerLeaseId?: string | null;
  metadata?: Record<string, unknown> | null;
  failureReason: string;
}

/** Where orphans are kept whose own environment takes nothing any more. */
const HOME = "Orphaned resources";
const HOME_DESCRIPTION = "Resources at providers whose own environment could not take them.";
/** The notes that say where such an orphan came from. */
const FROM = { environment: "orphanedEnvironmentId", run: "orphanedHeartbeatRunId" } as const;

/** Why an environment, or a run, takes no lease: an orphan is written down all the same. */
const UNWELCOME = [
  "environment_not_found",
  "environment_inactive",
  "capacity_exhausted",
  "workspace_held",
  "run_ended",
];

export function orphans(client: Client) {
  return {
    /**
     * Writes down a resource that has to be cleaned up, as a failed lease with its cleanup open.
     * When its environment is gone or takes no lease, `environmentId` is null in the answer.
     */
    insertPendingCleanupLease: async (input: PendingCleanupInput): Promise<EnvironmentLease> => {
      const scoped = client.forCompany(input.companyId);
      try {
        return toLease(await written(scoped, input.failureReason, body(input)));
      } catch (error) {
        if (!isRefusal(error, ...UNWELCOME)) throw error;
        return written(scoped, input.failureReason, await homeless(scoped, input)).then(fostered);
      }
    },

    /** Whether any lease of the environment has ended with its cleanup not done. */
    hasUnresolvedPendingCleanupLeases: async (environmentId: string): Promise<boolean> => {
      const open = { status: ENDS, cleanupStatus: ["pending", "failed"], limit: 1 } as const;
      const { items } = await client.leases.list({ ...open, environmentId }).page();
      return items.length > 0;
    },
  };
}

/** How long a crash may keep an orphan from its janitor. */
const RESERVED_SECONDS = 30;
const ENDS = ["released", "expired", "failed"] as const;

function body(input: PendingCleanupInput): ReserveLease {
  const { environmentId, executionWorkspaceId, issueId, heartbeatRunId } = input;
  const { provider, providerLeaseId, metadata } = input;
  const scope = { environmentId, executionWorkspaceId, issueId, heartbeatRunId };
  return { ...scope, provider, providerLeaseId, metadata };
}

/**
 * Reserved, then given up as something that may be there: who crashes in between leaves a
 * reservation, which ends in the same way at its deadline.
 */
async function written(client: Client, reason: string, asked: ReserveLease): Promise<Lease> {
  const { id } = await client.leases.reserve({ ...asked, deadlineSeconds: RESERVED_SECONDS });
  return client.leases.abandon(id, { reason, maybeCreated: true });
}

async function homeless(client: Client, input: PendingCleanupInput): Promise<ReserveLease> {
  const { environmentId, heartbeatRunId, metadata } = input;
  const from = { [FROM.environment]: environmentId, [FROM.run]: heartbeatRunId ?? null };
  const { id } = await home(client);
  const notes = { ...(metadata ?? {}), ...from };
  return { ...body(input), environmentId: id, heartbeatRunId: null, metadata: notes };
}

async function home(client: Client): Promise<Environment> {
  const wanted = { name: HOME, driver: "sandbox", description: HOME_DESCRIPTION } as const;
  try {
    return await client.environments.create(wanted);
  } catch (error) {
    const taken = isRefusal(error, "environment_name_taken") && error.problem?.environmentId;
    if (!taken) throw error;
    return client.environments.get(taken);
  }
}

function fostered(lease: Lease): EnvironmentLease {
  const run = lease.metadata?.[FROM.run];
  return {
    ...toLease(lease),
    environmentId: null,
    heartbeatRunId: typeof run === "string" ? run : null,
  };
}
