/**
 * The feed: events as they are recorded, in order and without a gap.
 *
 * **Claims.** Each event after the given cursor is yielded once and in its company's order, over
 * any number of lost connections and servers.
 * **Because** the stream is asked to go on after the last event that was taken in, and what comes
 * a second time is left out by its position.
 * **Not** promised: that whoever breaks off between two runs sees nothing twice. `cursor` has to be
 * stored with what was done about the event.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { LedgerEvent } from "./api.js";
import { Seen } from "./cursor.js";
import { LeaseholdError } from "./errors.js";
import { type Message, messages } from "./sse.js";
import { type Transport, refused } from "./transport.js";

export interface FollowOptions {
  /**
   * A cursor, or a position of one company; `end` for what comes next. From the beginning without.
   */
  after?: string | number;
  /** Only events with these names. */
  types?: readonly string[];
  /** Ends the feed without an error. */
  signal?: AbortSignal;
  /** A connection that is silent for longer is given up; 45,000 ms, three of the server's signs. */
  silenceMs?: number;
  /** Told of each lost connection; the feed goes on by itself. */
  onInterrupted?: (error: unknown) => void;
}

/** The pause before the first return to the server, and the longest one, in milliseconds. */
const PAUSE_MS = { first: 100, longest: 5_000 } as const;

/** The log was restored from a backup: positions that were seen may be others now. */
export class EpochChangedError extends LeaseholdError {
  readonly companyId: string;
  readonly previousEpoch: number;
  readonly epoch: number;
  /** How far the restored log reaches. */
  readonly position: number;

  constructor(said: { companyId: string; previousEpoch: number; epoch: number; position: number }) {
    const { companyId, previousEpoch, epoch, position } = said;
    const message = `the log of ${companyId} was restored: epoch ${epoch} after ${previousEpoch}`;
    super(message, { code: "epoch_changed" });
    this.name = "EpochChangedError";
    this.companyId = companyId;
    this.previousEpoch = previousEpoch;
    this.epoch = epoch;
    this.position = position;
  }
}

export class Feed implements AsyncIterable<LedgerEvent> {
  readonly #transport: Transport;
  readonly #options: FollowOptions;
  readonly #seen: Seen;
  #isAtEnd: boolean;
  #failures = 0;

  constructor(transport: Transport, options: FollowOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#seen = new Seen(transport.options.companyId);
    this.#isAtEnd = options.after === "end";
    if (!this.#isAtEnd) this.#seen.read(String(options.after ?? ""));
  }

  /** Where to go on: after the event that was taken last, of each company. */
  get cursor(): string {
    return String(this.#seen);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<LedgerEvent, void, undefined> {
    const { signal, onInterrupted } = this.#options;
    while (!signal?.aborted) {
      const connection = new Connection(this.#options);
      try {
        yield* this.#listen(connection);
      } catch (error) {
        if (signal?.aborted) return;
        if (isFinal(error)) throw error;
        onInterrupted?.(error);
      } finally {
        connection.close();
      }
      await this.#pause();
    }
  }

  async *#listen(connection: Connection): AsyncGenerator<LedgerEvent, void, undefined> {
    const body = await this.#open(connection);
    for await (const message of messages(connection.watch(body))) {
      this.#failures = 0;
      if (message.event !== undefined) throw wordOf(message);
      if (message.data !== undefined) {
        const event = JSON.parse(message.data) as LedgerEvent;
        if (this.#seen.take(event)) yield event;
      }
      if (message.id !== undefined) {
        this.#seen.read(message.id);
        this.#isAtEnd = false;
      }
    }
    throw new LeaseholdError("the stream broke off", { code: "unreachable", retry: "same_key" });
  }

  async #open(connection: Connection): Promise<ReadableStream<Uint8Array>> {
    const { http } = this.#transport;
    const { companyId } = this.#transport.options;
    const after = this.#isAtEnd ? "end" : this.cursor || undefined;
    const type = this.#options.types ? [...this.#options.types] : undefined;
    const init = {
      parseAs: "stream" as const,
      signal: connection.signal,
      headers: { Accept: "text/event-stream" },
    };
    const query = { after, type };
    const answer = await (companyId === undefined
      ? http.GET("/v1/events/stream", { params: { query }, ...init })
      : http.GET("/v1/companies/{companyId}/events/stream", {
          params: { path: { companyId }, query },
          ...init,
        }));
    if (answer.data) return answer.data as ReadableStream<Uint8Array>;
    throw refused(answer.error, answer.response, null);
  }

  async #pause(): Promise<void> {
    const { signal } = this.#options;
    const ceiling = Math.min(PAUSE_MS.longest, PAUSE_MS.first * 2 ** Math.min(this.#failures, 16));
    this.#failures += 1;
    const pauseMs = ceiling / 2 + Math.random() * (ceiling / 2);
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** One connection: given up when it is silent for too long, or when its caller is done. */
class Connection {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #silenceMs: number;
  readonly #giveUp = () => this.#controller.abort(this.#caller?.reason);
  #timer: NodeJS.Timeout | undefined;

  constructor({ signal, silenceMs = 45_000 }: FollowOptions) {
    this.#caller = signal;
    this.#silenceMs = silenceMs;
    signal?.addEventListener("abort", this.#giveUp, { once: true });
    if (signal?.aborted) this.#giveUp();
    this.#heard();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The same bytes; each of them is a sign of life. */
  async *watch(bytes: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      this.#heard();
      yield chunk;
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#giveUp);
    this.#controller.abort();
  }

  #heard(): void {
    clearTimeout(this.#timer);
    const silent = new Error(`nothing was heard for ${this.#silenceMs} ms`);
    this.#timer = setTimeout(() => this.#controller.abort(silent), this.#silenceMs);
  }
}

/** What the stream says about itself. */
function wordOf({ event, data }: Message): LeaseholdError {
  const said = JSON.parse(data ?? "{}");
  if (event === "epoch") return new EpochChangedError(said);
  const { reason = "unreachable", message = `the stream ended: ${event}` } = said;
  const retry = reason === "unauthenticated" ? "no" : "same_key";
  return new LeaseholdError(message, { code: reason, retry });
}

/** A refusal that coming back does not change. Everything else is a lost connection. */
function isFinal(error: unknown): boolean {
  return error instanceof LeaseholdError && error.retry === "no";
}
