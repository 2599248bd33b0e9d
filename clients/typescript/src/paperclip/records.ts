/** Paperclip's objects: the ledger's rows with its names, `Date`s and nothing else. */
import type * as ledger from "../api.js";

/** An environment, as `environmentService` has always returned it, and its variables. */
export interface Environment {
  id: string;
  companyId: string;
  name: string;
  description: string | null;
  driver: ledger.Driver;
  status: ledger.EnvironmentStatus;
  config: Record<string, unknown>;
  envVars: Record<string, unknown>;
  metadata: Record<string, unknown> | null;
  createdAt: Date;
  updatedAt: Date;
}

/** A lease with its nineteen fields. */
export interface EnvironmentLease {
  id: string;
  companyId: string;
  /** Null for an orphan whose environment is gone. */
  environmentId: string | null;
  executionWorkspaceId: string | null;
  issueId: string | null;
  heartbeatRunId: string | null;
  status: ledger.LeaseStatus;
  leasePolicy: ledger.LeasePolicy;
  provider: string | null;
  providerLeaseId: string | null;
  acquiredAt: Date;
  lastUsedAt: Date;
  expiresAt: Date | null;
  releasedAt: Date | null;
  failureReason: string | null;
  cleanupStatus: ledger.CleanupStatus | null;
  metadata: Record<string, unknown> | null;
  createdAt: Date;
  updatedAt: Date;
}

export function toEnvironment(row: ledger.Environment): Environment {
  return {
    id: row.id,
    companyId: row.companyId,
    name: row.name,
    description: row.description ?? null,
    driver: row.driver,
    status: row.status,
    config: row.config,
    envVars: row.envVars,
    metadata: row.metadata ?? null,
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
  };
}

export function toLease(row: ledger.Lease): EnvironmentLease {
  return {
    id: row.id,
    companyId: row.companyId,
    environmentId: row.environmentId,
    executionWorkspaceId: row.executionWorkspaceId ?? null,
    issueId: row.issueId ?? null,
    heartbeatRunId: row.heartbeatRunId ?? null,
    status: row.status,
    leasePolicy: row.leasePolicy,
    provider: row.provider ?? null,
    providerLeaseId: row.providerLeaseId ?? null,
    acquiredAt: new Date(row.acquiredAt),
    lastUsedAt: new Date(row.lastUsedAt),
    expiresAt: row.expiresAt ? new Date(row.expiresAt) : null,
    releasedAt: row.releasedAt ? new Date(row.releasedAt) : null,
    failureReason: row.failureReason ?? null,
    cleanupStatus: row.cleanupStatus ?? null,
    metadata: row.metadata ?? null,
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
  };
}
