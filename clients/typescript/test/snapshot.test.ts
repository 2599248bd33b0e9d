/** The run's context snapshot. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { leaseContext, paperclipEnvironment } from "@leasehold/client";

const environment = { id: "e", name: "Local", driver: "local" } as const;

test("a snapshot names environment and lease, and nothing that is not known", () => {
  const bare = { id: "e", name: "Local", driver: "local", leaseId: "l" };
  assert.deepEqual(paperclipEnvironment(environment, { id: "l", metadata: null }), bare);
  const hostOnly = { host: "h", port: 22, username: "u" };
  assert.deepEqual(paperclipEnvironment(environment, { id: "l", metadata: hostOnly }), bare);
});

test("with a remote cwd it tells how to reach it", () => {
  const metadata = {
    ...{ remoteCwd: "/srv", host: "h", port: 22, username: "u", secret: "s" },
    workspaceRealization: { mode: "copy" },
  };
  assert.deepEqual(paperclipEnvironment(environment, { id: "l", metadata }), {
    ...{ id: "e", name: "Local", driver: "local", leaseId: "l" },
    ...{ remoteCwd: "/srv", host: "h", port: 22, username: "u" },
    workspaceRealization: { mode: "copy" },
  });
  const odd = { remoteCwd: "/srv", host: 1, port: "22", username: null };
  const { host, port, username } = paperclipEnvironment(environment, { id: "l", metadata: odd });
  assert.deepEqual([host, port, username], [undefined, undefined, undefined]);
});

test("a lease context is the workspace, or nulls", () => {
  const none = { executionWorkspaceId: null, executionWorkspaceMode: null };
  assert.deepEqual(leaseContext({ persistedExecutionWorkspace: null }), none);
  const persistedExecutionWorkspace = { id: "w", mode: "shared_workspace" };
  assert.deepEqual(leaseContext({ persistedExecutionWorkspace }), {
    executionWorkspaceId: "w",
    executionWorkspaceMode: "shared_workspace",
  });
});
