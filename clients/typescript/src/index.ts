/** Leasehold's client. `README.md` has the tour. */
export * from "./api.js";
export { type Client, createClient } from "./client.js";
export { LeaseholdError, LeaseLostError, type Retry, isRefusal } from "./errors.js";
export { cursorOf } from "./cursor.js";
export { EpochChangedError, Feed, type FollowOptions } from "./feed.js";
export { type Page, Pages } from "./pages.js";
export { type Receipt, receiptOf } from "./receipt.js";
export type { DispatchCommand, DispatchOptions } from "./resources/dispatch.js";
export type { CleanupFilter } from "./resources/cleanups.js";
export type { EnvironmentFilter } from "./resources/environments.js";
export type { LeaseFilter } from "./resources/leases.js";
export type { ActivityFilter, EventsPage } from "./resources/logs.js";
export type { Awaited, WaitOptions } from "./resources/waiting.js";
export type { CallOptions, ClientOptions, CommandOptions } from "./transport.js";
export type { paths } from "./generated/api.js";
export { type Ambient, withAmbient } from "./ambient.js";
export { type FromProviderOptions, type Made, leaseFromProvider } from "./from-provider.js";
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
export {
  type AcquireForRunInput,
  type AcquisitionResult,
  type EnvironmentRunOrchestrator,
  type OrchestratorOptions,
  type ReleaseForRunInput,
  type ReleaseResult,
  type SelectedEnvironment,
  environmentRunOrchestrator,
} from "./paperclip/orchestrator.js";
export type { Logger } from "./paperclip/provisioning.js";
export type {
  ExecutionWorkspace,
  RealizeForRunInput,
  RealizedExecutionWorkspace,
} from "./paperclip/realization-request.js";
export type { ExecutionTarget, RealizationResult, TransportInput } from "./paperclip/realizing.js";
export {
  type EnvironmentErrorCode,
  EnvironmentRunError,
  type EnvironmentRunErrorDetails,
} from "./paperclip/run-error.js";
export {
  type AcquireRunInput,
  type DriverAcquireInput,
  type DriverReleaseInput,
  type EnvironmentDriver,
  type EnvironmentRuntime,
  type ExecuteInput,
  type Executed,
  type ProviderResourceDisposition,
  type RealizeWorkspaceInput,
  type RealizedWorkspace,
  type RuntimeLeaseRecord,
  environmentRuntime,
} from "./paperclip/runtime.js";
export {
  type LeaseContext,
  type PaperclipEnvironmentSnapshot,
  type WorkspaceRef,
  leaseContext,
  paperclipEnvironment,
} from "./paperclip/snapshot.js";
