/** The command that prepares a workspace where its lease holds. */
import type { RealizationRequest, RealizeForRunInput } from "./realization-request.js";
import { coded } from "./run-error.js";
import type { EnvironmentRuntime, Executed } from "./runtime.js";
import { textOf } from "./snapshot.js";

export interface Logger {
  info(facts: object, message: string): void;
}

/** How long a provision command may take. */
const PROVISION_MS = 300_000;

/**
 * On this machine the command has run before; in a sandbox the tree comes later, with the
 * adapter, and the command would find nothing to work on.
 */
export async function provision(
  { runtime, logger }: { runtime: EnvironmentRuntime; logger?: Logger },
  input: RealizeForRunInput,
  { runtimeOverlay }: RealizationRequest,
  cwd: string,
): Promise<void> {
  const command = runtimeOverlay.provisionCommand;
  const { environment, lease, issueId, heartbeatRunId } = input;
  if (!command || environment.driver === "local") return;
  if (environment.driver === "sandbox") {
    const facts = { environmentId: environment.id, driver: "sandbox", issueId, heartbeatRunId };
    logger?.info(facts, "the provision command is left to the adapter, which brings the tree");
    return;
  }
  await coded("workspace_realization_failed", "provision the workspace", input, async () => {
    const shell = { command: "bash", args: ["-lc", command], env: { SHELL: "/bin/bash" } };
    const how = { cwd, timeoutMs: PROVISION_MS, bypassSession: true };
    const done = await runtime.execute({ environment, lease, ...shell, ...how });
    if (done.exitCode !== 0 || done.timedOut) throw new Error(failureOf(done));
  });
}

function failureOf({ exitCode, signal, timedOut, stdout, stderr }: Executed): string {
  if (timedOut) return "the provision command took too long";
  const by = textOf(signal);
  const status = `exit code ${exitCode ?? "null"}${by ? ` (signal ${by})` : ""}`;
  const said = firstLine(stderr) ?? firstLine(stdout);
  return said ? `${status}: ${said}` : status;
}

function firstLine(text: string | null | undefined): string | null {
  return (text ?? "").split(/\r?\n/).map(textOf).find((line) => line !== null) ?? null;
}
