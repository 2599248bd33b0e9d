/** What Paperclip answers with null, or with an empty list. */
import { isRefusal } from "../errors.js";

/** Null where there is no such environment or lease. */
export function orNull<T>(found: Promise<T>): Promise<T | null> {
  return found.catch((error: unknown) => {
    if (isRefusal(error, "environment_not_found", "lease_not_found")) return null;
    throw error;
  });
}

/** Nothing where the environment is unknown, or where no row can match the filter's word. */
export function orNone<T>(found: Promise<T[]>): Promise<T[]> {
  return found.catch((error: unknown) => {
    if (isRefusal(error, "environment_not_found") || matchesNothing(error)) return [];
    throw error;
  });
}

function matchesNothing(error: unknown): boolean {
  if (!isRefusal(error, "invalid_request")) return false;
  const faults = error.problem?.errors ?? [];
  const isFilter = ({ field }: { field: string }) => field === "status" || field === "driver";
  return faults.length > 0 && faults.every(isFilter);
}
