/** Paperclip's service over a company of its own, as its tests have it. */
import { randomUUID } from "node:crypto";
import { type Client, environmentService } from "@leasehold/client";

export function service(client: Client) {
  const companyId = client.companyId ?? "";
  const svc = environmentService(client);
  return {
    client,
    companyId,
    svc,
    /** An environment that is not the local one. */
    environment: (more: object = {}) =>
      svc.create(companyId, { name: `env-${randomUUID()}`, driver: "ssh", ...more }),
    /** A lease that is kept for its workspace. */
    reusable: (environmentId: string, more: object = {}) =>
      svc.acquireLease({
        companyId,
        environmentId,
        executionWorkspaceId: randomUUID(),
        heartbeatRunId: randomUUID(),
        leasePolicy: "reuse_by_environment",
        provider: "fake",
        providerLeaseId: `sandbox://${randomUUID()}`,
        ...more,
      }),
  };
}
