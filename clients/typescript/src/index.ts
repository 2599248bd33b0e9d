/** Leasehold's client. `README.md` has the tour. */
export * from "./api.js";
export { type Client, createClient } from "./client.js";
export { LeaseholdError, LeaseLostError, type Retry, isRefusal } from "./errors.js";
export type { FollowOptions } from "./feed.js";
export { type Page, Pages } from "./pages.js";
export { type Receipt, receiptOf } from "./receipt.js";
export type { DispatchCommand, DispatchOptions } from "./resources/dispatch.js";
export type { EnvironmentFilter } from "./resources/environments.js";
export type { LeaseFilter } from "./resources/leases.js";
export type { ActivityFilter, EventsPage } from "./resources/logs.js";
export type { CallOptions, ClientOptions, CommandOptions } from "./transport.js";
export type { paths } from "./generated/api.js";
export { type Ambient, withAmbient } from "./ambient.js";
export { type Held, type HeldLease, type WithLeaseOptions, withLease } from "./with-lease.js";
export {
  EnvironmentCompanyMismatchError,
  EnvironmentLeaseConflictError,
} from "./paperclip/errors.js";
export { type EnvironmentService, environmentService } from "./paperclip/environment-service.js";
export type { AcquireLeaseInput } from "./paperclip/acquiring.js";
export type {
  EnvironmentFilters,
  EnvironmentInput,
  EnvironmentPatch,
} from "./paperclip/catalogue.js";
export type { PendingCleanupInput } from "./paperclip/orphans.js";
export type {
  DeleteBlockedReason,
  EnvironmentDeleteBlastRadius,
  ReusableLeaseHolder,
} from "./paperclip/removal.js";
export type { EndStatus, ReleaseOptions, ReleaseStatus } from "./paperclip/releasing.js";
export type { Environment as PaperclipEnvironment, EnvironmentLease } from "./paperclip/records.js";
