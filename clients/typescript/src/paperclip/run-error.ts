/** Why a run could not be set up or wound down, in Paperclip's ten codes. */
import { LeaseholdError, type Retry } from "../errors.js";
import type { Environment, EnvironmentLease } from "./records.js";

export type EnvironmentErrorCode =
  | "environment_not_found"
  | "environment_inactive"
  | "unsupported_environment"
  | "unsupported_adapter_environment"
  | "probe_failed"
  | "lease_acquire_failed"
  | "workspace_realization_failed"
  | "transport_resolution_failed"
  | "lease_release_failed"
  | "lease_cleanup_failed";

export interface EnvironmentRunErrorDetails {
  environmentId?: string;
  driver?: string;
  provider?: string;
  /** The lease that the run holds all the same; its release finds it. */
  leaseId?: string;
  cause?: unknown;
}

export class EnvironmentRunError extends Error {
  readonly code: EnvironmentErrorCode;
  readonly environmentId?: string;
  readonly driver?: string;
  readonly provider?: string;
  readonly leaseId?: string;

  constructor(
    code: EnvironmentErrorCode,
    message: string,
    details: EnvironmentRunErrorDetails = {},
  ) {
    const { cause, ...known } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.name = "EnvironmentRunError";
    this.code = code;
    Object.assign(this, known);
  }

  /** Whether asking again makes sense, by the ledger's word; `no` where it did not speak. */
  get retry(): Retry {
    return this.cause instanceof LeaseholdError ? this.cause.retry : "no";
  }
}

/** A cause's own words: whoever looks for them in the message finds them unchanged. */
function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** Does a step of a run's setup; what it throws is wrapped with what it was about. */
export async function coded<T>(
  code: EnvironmentErrorCode,
  what: string,
  { environment, lease }: { environment: Environment; lease?: EnvironmentLease },
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    const { id: environmentId, name, driver } = environment;
    const message = `Failed to ${what} for environment "${name}" (${driver}): ${wordsOf(cause)}`;
    throw new EnvironmentRunError(code, message, {
      ...{ environmentId, driver, cause },
      ...(lease && { leaseId: lease.id, provider: lease.provider ?? undefined }),
    });
  }
}
