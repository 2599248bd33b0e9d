/**
 * A piece of work under a lease: acquired before, renewed meanwhile, released after.
 *
 * **Claims.** The work's signal is aborted a tenth of the promise before the lease's time is over,
 * if no renewal was confirmed by then: whatever stops within that tenth does not act beside another
 * holder. The lease is ended however the work ends, and a failure is recorded with its reason.
 * **Because** the promise is counted from before the request that made it, on a monotonic clock;
 * the ledger counts from when it decided, which is later.
 * **Not** promised: that work which ignores its signal stops. An executor that does what cannot be
 * undone asks `leases.check` with the lease's fence first.
 */
import type { AcquireLease, Lease, ReleaseLease } from "./api.js";
import type { Client } from "./client.js";
import { LeaseLostError, LeaseholdError, isRefusal } from "./errors.js";
import { reasonOf } from "./reason.js";
import { receiptOf } from "./receipt.js";
import type { CommandOptions } from "./transport.js";

/** What is acquired; the promise to renew is needed. */
export type HeldLease = Omit<AcquireLease, "expiresAt"> & { ttlSeconds: number };

export interface WithLeaseOptions extends CommandOptions {
  /** Between two renewals; a third of the promise, a day at most. */
  renewEveryMs?: number;
  /** The reason that is recorded when the work throws; the error's message. */
  reasonOf?: (error: unknown) => string;
  /**
   * The work is done, and the ledger could not be told so. The lease ends by itself when its
   * promise is over. Without this a process warning says so.
   */
  onReleaseFailed?: (error: LeaseholdError) => void;
}

export interface Held {
  /** The lease as it was granted, with its fence. */
  readonly lease: Lease;
  /** Aborted with a `LeaseLostError` when the lease is lost, or with the caller's own reason. */
  readonly signal: AbortSignal;
}

/** No timer of Node's waits longer than about 24 days. */
const DAY_MS = 86_400_000;
/** What the ledger says when a lease is its holder's no more. */
const LOST = ["lease_ended", "stale_fence", "lease_not_active", "lease_not_found"];
/** The part of a promise that the work is let go on for; in the rest it stops. */
const GRANTED_SHARE = 0.9;
/** A renewal that would change less than a tenth of the promise leaves the expiry as it was. */
const RENEWED_SHARE = GRANTED_SHARE - 0.1;

/** Does work under a lease. Throws what the work throws, or `LeaseLostError`. */
export async function withLease<T>(
  client: Client,
  request: HeldLease,
  work: (held: Held) => Promise<T>,
  options: WithLeaseOptions = {},
): Promise<T> {
  const { lease, since } = await hold(client, request, options);
  const keeping = new Keeping(client, lease, request.ttlSeconds, since, options);
  let result: T;
  try {
    result = await work({ lease, signal: keeping.signal });
  } catch (error) {
    await keeping.fail(error);
    throw keeping.lost ?? error;
  }
  await keeping.finish();
  return result;
}

/** The lease, and since when its promise holds for certain. */
async function hold(client: Client, request: HeldLease, options: CommandOptions) {
  const { key, signal, timeoutMs, deadlineMs, patienceMs } = options;
  const call = { signal, timeoutMs, deadlineMs, patienceMs };
  const lease = await client.leases.acquire(request, { key, ...call });
  const receipt = receiptOf(lease);
  if (!receipt?.replayed) return { lease, since: receipt?.askedAtMs ?? performance.now() };
  // It was granted at some earlier time: nobody here knows how much of its promise is left.
  const since = performance.now();
  const { ttlSeconds } = request;
  const renewed = await client.leases.renew(lease.id, { ttlSeconds, fence: lease.fence }, call);
  return { lease: renewed, since: since - ttlSeconds * 100 };
}

/** One lease being kept: the timer of its renewals and the timer of its promise. */
class Keeping {
  readonly #client: Client;
  readonly #lease: Lease;
  readonly #ttlSeconds: number;
  readonly #options: WithLeaseOptions;
  readonly #controller = new AbortController();
  readonly #renewing = new AbortController();
  readonly #cancel = () => this.#controller.abort(this.#options.signal?.reason);
  #renewal: NodeJS.Timeout | undefined;
  #promise: NodeJS.Timeout | undefined;
  /** Why the lease is lost, when it is. */
  lost: LeaseLostError | undefined;

  constructor(
    client: Client,
    lease: Lease,
    ttlSeconds: number,
    since: number,
    options: WithLeaseOptions,
  ) {
    this.#client = client;
    this.#lease = lease;
    this.#ttlSeconds = ttlSeconds;
    this.#options = options;
    options.signal?.addEventListener("abort", this.#cancel, { once: true });
    if (options.signal?.aborted) this.#cancel();
    this.#promised(since, GRANTED_SHARE);
    this.#schedule();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The work is done. */
  async finish(): Promise<void> {
    this.#settle();
    if (this.lost) throw this.lost;
    const error = await this.#release({ status: "released" });
    if (!error) return;
    if (LOST.includes(error.code)) throw this.#lose("it had ended before the work did", error);
    const warn = () => process.emitWarning(`lease ${this.#lease.id}: ${error.message}`);
    (this.#options.onReleaseFailed ?? warn)(error);
  }

  /** The work threw; when its caller gave it up, the lease ends as a cancelled run's does. */
  async fail(error: unknown): Promise<void> {
    this.#settle();
    const status = this.#options.signal?.aborted ? "expired" : "failed";
    const told = this.#options.reasonOf?.(error);
    // The error of the work is what its caller must see; that the end could not be told is not.
    await this.#release({ status, failureReason: reasonOf(told ?? error) });
  }

  async #release(ending: ReleaseLease): Promise<LeaseholdError | undefined> {
    const { id, fence } = this.#lease;
    try {
      await this.#client.leases.release(id, { ...ending, fence });
      return undefined;
    } catch (error) {
      if (error instanceof LeaseholdError) return error;
      throw error;
    }
  }

  #settle(): void {
    clearTimeout(this.#renewal);
    clearTimeout(this.#promise);
    this.#renewing.abort();
    this.#options.signal?.removeEventListener("abort", this.#cancel);
  }

  #schedule(): void {
    const everyMs = this.#options.renewEveryMs ?? (this.#ttlSeconds * 1_000) / 3;
    this.#renewal = setTimeout(() => void this.#renew(), Math.min(DAY_MS, everyMs));
  }

  /** A share of the promise holds from `since` on, on the monotonic clock. */
  #promised(since: number, share: number): void {
    clearTimeout(this.#promise);
    const leftMs = since + this.#ttlSeconds * 1_000 * share - performance.now();
    const over = () => this.#lose("no renewal was confirmed in time");
    this.#promise = setTimeout(over, Math.max(0, Math.min(20 * DAY_MS, leftMs)));
  }

  async #renew(): Promise<void> {
    const since = performance.now();
    const { id, fence } = this.#lease;
    const ttlSeconds = this.#ttlSeconds;
    const call = { signal: this.#renewing.signal, deadlineMs: ttlSeconds * 1_000 };
    try {
      await this.#client.leases.renew(id, { ttlSeconds, fence }, call);
      this.#promised(since, RENEWED_SHARE);
    } catch (error) {
      // Whether a lost answer matters is for the promise's own timer to say.
      if (isRefusal(error, ...LOST)) this.#lose("the ledger says so", error);
    }
    if (!this.#renewing.signal.aborted) this.#schedule();
  }

  #lose(why: string, cause?: unknown): LeaseLostError {
    this.lost ??= new LeaseLostError(this.#lease, `lease ${this.#lease.id} is lost: ${why}`, cause);
    this.#settle();
    this.#controller.abort(this.lost);
    return this.lost;
  }
}
