/**
 * The drivers of a run: who makes, reaches and lets go the place that a lease is a right to.
 *
 * `EnvironmentRuntime` is what the orchestrator asks of it; Paperclip's own runtime service has
 * this shape. `environmentRuntime` makes one of single drivers.
 */
import type { JsonObject, ReleaseLease } from "../api.js";
import type { Client } from "../client.js";
import { type EnvironmentService, environmentService } from "./environment-service.js";
import type { Environment, EnvironmentLease } from "./records.js";
import type { EndStatus } from "./releasing.js";
import { type LeaseContext, type WorkspaceRef, leaseContext, textOf } from "./snapshot.js";

/** What becomes of the provider's resource when a run lets go of it. */
export type ProviderResourceDisposition = NonNullable<ReleaseLease["providerResourceDisposition"]>;

export interface AcquireRunInput {
  companyId: string;
  environment: Environment;
  issueId: string | null;
  agentId?: string | null;
  heartbeatRunId: string | null;
  persistedExecutionWorkspace: WorkspaceRef | null;
  executionWorkspaceSettings?: JsonObject | null;
  adapterType?: string | null;
  requestedExpiresAt?: Date | null;
  assertCompanyBinding?: boolean;
}

export interface RuntimeLeaseRecord {
  /** Null when the environment is gone. */
  environment: Environment | null;
  lease: EnvironmentLease;
  leaseContext: LeaseContext;
}

export interface DriverLeaseInput {
  environment: Environment;
  lease: EnvironmentLease;
}

export interface RealizeWorkspaceInput extends DriverLeaseInput {
  workspace: {
    localPath?: string;
    remotePath?: string;
    mode?: string;
    metadata?: JsonObject;
  };
}

export interface RealizedWorkspace {
  cwd?: string | null;
  metadata?: JsonObject | null;
}

export interface ExecuteInput extends DriverLeaseInput {
  command: string;
  args?: string[];
  cwd?: string;
  env?: Record<string, string>;
  stdin?: string;
  timeoutMs?: number;
  /** Outside the lease's own session: the run has not begun. */
  bypassSession?: boolean;
}

export interface Executed {
  exitCode: number | null;
  signal?: string | null;
  timedOut: boolean;
  stdout: string;
  stderr: string;
}

export interface EnvironmentRuntime {
  acquireRunLease(input: AcquireRunInput): Promise<RuntimeLeaseRecord | null>;
  /** Ends what a run holds, one by one; whoever fails is told of and stops no other. */
  releaseRunLeases(
    heartbeatRunId: string,
    status?: EndStatus,
    onLeaseReleaseError?: (leaseId: string, error: unknown) => void,
    providerResourceDisposition?: ProviderResourceDisposition,
    cancelActiveWork?: boolean,
  ): Promise<RuntimeLeaseRecord[]>;
  realizeWorkspace(input: RealizeWorkspaceInput): Promise<RealizedWorkspace>;
  execute(input: ExecuteInput): Promise<Executed>;
}

export type DriverAcquireInput = Omit<AcquireRunInput, "persistedExecutionWorkspace"> &
  LeaseContext;

export interface DriverReleaseInput extends DriverLeaseInput {
  status: EndStatus;
  /** An explicit stop: what is under way is ended, not waited for. */
  cancelActiveWork?: boolean;
}

interface How extends Omit<DriverReleaseInput, keyof DriverLeaseInput> {
  disposition?: ProviderResourceDisposition;
}

/** One kind of place. Acquires by `environmentService(client).acquireLease`. */
export interface EnvironmentDriver {
  /** The environments' word for it: `local`, `ssh`, `sandbox`, `plugin`. */
  readonly driver: string;
  acquireRunLease(input: DriverAcquireInput): Promise<EnvironmentLease | null>;
  /** Lets go at the provider and ends the lease; without it the lease is only ended. */
  releaseRunLease?(input: DriverReleaseInput): Promise<EnvironmentLease | null>;
  /** Destroys the resource; `releaseRunLease` with the status `expired` where it is not given. */
  destroyRunLease?(input: DriverLeaseInput): Promise<EnvironmentLease | null>;
  realizeWorkspace?(input: RealizeWorkspaceInput): Promise<RealizedWorkspace>;
  execute?(input: ExecuteInput): Promise<Executed>;
}

/** A runtime of drivers. */
export function environmentRuntime(
  client: Client,
  options: { drivers: readonly EnvironmentDriver[] },
): EnvironmentRuntime {
  return new DriversRuntime(client, options.drivers);
}

class DriversRuntime implements EnvironmentRuntime {
  readonly #client: Client;
  readonly #drivers: ReadonlyMap<string, EnvironmentDriver>;

  constructor(client: Client, drivers: readonly EnvironmentDriver[]) {
    this.#client = client;
    this.#drivers = new Map(drivers.map((driver) => [driver.driver, driver]));
  }

  async acquireRunLease(input: AcquireRunInput): Promise<RuntimeLeaseRecord | null> {
    const { persistedExecutionWorkspace, ...rest } = input;
    const { environment } = input;
    if (environment.status !== "active") {
      throw new Error(`Environment "${environment.name}" is not active.`);
    }
    const context = leaseContext({ persistedExecutionWorkspace });
    const driver = this.#driver(environment.driver);
    const lease = await driver.acquireRunLease({ ...rest, ...context });
    return lease && { environment, lease, leaseContext: context };
  }

  async releaseRunLeases(
    heartbeatRunId: string,
    status: EndStatus = "released",
    onLeaseReleaseError: (leaseId: string, error: unknown) => void = () => undefined,
    disposition?: ProviderResourceDisposition,
    cancelActiveWork?: boolean,
  ): Promise<RuntimeLeaseRecord[]> {
    const held = await this.#client.leases
      .list({ runId: heartbeatRunId, status: "active", limit: 500 })
      .all();
    const released: RuntimeLeaseRecord[] = [];
    const how = { status, disposition, cancelActiveWork };
    for (const { id } of held) {
      try {
        const record = await this.#release(id, how);
        if (record) released.push(record);
      } catch (error) {
        onLeaseReleaseError(id, error);
      }
    }
    return released;
  }

  async realizeWorkspace(input: RealizeWorkspaceInput): Promise<RealizedWorkspace> {
    const driver = this.#driverOf(input.lease, input.environment);
    return driver.realizeWorkspace?.(input) ?? { cwd: input.workspace.localPath ?? null };
  }

  async execute(input: ExecuteInput): Promise<Executed> {
    const { execute, driver } = this.#driverOf(input.lease, input.environment);
    if (!execute) throw new Error(`Environment driver "${driver}" does not run commands.`);
    return execute(input);
  }

  async #release(leaseId: string, how: How): Promise<RuntimeLeaseRecord | null> {
    const service = environmentService(this.#client);
    const lease = await service.getLeaseById(leaseId);
    if (!lease || lease.status !== "active") return null;
    const environment = await service.getById(lease.environmentId ?? "");
    const ended = environment
      ? await this.#letGo(service, { environment, lease }, how)
      : await service.releaseLease(leaseId, how.status);
    return ended && { environment, lease: ended, leaseContext: contextOf(ended) };
  }

  async #letGo(
    service: EnvironmentService,
    { environment, lease }: DriverLeaseInput,
    { status, disposition, cancelActiveWork }: How,
  ): Promise<EnvironmentLease | null> {
    const isReusable = lease.leasePolicy === "reuse_by_environment";
    if (disposition === "keep_running") {
      if (isReusable) return service.releaseLease(lease.id, "retained", { cleanupStatus: "success" });
      throw new Error(`Lease "${lease.id}" is not reusable and cannot be kept running.`);
    }
    const driver = this.#driverOf(lease, environment);
    const input = { environment, lease };
    if (disposition === "destroy" && driver.destroyRunLease) return driver.destroyRunLease(input);
    // What is stopped to be used again is no failure of its own, whatever its run was.
    const kept = disposition === "stop_and_retain" && isReusable ? "released" : status;
    const end = disposition === "destroy" ? "expired" : kept;
    if (!driver.releaseRunLease) return service.releaseLease(lease.id, end);
    return driver.releaseRunLease({ ...input, status: end, ...(cancelActiveWork && { cancelActiveWork }) });
  }

  /** The driver that granted it: the environment may be of another kind by now. */
  #driverOf(lease: EnvironmentLease, environment: Environment): EnvironmentDriver {
    return this.#driver(textOf(lease.metadata?.["driver"]) ?? environment.driver);
  }

  #driver(name: string): EnvironmentDriver {
    const driver = this.#drivers.get(name);
    if (driver) return driver;
    throw new Error(
      `Environment driver "${name}" is not registered in the environment runtime yet.`,
    );
  }
}

function contextOf(lease: EnvironmentLease): LeaseContext {
  const executionWorkspaceMode = textOf(lease.metadata?.["executionWorkspaceMode"]);
  return { executionWorkspaceId: lease.executionWorkspaceId, executionWorkspaceMode };
}
