/** The logs: who did what, and the events themselves. */
import type { Activity, LedgerEvent } from "../api.js";
import type { operations } from "../generated/api.js";
import { Pages } from "../pages.js";
import type { CallOptions, Transport } from "../transport.js";
import { type Filter, inQuery } from "./query.js";

/** `since`, `until`, `bookkeeping`, and one word or several of the rest. */
export type ActivityFilter = Filter<operations["listActivity"]>;

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
            params: { path: path({}), query: inQuery(filter, cursor) },
            ...init,
          }),
        ),
      ),
  };
}

/** The events after a position, in order. */
export async function readEvents(
  transport: Transport,
  query: { after?: number; limit?: number; minPosition?: number },
  options?: CallOptions,
): Promise<EventsPage> {
  const page = await transport.ask(options, ({ http, path, init }) =>
    http.GET("/v1/companies/{companyId}/events", {
      params: { path: path({}), query },
      ...init,
    }),
  );
  // Lines are for those who ask for them by name; the answer to everybody else is a page.
  return page as EventsPage;
}
