/**
 * How long and under which key something is asked again.
 *
 * A lost answer is asked for under the same key: the ledger then tells what it decided, and does
 * nothing twice. A refusal that time can cure was decided; asking again is another command and
 * needs a new key. Both stop at their deadlines, and the last error is told as it was.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { LeaseholdError } from "./errors.js";

/** The pause before the first repetition, and the longest one, in milliseconds. */
const PAUSE_MS = { first: 50, longest: 2_000 } as const;

export interface Persistence {
  /** For how long lost answers are asked for again, in milliseconds. */
  deadlineMs: number;
  /** For how long refusals that time can cure are asked again; none by default. */
  patienceMs: number;
  /** The caller's key; a command under it has one verdict for ever. */
  key?: string;
  signal?: AbortSignal;
}

/** One attempt: the key it goes under and the milliseconds that are left. */
export type Attempt<T> = (key: string, leftMs: number) => Promise<T>;

/** Attempts until there is an answer that stands. */
export async function persist<T>(persistence: Persistence, attempt: Attempt<T>): Promise<T> {
  const began = performance.now();
  let key = persistence.key ?? randomUUID();
  for (let repetition = 0; ; repetition += 1) {
    persistence.signal?.throwIfAborted();
    const elapsedMs = performance.now() - began;
    try {
      return await attempt(key, persistence.deadlineMs - elapsedMs);
    } catch (error) {
      persistence.signal?.throwIfAborted();
      if (!(error instanceof LeaseholdError)) throw error;
      const pauseMs = pauseBefore(repetition, error);
      if (performance.now() - began + pauseMs >= horizon(error, persistence)) throw error;
      if (error.retry === "new_key") key = randomUUID();
      await sleep(pauseMs, undefined, { signal: persistence.signal });
    }
  }
}

function horizon(error: LeaseholdError, persistence: Persistence): number {
  switch (error.retry) {
    case "same_key":
      return persistence.deadlineMs;
    case "new_key":
      // Under a key that the caller chose the verdict stands: only the caller can choose another.
      return persistence.key === undefined ? persistence.patienceMs : 0;
    case "no":
      return 0;
  }
}

/** Doubling, with full jitter above a floor; never less than the server asks for. */
function pauseBefore(repetition: number, error: LeaseholdError): number {
  const ceiling = Math.min(PAUSE_MS.longest, PAUSE_MS.first * 2 ** Math.min(repetition, 16));
  const jittered = ceiling / 4 + Math.random() * (ceiling * 3 / 4);
  return Math.max(jittered, error.retryAfterMs);
}
