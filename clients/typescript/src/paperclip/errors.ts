/** Paperclip's own errors about environments and leases. */
import type { Problem } from "../api.js";
import { LeaseholdError } from "../errors.js";

/** Another run holds the workspace, and the environment lets in one at a time. */
export class EnvironmentLeaseConflictError extends LeaseholdError {
  readonly environmentId: string;
  readonly executionWorkspaceId: string | null;
  readonly conflictingLeaseId: string | null;
  readonly conflictingRunId: string | null;
  readonly conflictingIssueId: string | null;

  constructor(
    asked: { environmentId: string; executionWorkspaceId?: string | null },
    cause: LeaseholdError,
  ) {
    const { status, retry, key, problem } = cause;
    const code = "environment_lease_conflict";
    super(cause.message, { code, status, retry, key, problem, cause });
    this.name = "EnvironmentLeaseConflictError";
    const holder = problem?.conflicting?.[0];
    this.environmentId = asked.environmentId;
    this.executionWorkspaceId = asked.executionWorkspaceId ?? null;
    this.conflictingLeaseId = holder?.leaseId ?? null;
    this.conflictingRunId = holder?.runId ?? null;
    this.conflictingIssueId = holder?.issueId ?? null;
  }
}

/** The environment belongs to another company, or to none that the caller may see. */
export class EnvironmentCompanyMismatchError extends LeaseholdError {
  /** As Paperclip's route errors carry it. */
  readonly details = { code: "environment_company_mismatch" } as const;

  constructor(cause: LeaseholdError) {
    const code = "environment_company_mismatch";
    super("the environment belongs to another company", { code, status: 403, cause });
    this.name = "EnvironmentCompanyMismatchError";
  }
}

/** A kept lease is not the caller's to take over (any more). */
export function ownershipChanged(cause?: LeaseholdError): LeaseholdError {
  const problem: Problem | null = cause?.problem ?? null;
  const message = "the kept lease is not this run's to take over: it has another owner by now";
  return new LeaseholdError(message, { code: "resume_mismatch", status: 409, problem, cause });
}
