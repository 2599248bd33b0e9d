/** Leases: the right of one run to use one environment for a time. */
import type {
  AbandonLease,
  AcquireLease,
  ActivateLease,
  JsonObject,
  Lease,
  LedgerEvent,
  ReleaseLease,
  RenewLease,
  ReserveLease,
  ResumeLease,
  RetainLease,
  Story,
} from "../api.js";
import type { operations } from "../generated/api.js";
import { Pages } from "../pages.js";
import type { CallOptions, CommandOptions, Transport } from "../transport.js";
import { type Filter, inQuery } from "./query.js";
import { type WaitOptions, waitForEnd } from "./waiting.js";

/** `open`, `stale`, and one word or several of the rest. */
export type LeaseFilter = Filter<operations["listLeases"]>;

export type LeasesApi = ReturnType<typeof leases>;

export function leases(transport: Transport) {
  return { ...questions(transport), ...grants(transport), ...changes(transport) };
}

const one = "/leases/{leaseId}" as const;

function questions(transport: Transport) {
  return {
    /** The newest grant first; with `environmentId` the newest use first. */
    list: (filter: LeaseFilter = {}, options?: CallOptions): Pages<Lease> =>
      new Pages((cursor) =>
        transport.ask(options, ({ http, at, path, init }) =>
          http.GET(at("/leases"), {
            params: { path: path({}), query: inQuery(filter, cursor) },
            ...init,
          }),
        ),
      ),

    get: (leaseId: string, options?: CallOptions): Promise<Lease> =>
      transport.ask(options, ({ http, at, path, init }) =>
        http.GET(at(one), { params: { path: path({ leaseId }) }, ...init }),
      ),

    /**
     * Whether whoever acts under this fence may go on. Refused with `stale_fence` or
     * `lease_ended` when not: an executor asks before it does what cannot be undone.
     */
    check: (leaseId: string, fence: number, options?: CallOptions): Promise<Lease> =>
      transport.ask(options, ({ http, at, path, init }) =>
        http.GET(at(`${one}/check`), {
          params: { path: path({ leaseId }), query: { fence } },
          ...init,
        }),
      ),

    /** The lease once it is over, or as it is when the time to wait is. */
    waitForEnd: (leaseId: string, options?: WaitOptions): Promise<Lease> =>
      waitForEnd(transport, leaseId, options),

    /** Why it was granted, what happened, how it ended: in words, and the facts behind them. */
    explain: (leaseId: string, options?: CallOptions): Promise<Story> =>
      transport.ask(options, ({ http, at, path, init }) =>
        http.GET(at(`${one}/explain`), { params: { path: path({ leaseId }) }, ...init }),
      ),

    /** Its events, oldest first. */
    history: (leaseId: string, options?: CallOptions): Pages<LedgerEvent> =>
      new Pages((cursor) =>
        transport.ask(options, ({ http, at, path, init }) =>
          http.GET(at(`${one}/history`), {
            params: { path: path({ leaseId }), query: { cursor } },
            ...init,
          }),
        ),
      ),
  };
}

function grants(transport: Transport) {
  return {
    acquire: (body: AcquireLease, options?: CommandOptions): Promise<Lease> =>
      transport.command(options, (request) =>
        request.http.POST(request.at("/leases"), {
          params: { path: request.path({}) },
          body: request.body(body),
          ...request.init,
        }),
      ),

    /** Intent first: the lease is written before the provider is asked for anything. */
    reserve: (body: ReserveLease, options?: CommandOptions): Promise<Lease> =>
      transport.command(options, (request) =>
        request.http.POST(request.at("/leases/reserve"), {
          params: { path: request.path({}) },
          body: request.body(body),
          ...request.init,
        }),
      ),

    /** The provider has made what was reserved for. */
    activate: (leaseId: string, body: ActivateLease, options?: CommandOptions): Promise<Lease> =>
      transport.command(options, (request) =>
        request.http.POST(request.at(`${one}/activate`), {
          params: { path: request.path({ leaseId }) },
          body: request.body(body),
          ...request.init,
        }),
      ),

    /** The provider has not, or nobody knows; in that case its cleanup becomes work. */
    abandon: (leaseId: string, body: AbandonLease, options?: CommandOptions): Promise<Lease> =>
      transport.command(options, (request) =>
        request.http.POST(request.at(`${one}/abandon`), {
          params: { path: request.path({ leaseId }) },
          body: request.body(body),
          ...request.init,
        }),
      ),

    /** Held again, under a new fence. */
    resume: (leaseId: string, body: ResumeLease, options?: CommandOptions): Promise<Lease> =>
      transport.command(options, (request) =>
        request.http.POST(request.at(`${one}/resume`), {
          params: { path: request.path({ leaseId }) },
          body: request.body(body),
          ...request.init,
        }),
      ),
  };
}

function changes(transport: Transport) {
  return {
    /** The expiry in the answer is the only one to trust: a renewal never shortens. */
    renew: (leaseId: string, body: RenewLease, options?: CommandOptions): Promise<Lease> =>
      transport.command(options, (request) =>
        request.http.POST(request.at(`${one}/renew`), {
          params: { path: request.path({ leaseId }) },
          body: request.body(body),
          ...request.init,
        }),
      ),

    /** Ends it; the same end asked again answers with the lease as it is. */
    release: (
      leaseId: string,
      body: ReleaseLease = {},
      options?: CommandOptions,
    ): Promise<Lease> =>
      transport.command(options, (request) =>
        request.http.POST(request.at(`${one}/release`), {
          params: { path: request.path({ leaseId }) },
          body: request.body(body),
          ...request.init,
        }),
      ),

    /** Kept after its run. */
    retain: (leaseId: string, body: RetainLease = {}, options?: CommandOptions): Promise<Lease> =>
      transport.command(options, (request) =>
        request.http.POST(request.at(`${one}/retain`), {
          params: { path: request.path({ leaseId }) },
          body: request.body(body),
          ...request.init,
        }),
      ),

    /** Writes the notes anew; null clears them. */
    replaceMetadata: (
      leaseId: string,
      metadata: JsonObject | null,
      options?: CommandOptions,
    ): Promise<Lease> =>
      transport.command(options, (request) =>
        request.http.PUT(request.at(`${one}/metadata`), {
          params: { path: request.path({ leaseId }) },
          body: request.body({ metadata }),
          ...request.init,
        }),
      ),

    /** Merges into the notes (RFC 7396): null removes a name. */
    patchMetadata: (
      leaseId: string,
      metadata: JsonObject,
      options?: CommandOptions,
    ): Promise<Lease> =>
      transport.command(options, (request) =>
        request.http.PATCH(request.at(`${one}/metadata`), {
          params: { path: request.path({ leaseId }) },
          body: request.body({ metadata }),
          ...request.init,
        }),
      ),
  };
}
