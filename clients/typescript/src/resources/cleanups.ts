/** The queue of cleanups: what has to happen at providers after leases have ended. */
import type {
  ClaimCleanups,
  CleanupItem,
  DeferCleanup,
  FailCleanup,
  Lease,
  RenewCleanup,
  SucceedCleanup,
} from "../api.js";
import type { operations } from "../generated/api.js";
import { Pages } from "../pages.js";
import type { CallOptions, CommandOptions, Transport } from "../transport.js";
import { type Filter, inQuery } from "./query.js";

/** `state`, `environmentId` and `provider`. */
export type CleanupFilter = Filter<operations["listCleanups"]>;

export type CleanupsApi = ReturnType<typeof cleanups>;

export function cleanups(transport: Transport) {
  const one = "/cleanups/{leaseId}" as const;
  return {
    /** Those that are not done, the ones that may be claimed earliest first. */
    list: (filter: CleanupFilter = {}, options?: CallOptions): Pages<CleanupItem> =>
      new Pages((cursor) =>
        transport.ask(options, ({ http, at, path, init }) =>
          http.GET(at("/cleanups"), {
            params: { path: path({}), query: inQuery(filter, cursor) },
            ...init,
          }),
        ),
      ),

    /** Each item goes to one janitor, until its claim is over. */
    claim: async (body: ClaimCleanups, options?: CommandOptions): Promise<CleanupItem[]> => {
      const claimed = await transport.command(options, (request) =>
        request.http.POST(request.at("/cleanups/claim"), {
          params: { path: request.path({}) },
          body: request.body(body),
          ...request.init,
        }),
      );
      return claimed.items;
    },

    /** Still at it. A claim that another has taken over since is refused by its fence. */
    renew: (leaseId: string, body: RenewCleanup, options?: CommandOptions): Promise<Lease> =>
      transport.command(options, (request) =>
        request.http.POST(request.at(`${one}/renew`), {
          params: { path: request.path({ leaseId }) },
          body: request.body(body),
          ...request.init,
        }),
      ),

    /** It is gone, and this is the evidence. */
    succeed: (leaseId: string, body: SucceedCleanup, options?: CommandOptions): Promise<Lease> =>
      transport.command(options, (request) =>
        request.http.POST(request.at(`${one}/succeed`), {
          params: { path: request.path({ leaseId }) },
          body: request.body(body),
          ...request.init,
        }),
      ),

    /** It did not go; it becomes claimable again after a while. */
    fail: (leaseId: string, body: FailCleanup, options?: CommandOptions): Promise<Lease> =>
      transport.command(options, (request) =>
        request.http.POST(request.at(`${one}/fail`), {
          params: { path: request.path({ leaseId }) },
          body: request.body(body),
          ...request.init,
        }),
      ),

    /** Not now, and no attempt is spent: its provider is not ready. */
    defer: (leaseId: string, body: DeferCleanup, options?: CommandOptions): Promise<Lease> =>
      transport.command(options, (request) =>
        request.http.POST(request.at(`${one}/defer`), {
          params: { path: request.path({ leaseId }) },
          body: request.body(body),
          ...request.init,
        }),
      ),
  };
}
