/** Every error that this client throws, by what its caller can do about it. */
import type { Lease, Problem } from "./api.js";

/** Whether asking again makes sense: with the same key, with a new one, or not as it is. */
export type Retry = "same_key" | "new_key" | "no";

export interface LeaseholdErrorInit {
  code: string;
  status?: number | null;
  retry?: Retry;
  key?: string | null;
  problem?: Problem | null;
  retryAfterMs?: number;
  cause?: unknown;
}

/**
 * A request that did not do what it was to do.
 *
 * `code` is the ledger's (`lease_ended`, `capacity_exhausted`, …) or one of the client's own:
 * `unreachable` (no answer within the deadline; it may have happened, and the same `key` tells)
 * and `unexpected_answer` (an answer that is not the ledger's, from a proxy for instance).
 */
export class LeaseholdError extends Error {
  /** Stable; to be compared. */
  readonly code: string;
  /** The HTTP status; null where there was no answer. */
  readonly status: number | null;
  readonly retry: Retry;
  /** The command's key: repeat under it when `retry` is `same_key`. Null for a read. */
  readonly key: string | null;
  /** The ledger's own words and its evidence; null where it did not speak. */
  readonly problem: Problem | null;
  /** How long the server asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(message: string, init: LeaseholdErrorInit) {
    super(message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = "LeaseholdError";
    this.code = init.code;
    this.status = init.status ?? null;
    this.retry = init.retry ?? "no";
    this.key = init.key ?? null;
    this.problem = init.problem ?? null;
    this.retryAfterMs = init.retryAfterMs ?? 0;
  }
}

/** Whether an error is the ledger's refusal by one of these codes. */
export function isRefusal(error: unknown, ...codes: string[]): error is LeaseholdError {
  return error instanceof LeaseholdError && codes.includes(error.code);
}

/**
 * The lease is gone while its holder still worked, or nobody can tell any more that it is not.
 * It is the reason of the abort signal that `withLease` gives, and what `withLease` throws.
 */
export class LeaseLostError extends LeaseholdError {
  /** The lease as it was last seen. */
  readonly lease: Lease;

  constructor(lease: Lease, message: string, cause?: unknown) {
    const told = cause instanceof LeaseholdError ? cause : null;
    const { status, problem } = told ?? { status: null, problem: null };
    super(message, { code: "lease_lost", status, problem, cause });
    this.name = "LeaseLostError";
    this.lease = lease;
  }
}
