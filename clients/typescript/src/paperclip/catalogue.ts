/** The environments of `environmentService`, and reading its leases. */
import type {
  CreateEnvironment,
  Driver,
  EnvironmentStatus,
  LeaseStatus,
  UpdateEnvironment,
} from "../api.js";
import type { Client } from "../client.js";
import { orNone, orNull } from "./absent.js";
import { type Environment, type EnvironmentLease, toEnvironment, toLease } from "./records.js";
import { isUnclean } from "./unclean.js";

/** What `list` may be narrowed to: words as a query string has them. */
export interface EnvironmentFilters {
  status?: string;
  driver?: string;
}

/** What a new environment is. */
export interface EnvironmentInput {
  name: string;
  driver: Driver;
  description?: string | null;
  status?: EnvironmentStatus;
  config?: Record<string, unknown> | null;
  envVars?: Record<string, unknown> | null;
  metadata?: Record<string, unknown> | null;
  /** The ledger's own: how many leases it holds at once; null for any number. */
  capacity?: number | null;
  /** The ledger's own: one lease per workspace at a time. */
  singleFlight?: boolean;
}

/** What is to be different; what is not given stays. */
export type EnvironmentPatch = Partial<EnvironmentInput>;

export function catalogue(client: Client) {
  const within = (companyId: string | undefined) =>
    companyId === undefined ? client : client.forCompany(companyId);
  return {
    /** All of them, the newest change first. A word that no environment has matches none. */
    list: async (
      companyIdOrFilters?: string | EnvironmentFilters,
      filters?: EnvironmentFilters,
    ): Promise<Environment[]> => {
      const [companyId, wanted] = scoped(companyIdOrFilters, filters);
      const { status, driver } = wanted ?? {};
      const filter = { status: status as EnvironmentStatus, driver: driver as Driver };
      const all = within(companyId).environments.list({ ...filter, limit: 500 }).all();
      return (await orNone(all)).map(toEnvironment);
    },

    getById: async (id: string): Promise<Environment | null> => {
      const found = await orNull(client.environments.get(id));
      return found && toEnvironment(found);
    },

    getLeaseById: async (id: string): Promise<EnvironmentLease | null> => {
      const found = await orNull(client.leases.get(id));
      return found && toLease(found);
    },

    /** The company's one local environment; one that is there is answered untouched. */
    ensureLocalEnvironment: async (companyId?: string): Promise<Environment> =>
      toEnvironment(await within(companyId).environments.ensureLocal()),

    create: async (
      companyIdOrInput: string | EnvironmentInput,
      input?: EnvironmentInput,
    ): Promise<Environment> => {
      const [companyId, wanted] = scoped(companyIdOrInput, input);
      if (!wanted) throw new TypeError("an environment to create is required");
      const body = told(wanted) as CreateEnvironment;
      return toEnvironment(await within(companyId).environments.create(body));
    },

    /** Null when there is none. */
    update: async (id: string, patch: EnvironmentPatch): Promise<Environment | null> => {
      const changed = await orNull(client.environments.update(id, told(patch)));
      return changed && toEnvironment(changed);
    },

    /** All of an environment's leases, the newest use first. */
    listLeases: async (
      environmentId: string,
      filters: { status?: string } = {},
    ): Promise<EnvironmentLease[]> => {
      const { status } = filters;
      const wanted = isUnclean(status) ? undefined : (status as LeaseStatus | undefined);
      const list = client.environments.leases(environmentId, { status: wanted, limit: 500 });
      const leases = await orNone(list.all());
      return leases.filter((lease) => !isUnclean(status) || isUnclean(lease)).map(toLease);
    },
  };
}

function scoped<T extends object>(
  first: string | T | undefined,
  second: T | undefined,
): [string | undefined, T | undefined] {
  return typeof first === "string" ? [first, second] : [undefined, first ?? second];
}

/** The ledger's fields of it: null clears where it can, and means the default elsewhere. */
function told(input: EnvironmentPatch): UpdateEnvironment {
  const { name, driver, description, status, metadata, capacity, singleFlight } = input;
  const config = input.config === null ? {} : input.config;
  const envVars = input.envVars === null ? {} : input.envVars;
  return { name, driver, description, status, config, envVars, metadata, capacity, singleFlight };
}
