/** The ledger's own words, named. They come from the server's OpenAPI document. */
import type { components } from "./generated/api.js";

type Schemas = components["schemas"];

/** A place where a run can execute. Times are ISO 8601 in UTC with microseconds. */
export type Environment = Schemas["Environment"];
/** The right of one run to use one environment for a time. */
export type Lease = Schemas["Lease"];
/** A fact that was accepted. */
export type LedgerEvent = Schemas["Event"];
/** A line of the audit log. */
export type Activity = Schemas["Activity"];
/** Who uses an environment, and what stands in the way of its removal, of one moment. */
export type Usage = Schemas["Usage"];
/** Who asked for a change. */
export type Actor = Schemas["Actor"];
/** A lease's story, from the log alone. */
export type Story = Schemas["Story"];
/** An error as the ledger tells it (RFC 9457). */
export type Problem = Schemas["Problem"];
/** One command's fate within a dispatch. */
export type Verdict = Schemas["Verdict"];
/** What ending or releasing a run answers. */
export type ReleasedRun = Schemas["Released"];
/** Work at a provider, with all that a janitor needs for it. */
export type CleanupItem = Schemas["CleanupItem"];

export type ReserveLease = Schemas["ReserveLease"];
export type ActivateLease = Schemas["ActivateLease"];
export type AbandonLease = Schemas["AbandonLease"];
export type ClaimCleanups = Schemas["ClaimCleanups"];
export type RenewCleanup = Schemas["RenewCleanup"];
export type SucceedCleanup = Schemas["SucceedCleanup"];
export type FailCleanup = Schemas["FailCleanup"];
export type DeferCleanup = Schemas["DeferCleanup"];
export type AcquireLease = Schemas["AcquireLease"];
export type RenewLease = Schemas["RenewLease"];
export type ReleaseLease = Schemas["ReleaseLease"];
export type RetainLease = Schemas["RetainLease"];
export type ResumeLease = Schemas["ResumeLease"];
export type CreateEnvironment = Schemas["CreateEnvironment"];
export type UpdateEnvironment = Schemas["UpdateEnvironment"];
export type ReleaseRun = Schemas["ReleaseRun"];
export type EndRun = Schemas["EndRun"];

export type LeaseStatus = Lease["status"];
export type LeasePolicy = Lease["leasePolicy"];
export type CleanupStatus = NonNullable<Lease["cleanupStatus"]>;
export type Driver = Environment["driver"];
export type EnvironmentStatus = Environment["status"];
/** Notes, settings and variables: an object of anything that JSON can hold. */
export type JsonObject = Record<string, unknown>;
