/**
 * Requests and answers: which company a path is about, how long an answer is waited for, what an
 * answer that is no success means. Everything else speaks through this.
 */
import createFetchClient, { type Client as FetchClient } from "openapi-fetch";
import { ambient } from "./ambient.js";
import type { Actor, Problem } from "./api.js";
import { LeaseholdError } from "./errors.js";
import type { paths } from "./generated/api.js";
import { persist } from "./persist.js";
import { remember } from "./receipt.js";

export interface ClientOptions {
  /** Where the server listens, such as `http://127.0.0.1:5327`. */
  baseUrl: string;
  /** Shown as a bearer token. */
  token?: string;
  /** The company that everything is about. Without one the ledger finds the company of an id. */
  companyId?: string;
  /** Who asks, where a command does not say so itself. */
  actor?: Actor;
  /** How long one attempt may take; 10,000 ms. */
  timeoutMs?: number;
  /** How long a call may take in all, lost answers asked for again; 30,000 ms. */
  deadlineMs?: number;
  /** How long refusals that time can cure are asked again, under new keys; 0 ms. */
  patienceMs?: number;
  /** Another `fetch`. */
  fetch?: typeof globalThis.fetch;
}

/** What one call may decide for itself. */
export interface CallOptions {
  signal?: AbortSignal;
  timeoutMs?: number;
  deadlineMs?: number;
  patienceMs?: number;
}

/** What a command may decide besides. */
export interface CommandOptions extends CallOptions {
  /** The idempotency key, 1 to 200 bytes; one is made where none is given. */
  key?: string;
  /** Only if this is the version that it has, where the route honours it. */
  ifVersion?: number;
}

/** What a sender gets to build one request with. */
export interface Request {
  http: FetchClient<paths>;
  /** The path in the company, or without one. */
  at<Tail extends string>(tail: Tail): `/v1/companies/{companyId}${Tail}`;
  /** The ids of the path, the company's among them. */
  path<Ids extends Record<string, string>>(ids: Ids): Ids & { companyId: string };
  /** The body, with the actor where it names none. */
  body<Body extends object>(body: Body): Body;
  init: { signal: AbortSignal; headers: Record<string, string> };
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

type Send<T> = (request: Request) => Promise<Answer<T>>;

interface Sending<T> {
  send: Send<T>;
  options: CallOptions | undefined;
  headers: Record<string, string>;
  key: string | null;
  askedAtMs: number;
}

const DEFAULTS = { timeoutMs: 10_000, deadlineMs: 30_000, patienceMs: 0 } as const;

export class Transport {
  readonly options: ClientOptions;
  /** The bare client, typed by the OpenAPI document: no keys, no repetition. */
  readonly http: FetchClient<paths>;

  constructor(options: ClientOptions) {
    this.options = options;
    const headers = options.token ? { Authorization: `Bearer ${options.token}` } : undefined;
    const { fetch } = options;
    this.http = createFetchClient<paths>({
      baseUrl: options.baseUrl.replace(/\/+$/, ""),
      headers,
      querySerializer: { array: { style: "form", explode: false } },
      ...(fetch && { fetch: (request: globalThis.Request) => fetch(request) }),
    });
  }

  /** A question, or commands whose keys stand in the body; asked again while answers are lost. */
  ask<T>(options: CallOptions | undefined, send: Send<T>): Promise<T> {
    const sending = { send, options, headers: {}, key: null, askedAtMs: 0 };
    return this.#persist(options ?? {}, (_, leftMs) => this.#once(sending, leftMs));
  }

  /** A command under a key; its receipt is remembered with what it answers. */
  command<T>(options: CommandOptions | undefined, send: Send<T>): Promise<T> {
    const { ifVersion } = options ?? {};
    const match: Record<string, string> = {};
    if (ifVersion !== undefined) match["If-Match"] = `"${ifVersion}"`;
    let first = { key: "", askedAtMs: 0 };
    return this.#persist(options ?? {}, (key, leftMs) => {
      if (first.key !== key) first = { key, askedAtMs: performance.now() };
      const headers = { ...match, "Idempotency-Key": key };
      return this.#once({ send, options, headers, ...first }, leftMs);
    });
  }

  #persist<T>(
    options: CommandOptions,
    attempt: (key: string, leftMs: number) => Promise<T>,
  ): Promise<T> {
    const { deadlineMs, patienceMs } = { ...DEFAULTS, ...given(this.options), ...given(options) };
    const { key, signal } = options;
    return persist({ deadlineMs, patienceMs, key, signal }, attempt);
  }

  async #once<T>(sending: Sending<T>, leftMs: number): Promise<T> {
    const { send, options, headers, key, askedAtMs } = sending;
    const { timeoutMs } = { ...DEFAULTS, ...given(this.options), ...given(options ?? {}) };
    const limit = new Limit(Math.max(1, Math.min(timeoutMs, leftMs)), options?.signal);
    try {
      const answer = await send(this.#request({ signal: limit.signal, headers })).catch(lost(key));
      if (!answer.response.ok) throw refused(answer.error, answer.response, key);
      return remember(answer.data as T, answer.response.headers, askedAtMs);
    } finally {
      limit.lift();
    }
  }

  #request(init: Request["init"]): Request {
    const { companyId, actor } = this.options;
    return {
      http: this.http,
      init,
      at: <Tail extends string>(tail: Tail) =>
        (companyId === undefined
          ? `/v1${tail}`
          : `/v1/companies/{companyId}${tail}`) as `/v1/companies/{companyId}${Tail}`,
      path: (ids) => ({ ...ids, companyId: companyId ?? "" }),
      body: (body) => {
        const asking = ambient().actor ?? actor;
        return asking && !("actor" in body && body.actor) ? { ...body, actor: asking } : body;
      },
    };
  }
}

function given(options: CallOptions): Partial<Record<keyof typeof DEFAULTS, number>> {
  const { timeoutMs, deadlineMs, patienceMs } = options;
  const all = { timeoutMs, deadlineMs, patienceMs };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Ends an attempt at its time, or when the caller gives up; leaves nothing behind on the caller. */
class Limit {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal | undefined;
  readonly #giveUp = () => this.#controller.abort(this.#caller?.reason);

  constructor(timeoutMs: number, caller: AbortSignal | undefined) {
    const late = () => this.#controller.abort(new Error(`no answer within ${timeoutMs} ms`));
    this.#timer = setTimeout(late, timeoutMs);
    this.#caller = caller;
    caller?.addEventListener("abort", this.#giveUp, { once: true });
    if (caller?.aborted) this.#giveUp();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  lift(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#giveUp);
  }
}

/** No answer, or one that broke off: it may have happened. */
function lost(key: string | null): (cause: unknown) => never {
  return (cause) => {
    const message = `the ledger did not answer: ${told(cause)}`;
    throw new LeaseholdError(message, { code: "unreachable", retry: "same_key", key, cause });
  };
}

/** The innermost word of an error; `fetch failed` alone says nothing. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? told(error.cause) : error.message;
}

/** What an answer means that is no success. */
export function refused(body: unknown, response: Response, key: string | null): LeaseholdError {
  const { status } = response;
  const retryAfterMs = Number(response.headers.get("Retry-After") ?? 0) * 1_000 || 0;
  if (isProblem(body)) {
    const { code, retry } = body;
    const init = { code, status, retry, key: body.key ?? key, problem: body, retryAfterMs };
    return new LeaseholdError(body.detail, init);
  }
  const isPassing = status >= 500 || status === 408 || status === 429;
  return new LeaseholdError(`an answer with status ${status} that is not the ledger's`, {
    code: "unexpected_answer",
    status,
    retry: isPassing ? "same_key" : "no",
    key,
    retryAfterMs,
  });
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "retry" in body;
}
