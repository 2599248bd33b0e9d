/**
 * A lease on something that a provider has to make first: reserved, made, activated.
 *
 * **Claims.** Whatever the provider may have made is held by a lease or is a janitor's work, also
 * when this process dies at any line.
 * **Because** the reservation is written before the provider is asked, and ends by itself, with its
 * cleanup open, when nobody says how it went.
 */
import type { ActivateLease, Lease, ReserveLease } from "./api.js";
import type { Client } from "./client.js";
import { LeaseholdError, isRefusal } from "./errors.js";
import { reasonOf } from "./reason.js";
import type { CommandOptions } from "./transport.js";

/** What a provider has made. */
export type Made = Pick<ActivateLease, "providerLeaseId" | "metadata">;

export interface FromProviderOptions extends CommandOptions {
  /** Whether the provider may have made something although it failed; true, unless it is known. */
  mayHaveMade?: (error: unknown) => boolean;
}

/** The note that a resource is named under which was made too late. */
const TOO_LATE = "providerLeaseIdMadeTooLate";

/** The active lease. Throws what `make` throws, or the ledger's refusal. */
export async function leaseFromProvider(
  client: Client,
  request: ReserveLease,
  make: (reserved: Lease) => Promise<Made>,
  options: FromProviderOptions = {},
): Promise<Lease> {
  const { mayHaveMade = () => true, ...command } = options;
  const reserved = await client.leases.reserve(request, command);
  const { id, fence } = reserved;
  let made: Made;
  try {
    made = await make(reserved);
  } catch (error) {
    const given = { reason: reasonOf(error), maybeCreated: mayHaveMade(error), fence };
    // The provider's error is what the caller must see; the deadline ends what could not be told.
    await client.leases.abandon(id, given).catch(unlessOurs);
    throw error;
  }
  return activated(client, reserved, made);
}

async function activated(client: Client, { id, fence }: Lease, made: Made): Promise<Lease> {
  try {
    return await client.leases.activate(id, { ...made, fence });
  } catch (error) {
    // The reservation is over, and its janitor does not know yet what to look for.
    if (isRefusal(error, "reservation_expired", "lease_ended", "lease_not_reserved")) {
      const note = { [TOO_LATE]: made.providerLeaseId };
      await client.leases.patchMetadata(id, note).catch(unlessOurs);
    }
    throw error;
  }
}

function unlessOurs(error: unknown): void {
  if (!(error instanceof LeaseholdError)) throw error;
}
