/** Environments: places where a run can execute. */
import type {
  CreateEnvironment,
  Environment,
  Lease,
  UpdateEnvironment,
  Usage,
} from "../api.js";
import type { operations } from "../generated/api.js";
import { Pages } from "../pages.js";
import type { CallOptions, CommandOptions, Transport } from "../transport.js";
import { type Filter, inQuery } from "./query.js";

/** `status` and `driver`, one word or several. */
export type EnvironmentFilter = Filter<operations["listEnvironments"]>;
/** `status`, one word or several. */
export type LeasesOfEnvironmentFilter = Filter<operations["listEnvironmentLeases"]>;

export type EnvironmentsApi = ReturnType<typeof environments>;

export function environments(transport: Transport) {
  const one = "/environments/{environmentId}" as const;
  return {
    /** The newest change first. */
    list: (filter: EnvironmentFilter = {}, options?: CallOptions): Pages<Environment> =>
      new Pages((cursor) =>
        transport.ask(options, ({ http, at, path, init }) =>
          http.GET(at("/environments"), {
            params: { path: path({}), query: inQuery(filter, cursor) },
            ...init,
          }),
        ),
      ),

    get: (environmentId: string, options?: CallOptions): Promise<Environment> =>
      transport.ask(options, ({ http, at, path, init }) =>
        http.GET(at(one), { params: { path: path({ environmentId }) }, ...init }),
      ),

    create: (body: CreateEnvironment, options?: CommandOptions): Promise<Environment> =>
      transport.command(options, (request) =>
        request.http.POST("/v1/companies/{companyId}/environments", {
          params: { path: request.path({}) },
          body: request.body(body),
          ...request.init,
        }),
      ),

    /** The company's one local environment, made when there is none, else untouched. */
    ensureLocal: (options?: CommandOptions): Promise<Environment> =>
      transport.command(options, (request) =>
        request.http.POST("/v1/companies/{companyId}/environments/ensure-local", {
          params: { path: request.path({}) },
          body: request.body({}),
          ...request.init,
        }),
      ),

    /** Changes what is given; `null` clears where null is allowed. */
    update: (
      environmentId: string,
      body: UpdateEnvironment,
      options?: CommandOptions,
    ): Promise<Environment> =>
      transport.command(options, (request) =>
        request.http.PATCH(request.at(one), {
          params: { path: request.path({ environmentId }) },
          body: request.body(body),
          ...request.init,
        }),
      ),

    /** Takes no new leases from now on. */
    archive: (environmentId: string, options?: CommandOptions): Promise<Environment> =>
      transport.command(options, (request) =>
        request.http.POST(request.at(`${one}/archive`), {
          params: { path: request.path({ environmentId }) },
          body: request.body({}),
          ...request.init,
        }),
      ),

    /** Takes leases again. */
    reactivate: (environmentId: string, options?: CommandOptions): Promise<Environment> =>
      transport.command(options, (request) =>
        request.http.POST(request.at(`${one}/reactivate`), {
          params: { path: request.path({ environmentId }) },
          body: request.body({}),
          ...request.init,
        }),
      ),

    /** Refused with `environment_in_use` while anything hangs on it. */
    remove: async (environmentId: string, options?: CommandOptions): Promise<void> => {
      await transport.command(options, ({ http, at, path, init }) =>
        http.DELETE(at(one), { params: { path: path({ environmentId }) }, ...init }),
      );
    },

    /** Who uses it, of one moment. */
    usage: (environmentId: string, options?: CallOptions): Promise<Usage> =>
      transport.ask(options, ({ http, at, path, init }) =>
        http.GET(at(`${one}/usage`), { params: { path: path({ environmentId }) }, ...init }),
      ),

    /** Its leases, the newest use first. */
    leases: (
      environmentId: string,
      filter: LeasesOfEnvironmentFilter = {},
      options?: CallOptions,
    ): Pages<Lease> =>
      new Pages((cursor) =>
        transport.ask(options, ({ http, at, path, init }) =>
          http.GET(at(`${one}/leases`), {
            params: { path: path({ environmentId }), query: inQuery(filter, cursor) },
            ...init,
          }),
        ),
      ),
  };
}
