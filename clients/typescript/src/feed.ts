/** The feed: a company's events as they come, in order and without a gap. */
import { setTimeout as sleep } from "node:timers/promises";
import type { LedgerEvent } from "./api.js";
import { readEvents } from "./resources/logs.js";
import type { Transport } from "./transport.js";

export interface FollowOptions {
  /** The position to go on from; 0 begins with the first event. */
  after?: number;
  /** Only these types of events. */
  types?: readonly string[];
  signal?: AbortSignal;
  /** Between two looks where the server has no stream; 500 ms. */
  pollMs?: number;
}

const PAGE = 500;

/** Ends when the signal is aborted; begins anew by itself after a lost connection. */
export async function* follow(
  transport: Transport,
  options: FollowOptions,
): AsyncGenerator<LedgerEvent, void, undefined> {
  try {
    yield* poll(transport, options);
  } catch (error) {
    if (!options.signal?.aborted) throw error;
  }
}

async function* poll(
  transport: Transport,
  { after = 0, types, signal, pollMs = 500 }: FollowOptions,
): AsyncGenerator<LedgerEvent, void, undefined> {
  for (let position = after; !signal?.aborted; ) {
    const page = await readEvents(transport, { after: position, limit: PAGE }, { signal });
    for (const event of page.items) {
      if (!types || types.includes(event.eventType)) yield event;
    }
    position = page.nextPosition;
    if (page.items.length < PAGE) await sleep(pollMs, undefined, { signal });
  }
}
