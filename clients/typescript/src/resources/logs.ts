/** The logs: who did what, and the events themselves. */
import type { Activity, LedgerEvent } from "../api.js";
import { Pages } from "../pages.js";
import type { CallOptions, Transport } from "../transport.js";
import { type Words, inQuery } from "./query.js";

export interface ActivityFilter {
  action?: Words;
  entityType?: Words;
  entityId?: Words;
  runId?: Words;
  agentId?: Words;
  /** From then on, ISO 8601. */
  since?: string;
  /** Before then, ISO 8601. */
  until?: string;
  /** With what is noise to most. */
  bookkeeping?: boolean;
  limit?: number;
  minPosition?: number;
}

/** A stretch of the log, and the position to ask after next. */
export interface EventsPage {
  items: LedgerEvent[];
  nextPosition: number;
}

export type ActivityApi = ReturnType<typeof activity>;

export function activity(transport: Transport) {
  return {
    /** The newest first. */
    list: (filter: ActivityFilter = {}, options?: CallOptions): Pages<Activity> =>
      new Pages((cursor) =>
        transport.ask(options, ({ http, path, init }) =>
          http.GET("/v1/companies/{companyId}/activity", {
            params: { path: path({}), query: inQuery({ ...filter, cursor }) },
            ...init,
          }),
        ),
      ),
  };
}

/** The events after a position, in order. */
export function readEvents(
  transport: Transport,
  query: { after?: number; limit?: number; minPosition?: number },
  options?: CallOptions,
): Promise<EventsPage> {
  return transport.ask(options, ({ http, path, init }) =>
    http.GET("/v1/companies/{companyId}/events", {
      params: { path: path({}), query },
      ...init,
    }),
  );
}
