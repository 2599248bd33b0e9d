/** Acquiring a lease as `environmentService` does: new, taken over, or held again. */
import { ambient } from "../ambient.js";
import type { AcquireLease, LeasePolicy } from "../api.js";
import type { Client } from "../client.js";
import { LeaseholdError, isRefusal } from "../errors.js";
import type { CommandOptions } from "../transport.js";
import { orNull } from "./absent.js";
import {
  EnvironmentCompanyMismatchError,
  EnvironmentLeaseConflictError,
  ownershipChanged,
} from "./errors.js";
import { type EnvironmentLease, toLease } from "./records.js";

export interface AcquireLeaseInput {
  companyId: string;
  environmentId: string;
  executionWorkspaceId?: string | null;
  issueId?: string | null;
  heartbeatRunId?: string | null;
  /** `ephemeral`; for a lease that is taken over or held again, the kept one's. */
  leasePolicy?: LeasePolicy;
  provider?: string | null;
  providerLeaseId?: string | null;
  /** What the provider said; recorded, never enforced. */
  expiresAt?: Date | null;
  metadata?: Record<string, unknown> | null;
  /** Says 403 `environment_company_mismatch` of an environment that is not the company's. */
  assertCompanyBinding?: boolean;
  /** Takes over the resource of this kept lease, which ends as expired in the same step. */
  replacesReusableLeaseId?: string | null;
  /** Holds this lease of the same run again. */
  reusesReusableLeaseId?: string | null;
  /** The ledger's own: the agent that holds it. */
  agentId?: string | null;
  /** The ledger's own: the holder's promise to renew; without it nothing expires by itself. */
  ttlSeconds?: number;
  /** The ledger's own: for the audit line. */
  networkEgress?: unknown;
}

const REUSABLE: LeasePolicy = "reuse_by_environment";

export function acquiring(client: Client) {
  return {
    /** Each call is one acquisition, unless `options.key` says that two are the same. */
    acquireLease: async (
      input: AcquireLeaseInput,
      options?: CommandOptions,
    ): Promise<EnvironmentLease> => {
      const scoped = client.forCompany(input.companyId);
      const body = await asked(scoped, input);
      try {
        return toLease(await scoped.leases.acquire(body, options));
      } catch (error) {
        const own = await ownAlready(scoped, input, error);
        if (own) return own;
        throw translated(input, error);
      }
    },
  };
}

async function asked(client: Client, input: AcquireLeaseInput): Promise<AcquireLease> {
  const { agentId, networkEgress } = ambient();
  const { replacesReusableLeaseId: replaces, reusesReusableLeaseId: reuses } = input;
  return {
    environmentId: input.environmentId,
    executionWorkspaceId: input.executionWorkspaceId ?? null,
    issueId: input.issueId ?? null,
    heartbeatRunId: input.heartbeatRunId ?? null,
    agentId: input.agentId ?? agentId ?? null,
    leasePolicy: input.leasePolicy ?? (replaces || reuses ? REUSABLE : "ephemeral"),
    provider: input.provider ?? null,
    providerLeaseId: input.providerLeaseId ?? null,
    metadata: input.metadata ?? null,
    networkEgress: input.networkEgress ?? networkEgress ?? null,
    ...(input.expiresAt && { expiresAt: input.expiresAt.toISOString() }),
    ...(input.ttlSeconds !== undefined && { ttlSeconds: input.ttlSeconds }),
    ...(replaces && { replacesLeaseId: replaces }),
    ...(reuses && (await heldAgain(client, input, reuses))),
  };
}

/**
 * The same run holds its lease again. One that was released meanwhile has ended, and an end is
 * final: its resource is handed to a new lease instead.
 */
async function heldAgain(
  client: Client,
  { heartbeatRunId, replacesReusableLeaseId }: AcquireLeaseInput,
  leaseId: string,
): Promise<Partial<AcquireLease>> {
  const kept = await orNull(client.leases.get(leaseId));
  if (!kept || (heartbeatRunId && kept.heartbeatRunId !== heartbeatRunId)) throw ownershipChanged();
  const isOver = kept.status === "released" && !replacesReusableLeaseId;
  return isOver ? { replacesLeaseId: leaseId } : { resumesLeaseId: leaseId };
}

/** The lease that the same run holds on the same workspace already, where one is let in. */
async function ownAlready(
  client: Client,
  { heartbeatRunId }: AcquireLeaseInput,
  error: unknown,
): Promise<EnvironmentLease | null> {
  if (!heartbeatRunId || !isRefusal(error, "workspace_held")) return null;
  const own = error.problem?.conflicting?.find((holder) => holder.runId === heartbeatRunId);
  if (!own) return null;
  const lease = await orNull(client.leases.get(own.leaseId));
  return lease?.status === "active" ? toLease(lease) : null;
}

function translated(input: AcquireLeaseInput, error: unknown): unknown {
  if (!(error instanceof LeaseholdError)) return error;
  if (error.code === "workspace_held") return new EnvironmentLeaseConflictError(input, error);
  if (error.code === "environment_not_found" && input.assertCompanyBinding) {
    return new EnvironmentCompanyMismatchError(error);
  }
  const isTakeover = input.replacesReusableLeaseId || input.reusesReusableLeaseId;
  const isGone = isRefusal(error, "lease_not_found", "lease_ended", "lease_not_retained");
  return isTakeover && isGone ? ownershipChanged(error) : error;
}
