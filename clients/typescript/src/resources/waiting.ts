/** Waiting: for a lease to be over, for room, a workspace or an issue to be free. */
import type { Lease } from "../api.js";
import type { CallOptions, Transport } from "../transport.js";

/** What can become free; workspaces and issues need a client with a company. */
export type Awaited = `${"environment" | "workspace" | "issue"}:${string}`;

export interface WaitOptions extends Pick<CallOptions, "signal"> {
  /** For how long; 60,000 ms. */
  waitMs?: number;
}

/** One request waits no longer, so that nothing on the way takes it for dead. */
const SLICE_SECONDS = 20;
/** How much longer than it was asked to wait an answer may take. */
const GRACE_MS = 10_000;

/** True as soon as it is free; false when it was not for all that time. */
export function waitUntilFree(
  transport: Transport,
  free: Awaited,
  options: WaitOptions = {},
): Promise<boolean> {
  return inSlices(options, async (timeout, call) => {
    const found = await transport.ask(call, ({ http, at, path, init }) =>
      http.GET(at("/wait"), { params: { path: path({}), query: { free, timeout } }, ...init }),
    );
    // Without a body it says that the time is over.
    return { value: found !== undefined, isOver: found !== undefined };
  });
}

/** The lease once it is over, or as it is after all that time. */
export function waitForEnd(
  transport: Transport,
  leaseId: string,
  options: WaitOptions = {},
): Promise<Lease> {
  return inSlices(options, async (timeout, call) => {
    const query = { waitFor: "ended", timeout } as const;
    const lease = await transport.ask(call, ({ http, at, path, init }) =>
      http.GET(at("/leases/{leaseId}"), { params: { path: path({ leaseId }), query }, ...init }),
    );
    return { value: lease, isOver: lease.releasedAt !== null };
  });
}

type Slice<T> = (seconds: number, call: CallOptions) => Promise<{ value: T; isOver: boolean }>;

async function inSlices<T>(
  { waitMs = 60_000, signal }: WaitOptions,
  slice: Slice<T>,
): Promise<T> {
  const until = performance.now() + waitMs;
  for (;;) {
    const leftMs = Math.max(0, until - performance.now());
    const seconds = Math.min(SLICE_SECONDS, Math.ceil(leftMs / 1_000));
    const timeoutMs = seconds * 1_000 + GRACE_MS;
    const { value, isOver } = await slice(seconds, { signal, timeoutMs, deadlineMs: 3 * timeoutMs });
    if (isOver || performance.now() >= until) return value;
  }
}
