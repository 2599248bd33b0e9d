/** The client: the ledger's routes as methods, each safe to repeat. */
import type { paths } from "./generated/api.js";
import type { Client as FetchClient } from "openapi-fetch";
import type { Verdict } from "./api.js";
import { Feed, type FollowOptions } from "./feed.js";
import { type DispatchCommand, type DispatchOptions, dispatch } from "./resources/dispatch.js";
import { type CleanupsApi, cleanups } from "./resources/cleanups.js";
import { type EnvironmentsApi, environments } from "./resources/environments.js";
import { type LeasesApi, leases } from "./resources/leases.js";
import { type ActivityApi, type EventsPage, activity, readEvents } from "./resources/logs.js";
import { type RunsApi, runs } from "./resources/runs.js";
import { type Awaited, type WaitOptions, waitUntilFree } from "./resources/waiting.js";
import { type CallOptions, type ClientOptions, Transport } from "./transport.js";

export interface Client {
  /** The company that everything is about; undefined where the ledger finds it by an id. */
  readonly companyId: string | undefined;
  /** The bare client, typed by the OpenAPI document: no keys, no repetition. */
  readonly http: FetchClient<paths>;
  readonly environments: EnvironmentsApi;
  readonly leases: LeasesApi;
  readonly runs: RunsApi;
  readonly cleanups: CleanupsApi;
  readonly activity: ActivityApi;
  readonly events: EventsApi;
  /** Waits for an environment's room, a workspace or an issue; false when it is not free in time. */
  waitUntilFree(what: Awaited, options?: WaitOptions): Promise<boolean>;
  /** Up to 1,000 commands in one request; verdicts in their order. */
  dispatch(commands: readonly DispatchCommand[], options?: DispatchOptions): Promise<Verdict[]>;
  /** The same client for one company. */
  forCompany(companyId: string): Client;
}

export interface EventsApi {
  /** The events after a position, in order, up to `limit`. */
  page(
    query?: { after?: number; limit?: number; minPosition?: number },
    options?: CallOptions,
  ): Promise<EventsPage>;
  /**
   * The events after a cursor and all that come, in order and without a gap; of all companies,
   * each with a cursor of its own, where the client has none.
   */
  follow(options?: FollowOptions): Feed;
}

/** A client of one server. It holds no connection and need not be closed. */
export function createClient(options: ClientOptions): Client {
  const transport = new Transport(options);
  return {
    companyId: options.companyId,
    http: transport.http,
    environments: environments(transport),
    leases: leases(transport),
    runs: runs(transport),
    cleanups: cleanups(transport),
    activity: activity(transport),
    events: {
      page: (query = {}, call) => readEvents(transport, query, call),
      follow: (from = {}) => new Feed(transport, from),
    },
    waitUntilFree: (what, options) => waitUntilFree(transport, what, options),
    dispatch: (commands, call) => dispatch(transport, commands, call),
    forCompany: (companyId) => createClient({ ...options, companyId }),
  };
}
