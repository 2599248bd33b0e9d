/** Drivers as a caller writes them, for places that need no machine. */
import { type Client, type EnvironmentDriver, environmentService } from "@leasehold/client";

/** A driver that only leases; `more` is what a test wants it to do besides. */
export function leasing(
  client: Client,
  driver: string,
  more: Partial<EnvironmentDriver> & { notes?: object; provider?: string } = {},
): EnvironmentDriver {
  const service = environmentService(client);
  const { notes, provider = driver, ...does } = more;
  return {
    driver,
    acquireRunLease: (input) => {
      const { companyId, environment, issueId, heartbeatRunId, executionWorkspaceId } = input;
      const { executionWorkspaceMode } = input;
      return service.acquireLease({
        ...{ companyId, environmentId: environment.id, issueId, heartbeatRunId },
        ...{ executionWorkspaceId, provider },
        metadata: { driver, executionWorkspaceMode, ...notes },
      });
    },
    releaseRunLease: ({ lease, status }) => service.releaseLease(lease.id, status),
    ...does,
  };
}
