/** Runs: one command for all that a run holds. */
import type { EndRun, Lease, ReleaseRun, ReleasedRun } from "../api.js";
import type { CommandOptions, Transport } from "../transport.js";

export type RunsApi = ReturnType<typeof runs>;

export function runs(transport: Transport) {
  const one = "/runs/{runId}" as const;
  return {
    /** Ends the leases that a run holds; a second call ends none. */
    release: (
      runId: string,
      body: ReleaseRun = {},
      options?: CommandOptions,
    ): Promise<ReleasedRun> =>
      transport.command(options, (request) =>
        request.http.POST(request.at(`${one}/release`), {
          params: { path: request.path({ runId }) },
          body: request.body(body),
          ...request.init,
        }),
      ),

    /** Renews all of a run's leases. */
    renew: async (
      runId: string,
      ttlSeconds: number,
      options?: CommandOptions,
    ): Promise<Lease[]> => {
      const renewed = await transport.command(options, (request) =>
        request.http.POST(request.at(`${one}/renew`), {
          params: { path: request.path({ runId }) },
          body: request.body({ ttlSeconds }),
          ...request.init,
        }),
      );
      return renewed.leases;
    },

    /** Records that a run is over: its leases end with it, and it gets none any more. */
    end: (runId: string, body: EndRun, options?: CommandOptions): Promise<ReleasedRun> =>
      transport.command(options, (request) =>
        request.http.POST(request.at(`${one}/end`), {
          params: { path: request.path({ runId }) },
          body: request.body(body),
          ...request.init,
        }),
      ),
  };
}
