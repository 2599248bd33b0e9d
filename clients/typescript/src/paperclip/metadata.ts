/** One name of a lease's notes, replaced whole, beside others who write other names. */
import type { JsonObject, Lease } from "../api.js";
import type { Client } from "../client.js";
import { isRefusal } from "../errors.js";

/** Two who write meet rarely; this many times in a row is a fault elsewhere. */
const MEETINGS_MAX = 20;

/**
 * Reads, changes and writes under the version that was read. A merge patch would merge into the
 * old value and take nulls for removals; a plain replacement would lose what others wrote since.
 */
export async function writeNote(
  client: Client,
  leaseId: string,
  name: string,
  value: unknown,
): Promise<Lease> {
  for (let meeting = 1; ; meeting += 1) {
    const { metadata, version } = await client.leases.get(leaseId);
    const next: JsonObject = { ...(metadata ?? {}), [name]: value };
    try {
      return await client.leases.replaceMetadata(leaseId, next, { ifVersion: version });
    } catch (error) {
      if (!isRefusal(error, "version_mismatch") || meeting === MEETINGS_MAX) throw error;
    }
  }
}
