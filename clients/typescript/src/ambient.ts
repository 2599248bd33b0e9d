/**
 * What a piece of work says about itself once, for every command asked within it.
 *
 * A driver that acquires a lease in the middle of a call chain does not know which agent the run
 * belongs to; whoever began the chain does. Paperclip wrote its audit line itself, afterwards;
 * here the line is written with the event, so the actor has to be there at that time.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Actor, ReleaseLease } from "./api.js";

export interface Ambient {
  /** Who asks. */
  actor?: Actor;
  /** The agent that holds what is acquired. */
  agentId?: string;
  /** What the run may reach, for the audit line of an acquisition. */
  networkEgress?: unknown;
  /** Why leases end, where the one who ends them gives no reason. */
  failureReason?: string;
  /** What becomes of the provider's resource, for the audit line of a release. */
  providerResourceDisposition?: ReleaseLease["providerResourceDisposition"];
}

const storage = new AsyncLocalStorage<Ambient>();

/** What is said at this point. */
export function ambient(): Ambient {
  return storage.getStore() ?? {};
}

/** Does a piece of work with something said about it; what was said before stays said. */
export function withAmbient<T>(said: Ambient, work: () => T): T {
  return storage.run({ ...ambient(), ...said }, work);
}
