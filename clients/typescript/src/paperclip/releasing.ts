/** Ends and notes of leases as `environmentService` has them. */
import { ambient } from "../ambient.js";
import type { CleanupStatus, JsonObject, Lease, LeaseStatus, ReleaseLease } from "../api.js";
import type { Client } from "../client.js";
import { isRefusal } from "../errors.js";
import { orNull } from "./absent.js";
import { writeNote } from "./metadata.js";
import { type EnvironmentLease, toLease } from "./records.js";
import { PENDING_CLEANUP } from "./unclean.js";

/** How a lease can end. */
export type EndStatus = Extract<LeaseStatus, "released" | "expired" | "failed">;
/** What a release may be: an end, kept after its run, or the later release's unclean end. */
export type ReleaseStatus = EndStatus | "retained" | typeof PENDING_CLEANUP;

export interface ReleaseOptions {
  failureReason?: string;
  cleanupStatus?: CleanupStatus;
  remoteExecutionTermination?: JsonObject;
}

/** The note that a proof of termination is kept under. */
const TERMINATION = "remoteExecutionTermination";

export function releasing(client: Client) {
  return {
    /**
     * Ends or keeps a lease; null when there is none. One that is over is answered as it is, and
     * what is told late (a reason, a cleanup word, a proof) is appended to it.
     */
    releaseLease: async (
      id: string,
      status: ReleaseStatus = "released",
      options: ReleaseOptions = {},
    ): Promise<EnvironmentLease | null> => {
      const ended = await orNull(ending(client, id, status, options));
      return ended && toLease(ended);
    },

    /** Replaces the notes; null clears them. Null when there is no such lease. */
    updateLeaseMetadata: async (
      id: string,
      metadata: Record<string, unknown> | null,
    ): Promise<EnvironmentLease | null> => {
      const noted = await orNull(client.leases.replaceMetadata(id, metadata));
      return noted && toLease(noted);
    },

    /** Ends the active leases of a run; those that it kept stay. A second call ends none. */
    releaseLeasesForRun: async (
      heartbeatRunId: string,
      status: EndStatus = "released",
    ): Promise<EnvironmentLease[]> => {
      const { failureReason } = ambient();
      const body = { status, ...(failureReason !== undefined && { failureReason }) };
      const { released } = await client.runs.release(heartbeatRunId, body);
      return released.map(toLease);
    },
  };
}

async function ending(
  client: Client,
  id: string,
  status: ReleaseStatus,
  options: ReleaseOptions,
): Promise<Lease> {
  const body = said(status, options);
  try {
    return await (status === "retained"
      ? retained(client, id, body)
      : client.leases.release(id, { ...body, status: endOf(status) }));
  } catch (error) {
    if (!isRefusal(error, "lease_ended")) throw error;
    return toldLate(client, id, body, error.problem?.currentStatus);
  }
}

function endOf(status: Exclude<ReleaseStatus, "retained">): EndStatus {
  return status === PENDING_CLEANUP ? "failed" : status;
}

function said(status: ReleaseStatus, options: ReleaseOptions): ReleaseLease {
  const { failureReason, providerResourceDisposition } = ambient();
  const unclean: ReleaseOptions = status === PENDING_CLEANUP ? { cleanupStatus: "failed" } : {};
  return {
    ...(failureReason !== undefined && { failureReason }),
    ...(providerResourceDisposition && { providerResourceDisposition }),
    ...unclean,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  };
}

async function retained(client: Client, id: string, body: ReleaseLease): Promise<Lease> {
  const { [TERMINATION]: proof, ...rest } = body;
  const kept = await client.leases.retain(id, rest);
  return proof ? writeNote(client, id, TERMINATION, proof) : kept;
}

/** The end stays what it was; the ledger takes in what it had not been told. */
function toldLate(
  client: Client,
  id: string,
  body: ReleaseLease,
  current: string | undefined,
): Promise<Lease> {
  const { failureReason, cleanupStatus, [TERMINATION]: proof } = body;
  const isNews = failureReason ?? cleanupStatus ?? proof;
  if (!current || isNews === undefined || isNews === null) return client.leases.get(id);
  const late = { failureReason, cleanupStatus, [TERMINATION]: proof };
  return client.leases.release(id, { ...late, status: current as EndStatus });
}
