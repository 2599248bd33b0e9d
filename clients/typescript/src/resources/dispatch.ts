/** Many commands in one request, each with a verdict of its own. */
import { randomUUID } from "node:crypto";
import type { Verdict } from "../api.js";
import type { components } from "../generated/api.js";
import type { CallOptions, Transport } from "../transport.js";

/** One command: its type, its key, and the fields of its route. */
export type DispatchCommand = components["schemas"]["Command"];

export interface DispatchOptions extends CallOptions {
  /** All or none of them. */
  atomic?: boolean;
}

/** Verdicts in the order of the commands, up to 1,000. Each command has a key, given or made. */
export async function dispatch(
  transport: Transport,
  commands: readonly DispatchCommand[],
  options: DispatchOptions = {},
): Promise<Verdict[]> {
  const { atomic = false, ...call } = options;
  const keyed = commands.map((command) => ({ ...command, key: command.key ?? randomUUID() }));
  const { verdicts } = await transport.ask(call, (request) =>
    request.http.POST("/v1/companies/{companyId}/dispatch", {
      params: { path: request.path({}) },
      body: { commands: keyed.map((command) => request.body(command)), atomic },
      ...request.init,
    }),
  );
  return verdicts;
}
