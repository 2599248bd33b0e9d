/**
 * The later release's lease status `pending_cleanup`.
 *
 * The ledger keeps the end of a right apart from what has to happen at the provider after it: such
 * a lease has ended (`failed`, `expired`, …), and its cleanup is not done.
 */
import type { Lease } from "../api.js";

export const PENDING_CLEANUP = "pending_cleanup";

/** The word, or a lease that it is true of. */
export function isUnclean(subject: string | undefined | Lease): boolean {
  if (typeof subject !== "object") return subject === PENDING_CLEANUP;
  return subject.releasedAt !== null && isOpen(subject.cleanupStatus);
}

function isOpen(cleanup: Lease["cleanupStatus"]): boolean {
  return cleanup === "pending" || cleanup === "failed";
}
