/**
 * Paperclip's `environmentService`, on the ledger instead of its database.
 *
 * It does not throw where Paperclip returned: what is not there is null, what an end is asked of
 * twice is the lease as it is. Where the ledger is stricter, the README says so and why.
 */
import type { Client } from "../client.js";
import { acquiring } from "./acquiring.js";
import { catalogue } from "./catalogue.js";
import { orphans } from "./orphans.js";
import { releasing } from "./releasing.js";
import { removal } from "./removal.js";

export type EnvironmentService = ReturnType<typeof environmentService>;

/** The service over a client; one without a company finds the company of an id by itself. */
export function environmentService(client: Client) {
  return {
    ...catalogue(client),
    ...acquiring(client),
    ...releasing(client),
    ...orphans(client),
    ...removal(client),
  };
}
