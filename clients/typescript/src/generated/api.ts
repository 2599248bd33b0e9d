/** Generated from docs/openapi.json by `npm run generate`; not edited. */

export interface paths {
    "/v1/companies/{companyId}/environments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Environments */
        get: operations["listEnvironments"];
        put?: never;
        /** Make an environment */
        post: operations["createEnvironment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/environments/{environmentId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One environment */
        get: operations["getEnvironment"];
        put?: never;
        post?: never;
        /** Let an environment be gone */
        delete: operations["removeEnvironment"];
        options?: never;
        head?: never;
        /** Change an environment */
        patch: operations["updateEnvironment"];
        trace?: never;
    };
    "/v1/companies/{companyId}/environments/{environmentId}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let it take no new leases */
        post: operations["archiveEnvironment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/environments/{environmentId}/reactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let it take leases again */
        post: operations["reactivateEnvironment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/environments/{environmentId}/leases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An environment's leases */
        get: operations["listEnvironmentLeases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/environments/{environmentId}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who uses an environment */
        get: operations["getEnvironmentUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/leases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Leases */
        get: operations["listLeases"];
        put?: never;
        /** Grant a lease to a run */
        post: operations["acquireLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/leases/reserve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hold room before the provider is asked */
        post: operations["reserveLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/leases/{leaseId}/activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What the provider made is there */
        post: operations["activateLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/leases/{leaseId}/abandon": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a reservation up */
        post: operations["abandonLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/leases/{leaseId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One lease */
        get: operations["getLease"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/leases/{leaseId}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a lease holds */
        get: operations["checkLease"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/leases/{leaseId}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A lease's events */
        get: operations["getLeaseHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/leases/{leaseId}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A lease's story */
        get: operations["explainLease"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/leases/{leaseId}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a lease */
        post: operations["releaseLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/leases/{leaseId}/renew": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Promise anew to hold a lease */
        post: operations["renewLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/leases/{leaseId}/metadata": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Replace a lease's notes */
        put: operations["replaceLeaseMetadata"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Merge into a lease's notes */
        patch: operations["patchLeaseMetadata"];
        trace?: never;
    };
    "/v1/companies/{companyId}/leases/{leaseId}/retain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep a lease after its run */
        post: operations["retainLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/leases/{leaseId}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hold a kept lease again */
        post: operations["resumeLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/cleanups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Cleanups that are not done */
        get: operations["listCleanups"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/cleanups/claim": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take the cleanups that have waited longest */
        post: operations["claimCleanups"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/cleanups/{leaseId}/renew": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep a claimed cleanup for longer */
        post: operations["renewCleanup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/cleanups/{leaseId}/succeed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A cleanup is done */
        post: operations["succeedCleanup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/cleanups/{leaseId}/fail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** An attempt at a cleanup failed */
        post: operations["failCleanup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/cleanups/{leaseId}/defer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a cleanup off without an attempt */
        post: operations["deferCleanup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/runs/{runId}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End every active lease of a run */
        post: operations["releaseRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/runs/{runId}/renew": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Promise anew for every active lease of a run */
        post: operations["renewRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/runs/{runId}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that a run is over, and end its leases */
        post: operations["endRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Events as they come */
        get: operations["followEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/wait": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Wait for something to be free */
        get: operations["wait"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/environments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Environments */
        get: operations["listEnvironmentsAnywhere"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/environments/{environmentId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One environment */
        get: operations["getEnvironmentAnywhere"];
        put?: never;
        post?: never;
        /** Let an environment be gone */
        delete: operations["removeEnvironmentAnywhere"];
        options?: never;
        head?: never;
        /** Change an environment */
        patch: operations["updateEnvironmentAnywhere"];
        trace?: never;
    };
    "/v1/environments/{environmentId}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let it take no new leases */
        post: operations["archiveEnvironmentAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/environments/{environmentId}/reactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let it take leases again */
        post: operations["reactivateEnvironmentAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/environments/{environmentId}/leases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An environment's leases */
        get: operations["listEnvironmentLeasesAnywhere"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/environments/{environmentId}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who uses an environment */
        get: operations["getEnvironmentUsageAnywhere"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Leases */
        get: operations["listLeasesAnywhere"];
        put?: never;
        /** Grant a lease to a run */
        post: operations["acquireLeaseAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leases/reserve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hold room before the provider is asked */
        post: operations["reserveLeaseAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leases/{leaseId}/activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What the provider made is there */
        post: operations["activateLeaseAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leases/{leaseId}/abandon": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a reservation up */
        post: operations["abandonLeaseAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leases/{leaseId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One lease */
        get: operations["getLeaseAnywhere"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leases/{leaseId}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a lease holds */
        get: operations["checkLeaseAnywhere"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leases/{leaseId}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A lease's events */
        get: operations["getLeaseHistoryAnywhere"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leases/{leaseId}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A lease's story */
        get: operations["explainLeaseAnywhere"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leases/{leaseId}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a lease */
        post: operations["releaseLeaseAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leases/{leaseId}/renew": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Promise anew to hold a lease */
        post: operations["renewLeaseAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leases/{leaseId}/metadata": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Replace a lease's notes */
        put: operations["replaceLeaseMetadataAnywhere"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Merge into a lease's notes */
        patch: operations["patchLeaseMetadataAnywhere"];
        trace?: never;
    };
    "/v1/leases/{leaseId}/retain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep a lease after its run */
        post: operations["retainLeaseAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/leases/{leaseId}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hold a kept lease again */
        post: operations["resumeLeaseAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cleanups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Cleanups that are not done */
        get: operations["listCleanupsAnywhere"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cleanups/claim": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take the cleanups that have waited longest */
        post: operations["claimCleanupsAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cleanups/{leaseId}/renew": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep a claimed cleanup for longer */
        post: operations["renewCleanupAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cleanups/{leaseId}/succeed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A cleanup is done */
        post: operations["succeedCleanupAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cleanups/{leaseId}/fail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** An attempt at a cleanup failed */
        post: operations["failCleanupAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cleanups/{leaseId}/defer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a cleanup off without an attempt */
        post: operations["deferCleanupAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{runId}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End every active lease of a run */
        post: operations["releaseRunAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{runId}/renew": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Promise anew for every active lease of a run */
        post: operations["renewRunAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{runId}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that a run is over, and end its leases */
        post: operations["endRunAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Events as they come */
        get: operations["followEventsAnywhere"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wait": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Wait for something to be free */
        get: operations["waitAnywhere"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/environments/ensure-local": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Find or make the local one */
        post: operations["ensureLocalEnvironment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/dispatch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Many commands in one request */
        post: operations["dispatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who did what */
        get: operations["listActivity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/companies/{companyId}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The log itself */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/companies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The companies and their logs */
        get: operations["listCompanies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/projections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The projections */
        get: operations["listProjections"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/projections/{projection}/rebuild": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Rebuild a projection, or `all` */
        post: operations["startRebuild"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/rebuilds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rebuilds */
        get: operations["listRebuilds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/rebuilds/{rebuildId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a rebuild is */
        get: operations["getRebuild"];
        put?: never;
        post?: never;
        /** End a rebuild; nothing is left of it */
        delete: operations["cancelRebuild"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/rebuilds/{rebuildId}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a rebuild is, as it goes */
        get: operations["followRebuild"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let the ledger check itself */
        post: operations["verifyLedger"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tokens */
        get: operations["listTokens"];
        put?: never;
        /** Make a token */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/tokens/{tokenId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a token */
        delete: operations["revokeToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process lives */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether it reaches a migrated database */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The document of this interface */
        get: operations["getDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics of this process */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Giving a reservation up. */
        AbandonLease: {
            /** @description Why. At most 4096 bytes. */
            reason: string;
            /** @description Whether the provider may have made something; true. */
            maybeCreated?: boolean | null;
            /**
             * Format: int64
             * @description The fence that the holder was granted; an older one is refused.
             */
            fence?: number | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description Giving a reservation up. */
        AbandonLeaseCommand: {
            /** @description Why. At most 4096 bytes. */
            reason: string;
            /** @description Whether the provider may have made something; true. */
            maybeCreated?: boolean | null;
            /**
             * Format: int64
             * @description The fence that the holder was granted; an older one is refused.
             */
            fence?: number | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "abandonLease";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            leaseId: string;
        };
        /** @description What a run wants to hold. */
        AcquireLease: {
            /**
             * Format: uuid
             * @description The environment.
             */
            environmentId: string;
            /**
             * Format: uuid
             * @description The run.
             */
            heartbeatRunId?: string | null;
            /**
             * Format: uuid
             * @description The issue that the run works on.
             */
            issueId?: string | null;
            /**
             * Format: uuid
             * @description The workspace that the run works in.
             */
            executionWorkspaceId?: string | null;
            /**
             * Format: uuid
             * @description The agent whose run it is.
             */
            agentId?: string | null;
            leasePolicy?: components["schemas"]["LeasePolicy"] | null;
            /** @description Who provides the resource. At most 512 bytes. */
            provider?: string | null;
            /** @description What the provider calls it. At most 512 bytes. */
            providerLeaseId?: string | null;
            /** @description The holder's own notes. At most 64 KiB and 32 levels. */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /** @description What the run may reach; kept with the grant. */
            networkEgress?: unknown;
            /**
             * Format: uuid
             * @description Take over the resource of this lease; reserving, the place of one that is gone.
             */
            replacesLeaseId?: string | null;
            /**
             * Format: uuid
             * @description Hold this lease again instead of a new one. Not when reserving.
             */
            resumesLeaseId?: string | null;
            /**
             * Format: int32
             * @description A promise to renew within so many seconds; it is enforced.
             */
            ttlSeconds?: number | null;
            /**
             * Format: date-time
             * @description A provider's word; recorded, never acted on. Not with ttlSeconds.
             */
            expiresAt?: string | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description What a run wants to hold. */
        AcquireLeaseCommand: {
            /**
             * Format: uuid
             * @description The environment.
             */
            environmentId: string;
            /**
             * Format: uuid
             * @description The run.
             */
            heartbeatRunId?: string | null;
            /**
             * Format: uuid
             * @description The issue that the run works on.
             */
            issueId?: string | null;
            /**
             * Format: uuid
             * @description The workspace that the run works in.
             */
            executionWorkspaceId?: string | null;
            /**
             * Format: uuid
             * @description The agent whose run it is.
             */
            agentId?: string | null;
            leasePolicy?: components["schemas"]["LeasePolicy"] | null;
            /** @description Who provides the resource. At most 512 bytes. */
            provider?: string | null;
            /** @description What the provider calls it. At most 512 bytes. */
            providerLeaseId?: string | null;
            /** @description The holder's own notes. At most 64 KiB and 32 levels. */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /** @description What the run may reach; kept with the grant. */
            networkEgress?: unknown;
            /**
             * Format: uuid
             * @description Take over the resource of this lease; reserving, the place of one that is gone.
             */
            replacesLeaseId?: string | null;
            /**
             * Format: uuid
             * @description Hold this lease again instead of a new one. Not when reserving.
             */
            resumesLeaseId?: string | null;
            /**
             * Format: int32
             * @description A promise to renew within so many seconds; it is enforced.
             */
            ttlSeconds?: number | null;
            /**
             * Format: date-time
             * @description A provider's word; recorded, never acted on. Not with ttlSeconds.
             */
            expiresAt?: string | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "acquireLease";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
        };
        /** @description What the provider made. */
        ActivateLease: {
            /** @description What the provider calls it. At most 512 bytes. */
            providerLeaseId: string;
            /** @description Replaces the notes. At most 64 KiB and 32 levels. */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int64
             * @description The fence that the holder was granted; an older one is refused.
             */
            fence?: number | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description What the provider made. */
        ActivateLeaseCommand: {
            /** @description What the provider calls it. At most 512 bytes. */
            providerLeaseId: string;
            /** @description Replaces the notes. At most 64 KiB and 32 levels. */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int64
             * @description The fence that the holder was granted; an older one is refused.
             */
            fence?: number | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "activateLease";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            leaseId: string;
        };
        /** @description Who did what: one line for every event but renewals. */
        Activity: {
            /**
             * Format: uuid
             * @description The event's id, or the one that an imported line had.
             */
            id: string;
            /**
             * Format: uuid
             * @description The company whose log it is.
             */
            companyId: string;
            actorType: components["schemas"]["ActorType"];
            /** @description Who asked, as the caller's system knows them. */
            actorId: string;
            /** @description What was done, a word with a dot. */
            action: string;
            entityType: components["schemas"]["EntityType"];
            /** @description Which one. */
            entityId: string;
            /**
             * Format: uuid
             * @description The agent, where known.
             */
            agentId: string | null;
            /**
             * Format: uuid
             * @description The run, where known.
             */
            runId: string | null;
            /** @description The person answerable, where known. */
            responsibleUserId: string | null;
            /** @description What a reader wants to know of it. */
            details: unknown;
            /**
             * Format: date-time
             * @description When it happened.
             */
            createdAt: string;
            /** @description The token that really spoke. */
            authenticatedBy: string | null;
            /** @description Whether it is noise to most readers. */
            bookkeeping: boolean;
            /**
             * Format: int64
             * @description The event's position in the company's log.
             */
            position: number;
            /** @description The trace id of the request's `traceparent`. */
            correlationId: string | null;
        };
        /** @description A page of a list. */
        ActivityPage: {
            items: components["schemas"]["Activity"][];
            /** @description Where the list goes on; null at its end. */
            nextCursor: string | null;
        };
        /** @description Who asks. Beside it the log keeps the token that really spoke. */
        Actor: {
            type: components["schemas"]["ActorType"];
            /** @description Their id, as the caller's system knows it. At most 512 bytes. */
            id: string;
            /**
             * Format: uuid
             * @description The agent, where known.
             */
            agentId?: string | null;
            /**
             * Format: uuid
             * @description The run, where known.
             */
            runId?: string | null;
            /** @description The person answerable, where known. At most 512 bytes. */
            responsibleUserId?: string | null;
        };
        /**
         * @description What kind of party an actor is.
         * @enum {string}
         */
        ActorType: "agent" | "user" | "system";
        /**
         * @description What an event's stream is about.
         * @enum {string}
         */
        AggregateType: "environment" | "lease" | "run" | "operation";
        /** @description Any JSON object. */
        AnyObject: {
            [key: string]: unknown;
        };
        /** @description Nothing but who asks. */
        ArchiveEnvironment: {
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description Nothing but who asks. */
        ArchiveEnvironmentCommand: {
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "archiveEnvironment";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            environmentId: string;
        };
        /** @description Nothing. */
        CancelRebuild: Record<string, never>;
        /** @description Who takes cleanups. */
        ClaimCleanups: {
            /** @description The janitor, by its own name. At most 512 bytes. */
            owner: string;
            /**
             * Format: int32
             * @description At most so many; 10 unless given.
             */
            limit?: number | null;
            /**
             * Format: int32
             * @description For how long; 300 unless given.
             */
            ttlSeconds?: number | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description Who takes cleanups. */
        ClaimCleanupsCommand: {
            /** @description The janitor, by its own name. At most 512 bytes. */
            owner: string;
            /**
             * Format: int32
             * @description At most so many; 10 unless given.
             */
            limit?: number | null;
            /**
             * Format: int32
             * @description For how long; 300 unless given.
             */
            ttlSeconds?: number | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "claimCleanups";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
        };
        /** @description What a claim took. */
        Claimed: {
            /** @description None when nothing waits. */
            items: components["schemas"]["CleanupItem"][];
        };
        /** @description What has to happen at the provider after the end. */
        Cleanup: {
            state: components["schemas"]["CleanupState"];
            reason: components["schemas"]["CleanupReason"] | null;
            /**
             * Format: date-time
             * @description When it was asked for.
             */
            requestedAt: string;
            /**
             * Format: date-time
             * @description From when on it counts as late.
             */
            since: string;
            /**
             * Format: int64
             * @description Attempts begun and not put off.
             */
            attempt: number;
            /**
             * Format: date-time
             * @description From when on a janitor may claim it.
             */
            dueAt: string;
            /** @description Who is at it: owner, fence, until. */
            claim: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int64
             * @description The fence of the last claim.
             */
            lastFence: number | null;
            /**
             * Format: date-time
             * @description Since when it is blocked.
             */
            blockedAt: string | null;
            /** @description What went wrong last: kind, message. */
            failure: {
                [key: string]: unknown;
            } | null;
            /** @description The evidence that it is done. */
            proof: unknown;
        };
        /** @description One cleanup of the queue, with all that a janitor needs. */
        CleanupItem: {
            /**
             * Format: uuid
             * @description The lease that left something behind.
             */
            leaseId: string;
            /**
             * Format: uuid
             * @description Its company.
             */
            companyId: string;
            state: components["schemas"]["CleanupState"];
            /**
             * Format: int64
             * @description Attempts begun and not put off.
             */
            attempt: number;
            /**
             * Format: int64
             * @description Show it with every step; null when nobody is at it.
             */
            claimFence: number | null;
            /** @description Who is at it. */
            owner: string | null;
            /**
             * Format: date-time
             * @description When the claim lapses.
             */
            claimedUntil: string | null;
            reason: components["schemas"]["CleanupReason"] | null;
            /**
             * Format: date-time
             * @description When it was asked for.
             */
            requestedAt: string;
            /**
             * Format: date-time
             * @description From when on it may be claimed.
             */
            dueAt: string;
            /**
             * Format: date-time
             * @description Since when it is blocked.
             */
            blockedAt: string | null;
            /** @description What went wrong last: kind, message. */
            failure: {
                [key: string]: unknown;
            } | null;
            /** @description Who provides the resource. */
            provider: string | null;
            /** @description What the provider calls it. */
            providerLeaseId: string | null;
            leasePolicy: components["schemas"]["LeasePolicy"];
            /**
             * Format: uuid
             * @description The environment of the lease.
             */
            environmentId: string;
            environment: components["schemas"]["Environment"] | null;
            /** @description The holder's own notes. */
            metadata: {
                [key: string]: unknown;
            } | null;
        };
        /** @description A page of a list. */
        CleanupPage: {
            items: components["schemas"]["CleanupItem"][];
            /** @description Where the list goes on; null at its end. */
            nextCursor: string | null;
        };
        /**
         * @description Why something is left at the provider.
         * @enum {string}
         */
        CleanupReason: "told_pending" | "told_failed" | "maybe_created" | "no_answer" | "late_answer" | "destroy_asked" | "not_released" | "unclean_end" | "kept_after_failure";
        /**
         * @description Where a cleanup is.
         * @enum {string}
         */
        CleanupState: "pending" | "claimed" | "deferred" | "failed" | "blocked" | "succeeded";
        /**
         * @description What became of the resource at the provider.
         * @enum {string}
         */
        CleanupStatus: "pending" | "success" | "failed";
        /** @description One command of a dispatch. */
        Command: components["schemas"]["CreateEnvironmentCommand"] | components["schemas"]["UpdateEnvironmentCommand"] | components["schemas"]["ArchiveEnvironmentCommand"] | components["schemas"]["ReactivateEnvironmentCommand"] | components["schemas"]["RemoveEnvironmentCommand"] | components["schemas"]["EnsureLocalEnvironmentCommand"] | components["schemas"]["AcquireLeaseCommand"] | components["schemas"]["ReserveLeaseCommand"] | components["schemas"]["ActivateLeaseCommand"] | components["schemas"]["AbandonLeaseCommand"] | components["schemas"]["RenewLeaseCommand"] | components["schemas"]["ReplaceLeaseMetadataCommand"] | components["schemas"]["PatchLeaseMetadataCommand"] | components["schemas"]["RetainLeaseCommand"] | components["schemas"]["ResumeLeaseCommand"] | components["schemas"]["ReleaseLeaseCommand"] | components["schemas"]["ReleaseRunCommand"] | components["schemas"]["EndRunCommand"] | components["schemas"]["RenewRunCommand"] | components["schemas"]["ClaimCleanupsCommand"] | components["schemas"]["RenewCleanupCommand"] | components["schemas"]["SucceedCleanupCommand"] | components["schemas"]["FailCleanupCommand"] | components["schemas"]["DeferCleanupCommand"];
        /** @description The end of a company's log. */
        CompanyEnd: {
            /**
             * Format: uuid
             * @description The company.
             */
            companyId: string;
            /**
             * Format: int64
             * @description The last event's position.
             */
            position: number;
            /**
             * Format: int64
             * @description Raised when the log was restored from a backup.
             */
            epoch: number;
            /**
             * Format: date-time
             * @description When the last event was recorded.
             */
            recordedAt: string;
            /** @description sha256 over the digest before and every column of the event. */
            digest: string;
        };
        /** @description A page of a list. */
        CompanyPage: {
            items: components["schemas"]["CompanyEnd"][];
            /** @description Where the list goes on; null at its end. */
            nextCursor: string | null;
        };
        /** @description What a new environment is to be. */
        CreateEnvironment: {
            /** @description Unique among the company's environments that are not removed. */
            name: string;
            driver: components["schemas"]["Driver"];
            /** @description In words. At most 4096 bytes. */
            description?: string | null;
            status?: components["schemas"]["EnvironmentStatus"] | null;
            /** @description The driver's settings; secrets as references. At most 64 KiB and 32 levels. */
            config?: {
                [key: string]: unknown;
            } | null;
            /** @description Variables for runs; secrets as references. At most 64 KiB and 32 levels. */
            envVars?: {
                [key: string]: unknown;
            } | null;
            /** @description The caller's own notes. At most 64 KiB and 32 levels. */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int32
             * @description How many leases it holds at once; null for any number.
             */
            capacity?: number | null;
            /** @description Whether a workspace has at most one holder; off unless given. */
            singleFlight?: boolean | null;
            /**
             * Format: int32
             * @description The promise of a lease that comes without one; none unless given.
             */
            defaultTtlSeconds?: number | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description What a new environment is to be. */
        CreateEnvironmentCommand: {
            /** @description Unique among the company's environments that are not removed. */
            name: string;
            driver: components["schemas"]["Driver"];
            /** @description In words. At most 4096 bytes. */
            description?: string | null;
            status?: components["schemas"]["EnvironmentStatus"] | null;
            /** @description The driver's settings; secrets as references. At most 64 KiB and 32 levels. */
            config?: {
                [key: string]: unknown;
            } | null;
            /** @description Variables for runs; secrets as references. At most 64 KiB and 32 levels. */
            envVars?: {
                [key: string]: unknown;
            } | null;
            /** @description The caller's own notes. At most 64 KiB and 32 levels. */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int32
             * @description How many leases it holds at once; null for any number.
             */
            capacity?: number | null;
            /** @description Whether a workspace has at most one holder; off unless given. */
            singleFlight?: boolean | null;
            /**
             * Format: int32
             * @description The promise of a lease that comes without one; none unless given.
             */
            defaultTtlSeconds?: number | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "createEnvironment";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
        };
        /** @description A token that is to be. */
        CreateToken: {
            /** @description What to call it by. At most 512 bytes. */
            name: string;
            role: components["schemas"]["TokenRole"];
            /**
             * Format: uuid
             * @description The one company that it opens; all of them if not said.
             */
            companyId?: string | null;
            /**
             * Format: date-time
             * @description When it ceases to open anything; null for never, a year from now if not said.
             */
            expiresAt?: string | null;
        };
        /** @description A janitor's step, under the fence of its claim. */
        DeferCleanup: {
            /**
             * Format: int64
             * @description The fence of the claim; an older one is refused.
             */
            claimFence: number;
            /**
             * Format: int32
             * @description For how long; 300 unless given.
             */
            seconds?: number | null;
            /** @description Why. At most 4096 bytes. */
            message?: string | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description A janitor's step, under the fence of its claim. */
        DeferCleanupCommand: {
            /**
             * Format: int64
             * @description The fence of the claim; an older one is refused.
             */
            claimFence: number;
            /**
             * Format: int32
             * @description For how long; 300 unless given.
             */
            seconds?: number | null;
            /** @description Why. At most 4096 bytes. */
            message?: string | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "deferCleanup";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            leaseId: string;
        };
        /** @description Commands, each with its own key and its own verdict. */
        Dispatch: {
            /** @description At most 1000; verdicts come in the same order. */
            commands: components["schemas"]["Command"][];
            /** @description All or none. */
            atomic?: boolean | null;
        };
        /**
         * @description What the holder wants done with the resource.
         * @enum {string}
         */
        Disposition: "keep_running" | "stop_and_retain" | "destroy";
        /**
         * @description What kind of place an environment is.
         * @enum {string}
         */
        Driver: "local" | "ssh" | "sandbox" | "plugin";
        /** @description How a run ended. */
        EndRun: {
            outcome: components["schemas"]["RunOutcome"];
            /** @description Why. At most 4096 bytes. */
            reason?: string | null;
            /**
             * Format: date-time
             * @description When it was over, if that was before now.
             */
            endedAt?: string | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description How a run ended. */
        EndRunCommand: {
            outcome: components["schemas"]["RunOutcome"];
            /** @description Why. At most 4096 bytes. */
            reason?: string | null;
            /**
             * Format: date-time
             * @description When it was over, if that was before now.
             */
            endedAt?: string | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "endRun";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            runId: string;
        };
        /** @description Nothing but who asks. */
        EnsureLocalEnvironment: {
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description Nothing but who asks. */
        EnsureLocalEnvironmentCommand: {
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "ensureLocalEnvironment";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
        };
        /**
         * @description What a line of the activity log is about.
         * @enum {string}
         */
        EntityType: "environment" | "environment_lease" | "heartbeat_run" | "operation";
        /** @description A place where an agent's run can execute. */
        Environment: {
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * Format: uuid
             * @description The company that it belongs to.
             */
            companyId: string;
            /** @description Unique among the company's environments that are not removed. */
            name: string;
            /** @description In words. */
            description: string | null;
            driver: components["schemas"]["Driver"];
            status: components["schemas"]["EnvironmentStatus"];
            /** @description The driver's settings; secrets as references. */
            config: {
                [key: string]: unknown;
            };
            /** @description Variables for runs; secrets as references. */
            envVars: {
                [key: string]: unknown;
            };
            /** @description The caller's own notes. */
            metadata: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int64
             * @description How many leases it holds at once; null for any number.
             */
            capacity: number | null;
            /** @description Whether a workspace has at most one holder here. */
            singleFlight: boolean;
            /**
             * Format: uuid
             * @description The shared environment that this is a company's copy of.
             */
            sourceId: string | null;
            /**
             * Format: int64
             * @description The promise of a lease that comes without one; null for no expiry.
             */
            defaultTtlSeconds: number | null;
            /**
             * Format: date-time
             * @description When it was created.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updatedAt: string;
            /**
             * Format: int64
             * @description How many events it has had; its `ETag`.
             */
            version: number;
        };
        /** @description A page of a list. */
        EnvironmentPage: {
            items: components["schemas"]["Environment"][];
            /** @description Where the list goes on; null at its end. */
            nextCursor: string | null;
        };
        /**
         * @description Whether an environment takes new leases.
         * @enum {string}
         */
        EnvironmentStatus: "active" | "archived";
        /**
         * @description A stable error code.
         * @enum {string}
         */
        ErrorCode: "invalid_request" | "unauthenticated" | "forbidden" | "environment_not_found" | "lease_not_found" | "token_not_found" | "projection_not_found" | "rebuild_not_found" | "route_not_found" | "method_not_allowed" | "not_acceptable" | "unsupported_media_type" | "environment_inactive" | "environment_name_taken" | "environment_local_exists" | "environment_in_use" | "capacity_exhausted" | "workspace_held" | "run_ended" | "lease_ended" | "lease_not_active" | "lease_not_retained" | "lease_not_reserved" | "reservation_expired" | "cleanup_not_claimed" | "stale_fence" | "resume_mismatch" | "rebuild_running" | "rebuild_differs" | "version_mismatch" | "too_large" | "idempotency_mismatch" | "unstorable" | "rate_limited" | "database_unavailable" | "outcome_unknown" | "upgrade_required" | "position_timeout" | "storage_full" | "internal";
        /** @description A fact that was accepted; immutable. */
        Event: {
            /**
             * Format: uuid
             * @description The company whose log it is in.
             */
            companyId: string;
            /**
             * Format: int64
             * @description Its place there: 1, 2, 3 … without gaps.
             */
            position: number;
            /**
             * Format: int64
             * @description Raised when the log was restored from a backup.
             */
            epoch: number;
            /**
             * Format: uuid
             * @description Its own id.
             */
            eventId: string;
            aggregateType: components["schemas"]["AggregateType"];
            /**
             * Format: uuid
             * @description Whose stream it is in.
             */
            aggregateId: string;
            /**
             * Format: int64
             * @description Its place in that stream: 1, 2, 3 … without gaps.
             */
            sequence: number;
            /** @description Its name. */
            eventType: string;
            /** @description The version of its form. */
            eventVersion: string;
            /** @description What happened, under the event's name. */
            payload: {
                [key: string]: unknown;
            };
            /** @description Who asked, with which key, by which token: a flat map of strings. */
            metadata: {
                [key: string]: unknown;
            };
            /**
             * Format: date-time
             * @description When it happened.
             */
            occurredAt: string;
            /**
             * Format: date-time
             * @description When the ledger learnt it.
             */
            recordedAt: string;
            /** @description sha256 over the digest before and every column of the event. */
            digest: string;
        };
        /** @description A page of a list. */
        EventHistoryPage: {
            items: components["schemas"]["Event"][];
            /** @description Where the list goes on; null at its end. */
            nextCursor: string | null;
        };
        /** @description Events in the log's order. */
        EventPage: {
            items: components["schemas"]["Event"][];
            /**
             * Format: int64
             * @description Ask `after` this the next time.
             */
            nextPosition: number;
        };
        /**
         * @description Whose word an expiry is; only `enforced` is acted on.
         * @enum {string}
         */
        ExpiryMode: "recorded" | "enforced";
        /** @description A janitor's step, under the fence of its claim. */
        FailCleanup: {
            /**
             * Format: int64
             * @description The fence of the claim; an older one is refused.
             */
            claimFence: number;
            /** @description What went wrong, in a word of yours. At most 512 bytes. */
            kind: string;
            /** @description In words. At most 4096 bytes. */
            message?: string | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description A janitor's step, under the fence of its claim. */
        FailCleanupCommand: {
            /**
             * Format: int64
             * @description The fence of the claim; an older one is refused.
             */
            claimFence: number;
            /** @description What went wrong, in a word of yours. At most 512 bytes. */
            kind: string;
            /** @description In words. At most 4096 bytes. */
            message?: string | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "failCleanup";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            leaseId: string;
        };
        /** @description What is wrong with one field, header or parameter. */
        FieldError: {
            /** @description Its name, with dots for nested ones; empty for the body as a whole. */
            field: string;
            /** @description What is wrong, to be read after the name. */
            message: string;
        };
        /** @description It is free. */
        Free: {
            free: boolean;
        };
        /** @description How it goes. */
        Health: {
            /**
             * @description All is well.
             * @enum {string}
             */
            status: "ok";
        };
        /** @description A lease that stands in the way. */
        Holder: {
            /**
             * Format: uuid
             * @description The lease.
             */
            leaseId: string;
            /**
             * Format: uuid
             * @description Its run.
             */
            runId: string | null;
            /**
             * Format: uuid
             * @description The issue that its run works on.
             */
            issueId: string | null;
        };
        /**
         * @description What hangs on an environment, so that it cannot be removed.
         * @enum {string}
         */
        InUse: "active_lease" | "retained_lease" | "open_cleanup";
        /** @description The right of one run to use one environment for a time. */
        Lease: {
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * Format: uuid
             * @description The company that it belongs to.
             */
            companyId: string;
            /**
             * Format: uuid
             * @description The environment that it is a right to.
             */
            environmentId: string;
            /**
             * Format: uuid
             * @description The workspace of its run.
             */
            executionWorkspaceId: string | null;
            /**
             * Format: uuid
             * @description The issue of its run.
             */
            issueId: string | null;
            /**
             * Format: uuid
             * @description The run that holds it.
             */
            heartbeatRunId: string | null;
            status: components["schemas"]["LeaseStatus"];
            leasePolicy: components["schemas"]["LeasePolicy"];
            /** @description Who provides the resource. */
            provider: string | null;
            /** @description What the provider calls it. */
            providerLeaseId: string | null;
            /**
             * Format: date-time
             * @description When it was granted.
             */
            acquiredAt: string;
            /**
             * Format: date-time
             * @description When it was last granted, resumed, kept or ended.
             */
            lastUsedAt: string;
            /**
             * Format: date-time
             * @description When it is due.
             */
            expiresAt: string | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            releasedAt: string | null;
            /** @description Why it ended or was kept. */
            failureReason: string | null;
            cleanupStatus: components["schemas"]["CleanupStatus"] | null;
            /** @description The holder's own notes. */
            metadata: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: date-time
             * @description When the ledger learnt of it.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updatedAt: string;
            /**
             * Format: uuid
             * @description The agent of its run.
             */
            agentId: string | null;
            phase: components["schemas"]["LeasePhase"];
            /**
             * Format: int64
             * @description Rises with every grant and resume; show it when you act for the lease.
             */
            fence: number;
            expiryMode: components["schemas"]["ExpiryMode"] | null;
            /**
             * Format: int64
             * @description The holder's promise to renew, in seconds.
             */
            ttlSeconds: number | null;
            /** @description The cleanup's state in full; `none` when nothing is to be done. */
            cleanupState: string;
            endedBy: components["schemas"]["Actor"] | null;
            endCause: components["schemas"]["LeaseEndCause"] | null;
            /**
             * Format: uuid
             * @description The lease whose resource it took over.
             */
            replacesLeaseId: string | null;
            /**
             * Format: uuid
             * @description The lease that took its resource over.
             */
            replacedByLeaseId: string | null;
            /**
             * Format: date-time
             * @description How long it is meant to be kept.
             */
            retainUntil: string | null;
            /** @description The word it had where it was imported from, if not ours. */
            sourceStatus: string | null;
            /**
             * Format: int64
             * @description How many events it has had; its `ETag`.
             */
            version: number;
            /**
             * Format: date-time
             * @description Until when it is only reserved.
             */
            reservationDeadline: string | null;
            /**
             * Format: date-time
             * @description When the sweeper looks at it, whatever falls due first.
             */
            dueAt: string | null;
            /**
             * Format: date-time
             * @description From when on its cleanup may be claimed.
             */
            cleanupDueAt: string | null;
            cleanup: components["schemas"]["Cleanup"] | null;
        };
        /**
         * @description What led to an end.
         * @enum {string}
         */
        LeaseEndCause: "release" | "run_release" | "run_end" | "hand_off" | "abandon" | "reservation_deadline" | "expiry" | "retention_deadline" | "import";
        /**
         * @description The ways in which a lease ends.
         * @enum {string}
         */
        LeaseEndStatus: "released" | "expired" | "failed";
        /** @description A page of a list. */
        LeasePage: {
            items: components["schemas"]["Lease"][];
            /** @description Where the list goes on; null at its end. */
            nextCursor: string | null;
        };
        /**
         * @description Where in its life a lease is.
         * @enum {string}
         */
        LeasePhase: "reserved" | "active" | "retained" | "ended";
        /**
         * @description What is to happen with a lease's resource after its run.
         * @enum {string}
         */
        LeasePolicy: "ephemeral" | "reuse_by_environment" | "reuse_by_execution_workspace" | "retain_on_failure";
        /**
         * @description The status of a lease.
         * @enum {string}
         */
        LeaseStatus: "active" | "released" | "expired" | "failed" | "retained";
        /** @description Who may come in, as what, and to which company. */
        NewToken: {
            /**
             * Format: uuid
             * @description What events call it by.
             */
            id: string;
            /**
             * Format: uuid
             * @description The one company that it opens; null for all.
             */
            companyId: string | null;
            /** @description What people call it by. */
            name: string;
            role: components["schemas"]["TokenRole"];
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /** @description Who made it. */
            createdBy: string;
            /**
             * Format: date-time
             * @description When it ceases to open anything; null for never.
             */
            expiresAt: string | null;
            /**
             * Format: date-time
             * @description When it was revoked.
             */
            revokedAt: string | null;
            /** @description Who revoked it. */
            revokedBy: string | null;
            /**
             * Format: date-time
             * @description When it was last used, a minute behind at most.
             */
            lastUsedAt: string | null;
            /** @description The token itself, shown this once. */
            secret: string;
        };
        /** @description A lease's notes. */
        PatchLeaseMetadata: {
            /** @description A merge patch (RFC 7396); null clears the notes. At most 64 KiB and 32 levels. */
            metadata: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int64
             * @description Only if this is its version, as `If-Match` says it.
             */
            ifVersion?: number | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description A lease's notes. */
        PatchLeaseMetadataCommand: {
            /** @description A merge patch (RFC 7396); null clears the notes. At most 64 KiB and 32 levels. */
            metadata: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int64
             * @description Only if this is its version, as `If-Match` says it.
             */
            ifVersion?: number | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "patchLeaseMetadata";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            leaseId: string;
        };
        /** @description Why a request was not answered as it wished (RFC 9457). */
        Problem: {
            /** @description `urn:leasehold:problem:` and the code. */
            type: string;
            /** @description The code in words. */
            title: string;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description What happened, in a sentence. */
            detail: string;
            code: components["schemas"]["ErrorCode"];
            retry: components["schemas"]["Retry"];
            /** @description The command's key, where there is one. */
            key: string | null;
            /** @description Every fault of an invalid request. */
            errors?: components["schemas"]["FieldError"][];
            /**
             * Format: uuid
             * @description The rebuild that it is about.
             */
            rebuildId?: string;
            /** @description What is being rebuilt. */
            projections?: string[];
            /** @description Who asked for it. */
            askedBy?: string;
            /** @description Rows that were compared, by table. */
            compared?: {
                [key: string]: unknown;
            };
            /** @description Rows that differ, by table and column. */
            differing?: {
                [key: string]: unknown;
            };
            /** @description The first rows that differ, with their columns. */
            first?: {
                [key: string]: unknown;
            }[];
            /**
             * Format: uuid
             * @description The environment that it is about.
             */
            environmentId?: string;
            /**
             * Format: uuid
             * @description The lease that it is about.
             */
            leaseId?: string;
            /**
             * Format: uuid
             * @description The run that it is about.
             */
            runId?: string;
            /**
             * Format: uuid
             * @description The workspace that has a holder.
             */
            executionWorkspaceId?: string;
            /** @description The state it is in. */
            currentStatus?: string;
            currentPhase?: components["schemas"]["LeasePhase"];
            /**
             * Format: int64
             * @description The claim that was shown.
             */
            claimFence?: number | null;
            /**
             * Format: int64
             * @description The claim that holds.
             */
            currentClaimFence?: number | null;
            cleanupState?: components["schemas"]["CleanupState"] | null;
            /** @description Who has claimed it. */
            owner?: string | null;
            /** @description Who stands in the way. */
            conflicting?: components["schemas"]["Holder"][];
            /** @description What hangs on the environment. */
            reasons?: components["schemas"]["InUse"][];
            /**
             * Format: int64
             * @description What there is room for.
             */
            capacity?: number;
            /** @description The name that is taken. */
            name?: string;
            /**
             * Format: date-time
             * @description When it ended.
             */
            endedAt?: string | null;
            endedBy?: components["schemas"]["Actor"];
            /** @description Why it ended. */
            failureReason?: string | null;
            outcome?: components["schemas"]["RunOutcome"];
            /**
             * Format: int64
             * @description The fence that was shown.
             */
            fence?: number;
            /**
             * Format: int64
             * @description The newest fence.
             */
            currentFence?: number;
            mismatch?: components["schemas"]["ResumeMismatch"];
            /**
             * Format: uuid
             * @description The run that holds it.
             */
            currentRunId?: string | null;
            /**
             * Format: int64
             * @description The version that it has.
             */
            currentVersion?: number;
            /**
             * Format: int64
             * @description The version that was meant.
             */
            expectedVersion?: number;
            /**
             * Format: int64
             * @description The limit.
             */
            bytesMax?: number;
            /**
             * Format: int64
             * @description The position that was waited for.
             */
            minPosition?: number;
            /**
             * Format: int64
             * @description The position that was reached.
             */
            currentPosition?: number;
        };
        /** @description A projection as it is live. */
        Projection: {
            /** @description Its name, which is that of its table. */
            name: string;
            /**
             * Format: int64
             * @description The version of the fold that made its table.
             */
            version: number;
            /**
             * Format: int64
             * @description Its rows, as the database estimates them.
             */
            rows: number;
            /**
             * Format: int64
             * @description The table, its indexes and what is stored out of line.
             */
            bytes: number;
        };
        /** @description The projections as they are live. */
        ProjectionList: {
            items: components["schemas"]["Projection"][];
            /** @description Tables that were replaced and are still kept. */
            old: string[];
        };
        /** @description Nothing but who asks. */
        ReactivateEnvironment: {
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description Nothing but who asks. */
        ReactivateEnvironmentCommand: {
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "reactivateEnvironment";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            environmentId: string;
        };
        /** @description A rebuild of projections, and how far it is. */
        Rebuild: {
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description What is rebuilt. */
            projections: string[];
            /**
             * @description Where it stands.
             * @enum {string}
             */
            state: "loading" | "loaded" | "differs" | "swapped" | "cancelled";
            /** @description Who asked. */
            askedBy: string;
            actorType: components["schemas"]["ActorType"];
            /** @description The token that really spoke. */
            authenticatedBy: string | null;
            /**
             * Format: date-time
             * @description When it began.
             */
            startedAt: string;
            /**
             * Format: date-time
             * @description When its state last changed.
             */
            changedAt: string;
            /**
             * Format: int64
             * @description Events of the parts that are loaded.
             */
            events: number;
            /**
             * Format: int64
             * @description Rows of the parts that are loaded.
             */
            rows: number;
            /** @description What the comparison found. */
            verdict: {
                [key: string]: unknown;
            } | null;
            /** @description Whether somebody is at it; if not, it was cut off or is over. */
            isRunning: boolean;
            /** @description `loading`, `indexing`, `comparing` or `swapping`: now, or last. */
            step: string | null;
            /**
             * Format: int64
             * @description Events that are to be loaded.
             */
            expectedEvents: number;
            /**
             * Format: int64
             * @description Events that are loaded or on their way.
             */
            readEvents: number;
            /** @description At which rate. */
            eventsPerSecond: number;
            /** @description How much longer the load takes at this rate. */
            secondsLeft: number | null;
            /**
             * Format: int64
             * @description Events that are not in its tables yet.
             */
            lag: number | null;
        };
        /** @description Rebuilds. */
        RebuildList: {
            items: components["schemas"]["Rebuild"][];
        };
        /** @description A lease of the run that did not end. */
        ReleaseError: {
            /**
             * Format: uuid
             * @description The lease.
             */
            leaseId: string;
            code: components["schemas"]["ErrorCode"];
            /** @description Why. */
            message: string;
        };
        /** @description How a lease ends; released unless said otherwise. */
        ReleaseLease: {
            status?: components["schemas"]["LeaseEndStatus"] | null;
            /** @description Why. At most 4096 bytes. */
            failureReason?: string | null;
            cleanupStatus?: components["schemas"]["CleanupStatus"] | null;
            /**
             * Format: int64
             * @description The fence that the holder was granted; an older one is refused.
             */
            fence?: number | null;
            providerResourceDisposition?: components["schemas"]["Disposition"] | null;
            /** @description What became of the remote execution. At most 64 KiB and 32 levels. */
            remoteExecutionTermination?: {
                [key: string]: unknown;
            } | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description How a lease ends; released unless said otherwise. */
        ReleaseLeaseCommand: {
            status?: components["schemas"]["LeaseEndStatus"] | null;
            /** @description Why. At most 4096 bytes. */
            failureReason?: string | null;
            cleanupStatus?: components["schemas"]["CleanupStatus"] | null;
            /**
             * Format: int64
             * @description The fence that the holder was granted; an older one is refused.
             */
            fence?: number | null;
            providerResourceDisposition?: components["schemas"]["Disposition"] | null;
            /** @description What became of the remote execution. At most 64 KiB and 32 levels. */
            remoteExecutionTermination?: {
                [key: string]: unknown;
            } | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "releaseLease";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            leaseId: string;
        };
        /** @description How a run's leases end. */
        ReleaseRun: {
            status?: components["schemas"]["LeaseEndStatus"] | null;
            /** @description Why. At most 4096 bytes. */
            failureReason?: string | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description How a run's leases end. */
        ReleaseRunCommand: {
            status?: components["schemas"]["LeaseEndStatus"] | null;
            /** @description Why. At most 4096 bytes. */
            failureReason?: string | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "releaseRun";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            runId: string;
        };
        /** @description The leases that a release or an end of a run has ended. */
        Released: {
            released: components["schemas"]["Lease"][];
            /** @description Those that were not; all or none end. */
            errors: components["schemas"]["ReleaseError"][];
        };
        /** @description Nothing but who asks. */
        RemoveEnvironment: {
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description Nothing but who asks. */
        RemoveEnvironmentCommand: {
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "removeEnvironment";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            environmentId: string;
        };
        /** @description A janitor's step, under the fence of its claim. */
        RenewCleanup: {
            /**
             * Format: int64
             * @description The fence of the claim; an older one is refused.
             */
            claimFence: number;
            /**
             * Format: int32
             * @description From now on; 300 unless given.
             */
            ttlSeconds?: number | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description A janitor's step, under the fence of its claim. */
        RenewCleanupCommand: {
            /**
             * Format: int64
             * @description The fence of the claim; an older one is refused.
             */
            claimFence: number;
            /**
             * Format: int32
             * @description From now on; 300 unless given.
             */
            ttlSeconds?: number | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "renewCleanup";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            leaseId: string;
        };
        /** @description A promise to renew. */
        RenewLease: {
            /**
             * Format: int32
             * @description A promise to renew within so many seconds; it is enforced.
             */
            ttlSeconds: number;
            /**
             * Format: int64
             * @description The fence that the holder was granted; an older one is refused.
             */
            fence?: number | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description A promise to renew. */
        RenewLeaseCommand: {
            /**
             * Format: int32
             * @description A promise to renew within so many seconds; it is enforced.
             */
            ttlSeconds: number;
            /**
             * Format: int64
             * @description The fence that the holder was granted; an older one is refused.
             */
            fence?: number | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "renewLease";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            leaseId: string;
        };
        /** @description A promise to renew. */
        RenewRun: {
            /**
             * Format: int32
             * @description A promise to renew within so many seconds; it is enforced.
             */
            ttlSeconds: number;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description A promise to renew. */
        RenewRunCommand: {
            /**
             * Format: int32
             * @description A promise to renew within so many seconds; it is enforced.
             */
            ttlSeconds: number;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "renewRun";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            runId: string;
        };
        /** @description The run's leases. */
        Renewed: {
            leases: components["schemas"]["Lease"][];
        };
        /** @description A lease's notes. */
        ReplaceLeaseMetadata: {
            /** @description The notes; null clears them. At most 64 KiB and 32 levels. */
            metadata: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int64
             * @description Only if this is its version, as `If-Match` says it.
             */
            ifVersion?: number | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description A lease's notes. */
        ReplaceLeaseMetadataCommand: {
            /** @description The notes; null clears them. At most 64 KiB and 32 levels. */
            metadata: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int64
             * @description Only if this is its version, as `If-Match` says it.
             */
            ifVersion?: number | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "replaceLeaseMetadata";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            leaseId: string;
        };
        /** @description What a run wants to hold. */
        ReserveLease: {
            /**
             * Format: uuid
             * @description The environment.
             */
            environmentId: string;
            /**
             * Format: uuid
             * @description The run.
             */
            heartbeatRunId?: string | null;
            /**
             * Format: uuid
             * @description The issue that the run works on.
             */
            issueId?: string | null;
            /**
             * Format: uuid
             * @description The workspace that the run works in.
             */
            executionWorkspaceId?: string | null;
            /**
             * Format: uuid
             * @description The agent whose run it is.
             */
            agentId?: string | null;
            leasePolicy?: components["schemas"]["LeasePolicy"] | null;
            /** @description Who provides the resource. At most 512 bytes. */
            provider?: string | null;
            /** @description What the provider calls it. At most 512 bytes. */
            providerLeaseId?: string | null;
            /** @description The holder's own notes. At most 64 KiB and 32 levels. */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /** @description What the run may reach; kept with the grant. */
            networkEgress?: unknown;
            /**
             * Format: uuid
             * @description Take over the resource of this lease; reserving, the place of one that is gone.
             */
            replacesLeaseId?: string | null;
            /**
             * Format: uuid
             * @description Hold this lease again instead of a new one. Not when reserving.
             */
            resumesLeaseId?: string | null;
            /**
             * Format: int32
             * @description A promise to renew within so many seconds; it is enforced.
             */
            ttlSeconds?: number | null;
            /**
             * Format: date-time
             * @description A provider's word; recorded, never acted on. Not with ttlSeconds.
             */
            expiresAt?: string | null;
            /**
             * Format: int32
             * @description When it ends by itself; 300 unless given.
             */
            deadlineSeconds?: number | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description What a run wants to hold. */
        ReserveLeaseCommand: {
            /**
             * Format: uuid
             * @description The environment.
             */
            environmentId: string;
            /**
             * Format: uuid
             * @description The run.
             */
            heartbeatRunId?: string | null;
            /**
             * Format: uuid
             * @description The issue that the run works on.
             */
            issueId?: string | null;
            /**
             * Format: uuid
             * @description The workspace that the run works in.
             */
            executionWorkspaceId?: string | null;
            /**
             * Format: uuid
             * @description The agent whose run it is.
             */
            agentId?: string | null;
            leasePolicy?: components["schemas"]["LeasePolicy"] | null;
            /** @description Who provides the resource. At most 512 bytes. */
            provider?: string | null;
            /** @description What the provider calls it. At most 512 bytes. */
            providerLeaseId?: string | null;
            /** @description The holder's own notes. At most 64 KiB and 32 levels. */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /** @description What the run may reach; kept with the grant. */
            networkEgress?: unknown;
            /**
             * Format: uuid
             * @description Take over the resource of this lease; reserving, the place of one that is gone.
             */
            replacesLeaseId?: string | null;
            /**
             * Format: uuid
             * @description Hold this lease again instead of a new one. Not when reserving.
             */
            resumesLeaseId?: string | null;
            /**
             * Format: int32
             * @description A promise to renew within so many seconds; it is enforced.
             */
            ttlSeconds?: number | null;
            /**
             * Format: date-time
             * @description A provider's word; recorded, never acted on. Not with ttlSeconds.
             */
            expiresAt?: string | null;
            /**
             * Format: int32
             * @description When it ends by itself; 300 unless given.
             */
            deadlineSeconds?: number | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "reserveLease";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
        };
        /** @description Who holds a kept lease again. */
        ResumeLease: {
            /**
             * Format: uuid
             * @description The run.
             */
            heartbeatRunId: string;
            /**
             * Format: uuid
             * @description The agent whose run it is.
             */
            agentId?: string | null;
            /**
             * Format: uuid
             * @description The issue that the run works on.
             */
            issueId?: string | null;
            /** @description Replaces the notes. At most 64 KiB and 32 levels. */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int32
             * @description A promise to renew within so many seconds; it is enforced.
             */
            ttlSeconds?: number | null;
            /**
             * Format: date-time
             * @description A provider's word; recorded, never acted on. Not with ttlSeconds.
             */
            expiresAt?: string | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description Who holds a kept lease again. */
        ResumeLeaseCommand: {
            /**
             * Format: uuid
             * @description The run.
             */
            heartbeatRunId: string;
            /**
             * Format: uuid
             * @description The agent whose run it is.
             */
            agentId?: string | null;
            /**
             * Format: uuid
             * @description The issue that the run works on.
             */
            issueId?: string | null;
            /** @description Replaces the notes. At most 64 KiB and 32 levels. */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int32
             * @description A promise to renew within so many seconds; it is enforced.
             */
            ttlSeconds?: number | null;
            /**
             * Format: date-time
             * @description A provider's word; recorded, never acted on. Not with ttlSeconds.
             */
            expiresAt?: string | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "resumeLease";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            leaseId: string;
        };
        /**
         * @description What a resume or a hand-off found different.
         * @enum {string}
         */
        ResumeMismatch: "environment" | "workspace" | "policy" | "provider_lease" | "run" | "status" | "succession" | "cleanup";
        /** @description Keeping a lease after its run. */
        RetainLease: {
            /** @description Why. At most 4096 bytes. */
            failureReason?: string | null;
            cleanupStatus?: components["schemas"]["CleanupStatus"] | null;
            /**
             * Format: date-time
             * @description How long it is meant to be kept.
             */
            retainUntil?: string | null;
            providerResourceDisposition?: components["schemas"]["Disposition"] | null;
            /**
             * Format: int64
             * @description The fence that the holder was granted; an older one is refused.
             */
            fence?: number | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description Keeping a lease after its run. */
        RetainLeaseCommand: {
            /** @description Why. At most 4096 bytes. */
            failureReason?: string | null;
            cleanupStatus?: components["schemas"]["CleanupStatus"] | null;
            /**
             * Format: date-time
             * @description How long it is meant to be kept.
             */
            retainUntil?: string | null;
            providerResourceDisposition?: components["schemas"]["Disposition"] | null;
            /**
             * Format: int64
             * @description The fence that the holder was granted; an older one is refused.
             */
            fence?: number | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "retainLease";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            leaseId: string;
        };
        /**
         * @description Whether to ask again: under the same key, under a new one, or not as it is.
         * @enum {string}
         */
        Retry: "same_key" | "new_key" | "no";
        /** @description Nothing. */
        RevokeToken: Record<string, never>;
        /**
         * @description How a run ended.
         * @enum {string}
         */
        RunOutcome: "succeeded" | "failed" | "timed_out" | "cancelled" | "interrupted";
        /** @description How to rebuild. */
        StartRebuild: {
            /** @description Swap although rows differ; false unless said. */
            allowDifference?: boolean | null;
            /**
             * Format: int64
             * @description As fast as it goes if not said.
             */
            eventsPerSecondMax?: number | null;
            /** @description Answer when it is over; false unless said. */
            wait?: boolean | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description How to verify. */
        StartVerification: {
            /** @description How many streams the stock reader loads too: a number, or `all`; none if not said. */
            stock?: unknown;
        };
        /** @description What happened to a lease, in words and as facts, from the log alone. */
        Story: {
            /**
             * Format: uuid
             * @description The lease.
             */
            leaseId: string;
            /** @description All of it, a sentence a line. */
            text: string;
            /** @description What was free when it was granted. */
            granted: {
                [key: string]: unknown;
            };
            /** @description Its events in order, each in words, with who asked. */
            steps: {
                [key: string]: unknown;
            }[];
            /** @description How, when, why and by whom; null while it is not over. */
            ended: {
                [key: string]: unknown;
            } | null;
            /** @description What is still to be done at the provider. */
            open: {
                [key: string]: unknown;
            } | null;
        };
        /** @description A janitor's step, under the fence of its claim. */
        SucceedCleanup: {
            /**
             * Format: int64
             * @description The fence of the claim; an older one is refused.
             */
            claimFence: number;
            /** @description The evidence that nothing is left. */
            proof?: unknown;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description A janitor's step, under the fence of its claim. */
        SucceedCleanupCommand: {
            /**
             * Format: int64
             * @description The fence of the claim; an older one is refused.
             */
            claimFence: number;
            /** @description The evidence that nothing is left. */
            proof?: unknown;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "succeedCleanup";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            leaseId: string;
        };
        /** @description Who may come in, as what, and to which company. */
        Token: {
            /**
             * Format: uuid
             * @description What events call it by.
             */
            id: string;
            /**
             * Format: uuid
             * @description The one company that it opens; null for all.
             */
            companyId: string | null;
            /** @description What people call it by. */
            name: string;
            role: components["schemas"]["TokenRole"];
            /**
             * Format: date-time
             * @description When it was made.
             */
            createdAt: string;
            /** @description Who made it. */
            createdBy: string;
            /**
             * Format: date-time
             * @description When it ceases to open anything; null for never.
             */
            expiresAt: string | null;
            /**
             * Format: date-time
             * @description When it was revoked.
             */
            revokedAt: string | null;
            /** @description Who revoked it. */
            revokedBy: string | null;
            /**
             * Format: date-time
             * @description When it was last used, a minute behind at most.
             */
            lastUsedAt: string | null;
        };
        /** @description A page of a list. */
        TokenPage: {
            items: components["schemas"]["Token"][];
            /** @description Where the list goes on; null at its end. */
            nextCursor: string | null;
        };
        /**
         * @description What a token may do.
         * @enum {string}
         */
        TokenRole: "heartbeat" | "auditor" | "admin";
        /** @description What is to be different; what is not given stays. */
        UpdateEnvironment: {
            /** @description Unique among the company's environments that are not removed. */
            name?: string;
            driver?: components["schemas"]["Driver"];
            /** @description In words. At most 4096 bytes. */
            description?: string | null;
            status?: components["schemas"]["EnvironmentStatus"];
            /** @description Replaces the settings. At most 64 KiB and 32 levels. */
            config?: {
                [key: string]: unknown;
            };
            /** @description Replaces the variables. At most 64 KiB and 32 levels. */
            envVars?: {
                [key: string]: unknown;
            };
            /** @description Replaces the notes. At most 64 KiB and 32 levels. */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int32
             * @description How many leases it holds at once; null for any number.
             */
            capacity?: number | null;
            /** @description Whether a workspace has at most one holder. */
            singleFlight?: boolean;
            /**
             * Format: int32
             * @description The promise of a lease that comes without one; none unless given.
             */
            defaultTtlSeconds?: number | null;
            /**
             * Format: int64
             * @description Only if this is its version, as `If-Match` says it.
             */
            ifVersion?: number | null;
            actor?: components["schemas"]["Actor"] | null;
        };
        /** @description What is to be different; what is not given stays. */
        UpdateEnvironmentCommand: {
            /** @description Unique among the company's environments that are not removed. */
            name?: string;
            driver?: components["schemas"]["Driver"];
            /** @description In words. At most 4096 bytes. */
            description?: string | null;
            status?: components["schemas"]["EnvironmentStatus"];
            /** @description Replaces the settings. At most 64 KiB and 32 levels. */
            config?: {
                [key: string]: unknown;
            };
            /** @description Replaces the variables. At most 64 KiB and 32 levels. */
            envVars?: {
                [key: string]: unknown;
            };
            /** @description Replaces the notes. At most 64 KiB and 32 levels. */
            metadata?: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int32
             * @description How many leases it holds at once; null for any number.
             */
            capacity?: number | null;
            /** @description Whether a workspace has at most one holder. */
            singleFlight?: boolean;
            /**
             * Format: int32
             * @description The promise of a lease that comes without one; none unless given.
             */
            defaultTtlSeconds?: number | null;
            /**
             * Format: int64
             * @description Only if this is its version, as `If-Match` says it.
             */
            ifVersion?: number | null;
            actor?: components["schemas"]["Actor"] | null;
            /**
             * @description Which command. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "updateEnvironment";
            /** @description Repeat the command under it. At most 200 bytes. */
            key?: string | null;
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            environmentId: string;
        };
        /** @description Who uses an environment, and what stands in the way of its removal. */
        Usage: {
            /**
             * Format: uuid
             * @description The environment.
             */
            environmentId: string;
            /**
             * Format: uuid
             * @description Its company.
             */
            companyId: string;
            /**
             * Format: int64
             * @description The position of the log that this is true of.
             */
            position: number;
            /**
             * Format: int64
             * @description How many leases it holds; null for any number.
             */
            capacity: number | null;
            /**
             * Format: int64
             * @description How many of them are taken.
             */
            held: number;
            /** @description Its leases by status, ended ones too: a number for each. */
            counts: {
                [key: string]: unknown;
            };
            /** @description Who takes room; the first hundred by id. */
            holders: components["schemas"]["Holder"][];
            /**
             * Format: int64
             * @description Leases, open or ended, whose cleanup is not done.
             */
            openCleanups: number;
            /** @description Whether it could be removed. */
            canRemove: boolean;
            /** @description What hangs on it. */
            removeBlockedReasons: components["schemas"]["InUse"][];
        };
        /** @description What became of one command. */
        Verdict: {
            /**
             * @description `not_applied`: another one of an atomic dispatch failed.
             * @enum {string}
             */
            status: "accepted" | "replayed" | "refused" | "failed" | "not_applied";
            /** @description The command's key. */
            key: string | null;
            /** @description Whether it was decided before, under the same key. */
            replayed: boolean;
            /**
             * Format: int64
             * @description The end of the log with its events in.
             */
            position?: number;
            lease?: components["schemas"]["Lease"];
            environment?: components["schemas"]["Environment"];
            /**
             * Format: uuid
             * @description The environment that is gone.
             */
            environmentId?: string;
            /** @description The leases that ended. */
            released?: components["schemas"]["Lease"][];
            /** @description Those that did not. */
            errors?: components["schemas"]["ReleaseError"][];
            /** @description The leases that were renewed, or whose cleanups were claimed. */
            leases?: components["schemas"]["Lease"][];
            error?: components["schemas"]["Problem"];
        };
        /** @description What became of a dispatch. */
        Verdicts: {
            /** @description One for each command, in order. */
            verdicts: components["schemas"]["Verdict"][];
        };
        /** @description What a verification found. */
        Verification: {
            /**
             * Format: int64
             * @description Companies with a log.
             */
            companies: number;
            /**
             * Format: int64
             * @description Events that were read.
             */
            events: number;
            /**
             * Format: int64
             * @description Streams.
             */
            streams: number;
            /** @description Rows of each table. */
            rows: {
                [key: string]: unknown;
            };
            /**
             * Format: int64
             * @description Receipts that are still kept.
             */
            receipts: number;
            /**
             * Format: int64
             * @description Streams that the stock reader loaded.
             */
            stock: number | null;
            /**
             * Format: int64
             * @description Findings; 0 when all holds.
             */
            failing: number;
            /**
             * Format: int64
             * @description Findings in imported history, which fail nothing.
             */
            imported: number;
            /** @description How many of each kind. */
            failingByKind: {
                [key: string]: unknown;
            };
            /** @description How many of each kind. */
            importedByKind: {
                [key: string]: unknown;
            };
            /** @description How long it took. */
            seconds: number;
            /** @description At which rate. */
            eventsPerSecond: number;
            /** @description The first of each kind, with the evidence. */
            findings: {
                [key: string]: unknown;
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listEnvironments: {
        parameters: {
            query?: {
                /** @description Only these. */
                status?: components["schemas"]["EnvironmentStatus"][];
                /** @description Only these. */
                driver?: components["schemas"]["Driver"][];
                /** @description As it was then: what had happened by then, whenever the ledger learnt of it. */
                at?: string;
                /** @description With `at`: only what the ledger had learnt by then. */
                asKnown?: boolean;
                /** @description As it was at this position of the company's log. */
                atPosition?: number;
                /** @description How many rows; 50 unless said otherwise. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The company. */
                companyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest change first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentPage"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createEnvironment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateEnvironment"];
            };
        };
        responses: {
            /** @description The new environment. */
            201: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_name_taken`: The name is taken
             *     - `environment_local_exists`: The company has its local environment
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getEnvironment: {
        parameters: {
            query?: {
                /** @description As it was then: what had happened by then, whenever the ledger learnt of it. */
                at?: string;
                /** @description With `at`: only what the ledger had learnt by then. */
                asKnown?: boolean;
                /** @description As it was at this position of the company's log. */
                atPosition?: number;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The environment; a shared one's id finds the company's own copy. */
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is or was. */
            200: {
                headers: {
                    /** @description The version of what is shown. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeEnvironment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The environment; a shared one's id finds the company's own copy. */
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RemoveEnvironment"];
            };
        };
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `environment_in_use`: Something still hangs on the environment */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateEnvironment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
                /** @description Only if this is its `ETag`. */
                "If-Match"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The environment; a shared one's id finds the company's own copy. */
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateEnvironment"];
            };
        };
        responses: {
            /** @description The environment as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_name_taken`: The name is taken
             *     - `environment_local_exists`: The company has its local environment
             *     - `environment_in_use`: Something still hangs on the environment
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `version_mismatch`: The version is another one */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    archiveEnvironment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The environment; a shared one's id finds the company's own copy. */
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ArchiveEnvironment"];
            };
        };
        responses: {
            /** @description The environment as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reactivateEnvironment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The environment; a shared one's id finds the company's own copy. */
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReactivateEnvironment"];
            };
        };
        responses: {
            /** @description The environment as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEnvironmentLeases: {
        parameters: {
            query?: {
                /** @description Only these. */
                status?: components["schemas"]["LeaseStatus"][];
                /** @description As it was then: what had happened by then, whenever the ledger learnt of it. */
                at?: string;
                /** @description With `at`: only what the ledger had learnt by then. */
                asKnown?: boolean;
                /** @description As it was at this position of the company's log. */
                atPosition?: number;
                /** @description How many rows; 50 unless said otherwise. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The environment; a shared one's id finds the company's own copy. */
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest use first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeasePage"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getEnvironmentUsage: {
        parameters: {
            query?: {
                /** @description As it was then: what had happened by then, whenever the ledger learnt of it. */
                at?: string;
                /** @description With `at`: only what the ledger had learnt by then. */
                asKnown?: boolean;
                /** @description As it was at this position of the company's log. */
                atPosition?: number;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The environment; a shared one's id finds the company's own copy. */
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Of one moment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listLeases: {
        parameters: {
            query?: {
                /** @description Only these. */
                status?: components["schemas"]["LeaseStatus"][];
                /** @description Only these. */
                phase?: components["schemas"]["LeasePhase"][];
                /** @description Held, kept, or over with the cleanup not done; or the others. */
                open?: boolean;
                /** @description On these environments; then by newest use. */
                environmentId?: string[];
                /** @description Of these runs. */
                runId?: string[];
                /** @description Of these issues. */
                issueId?: string[];
                /** @description Of these agents. */
                agentId?: string[];
                /** @description Of these workspaces. */
                executionWorkspaceId?: string[];
                /** @description Of these providers. */
                provider?: string[];
                /** @description What the provider calls them. */
                providerLeaseId?: string[];
                /** @description Under these policies. */
                leasePolicy?: components["schemas"]["LeasePolicy"][];
                /** @description With these words for their cleanup. */
                cleanupStatus?: components["schemas"]["CleanupStatus"][];
                /** @description Active leases that may be nobody's any more: `run_ended`, `overdue`, `idle:30m`. */
                stale?: string[];
                /** @description As it was then: what had happened by then, whenever the ledger learnt of it. */
                at?: string;
                /** @description With `at`: only what the ledger had learnt by then. */
                asKnown?: boolean;
                /** @description As it was at this position of the company's log. */
                atPosition?: number;
                /** @description How many rows; 50 unless said otherwise. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The company. */
                companyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest grant first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeasePage"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    acquireLease: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcquireLease"];
            };
        };
        responses: {
            /** @description The new lease, or the one that was resumed. */
            201: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_inactive`: The environment takes no leases
             *     - `capacity_exhausted`: The environment has no room
             *     - `workspace_held`: The workspace has a holder
             *     - `run_ended`: The run is over
             *     - `lease_ended`: The lease is over
             *     - `lease_not_retained`: The lease is not retained
             *     - `resume_mismatch`: The lease is not the one that was meant
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reserveLease: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReserveLease"];
            };
        };
        responses: {
            /** @description The reserved lease. */
            201: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_inactive`: The environment takes no leases
             *     - `capacity_exhausted`: The environment has no room
             *     - `workspace_held`: The workspace has a holder
             *     - `run_ended`: The run is over
             *     - `resume_mismatch`: The lease is not the one that was meant
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    activateLease: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActivateLease"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_ended`: The lease is over
             *     - `stale_fence`: The fence is not the newest
             *     - `lease_not_reserved`: The lease is not reserved
             *     - `reservation_expired`: The reservation is over
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    abandonLease: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AbandonLease"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_ended`: The lease is over
             *     - `stale_fence`: The fence is not the newest
             *     - `lease_not_reserved`: The lease is not reserved
             *     - `reservation_expired`: The reservation is over
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLease: {
        parameters: {
            query?: {
                /** @description As it was then: what had happened by then, whenever the ledger learnt of it. */
                at?: string;
                /** @description With `at`: only what the ledger had learnt by then. */
                asKnown?: boolean;
                /** @description As it was at this position of the company's log. */
                atPosition?: number;
                /** @description Wait until it is over. */
                waitFor?: "ended";
                /** @description For how long, in seconds; 60 unless given. */
                timeout?: number;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is or was. */
            200: {
                headers: {
                    /** @description The version of what is shown. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    checkLease: {
        parameters: {
            query: {
                /** @description The fence that the holder was granted. */
                fence: number;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    /** @description The version of what is shown. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `stale_fence`: The fence is not the newest
             *     - `lease_ended`: The lease is over
             *     - `lease_not_active`: The lease is not active
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLeaseHistory: {
        parameters: {
            query?: {
                /** @description How many rows; 50 unless said otherwise. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventHistoryPage"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    explainLease: {
        parameters: {
            query?: {
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description From the log alone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Story"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    releaseLease: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReleaseLease"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_ended`: The lease is over
             *     - `stale_fence`: The fence is not the newest
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    renewLease: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenewLease"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_ended`: The lease is over
             *     - `stale_fence`: The fence is not the newest
             *     - `lease_not_active`: The lease is not active
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replaceLeaseMetadata: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
                /** @description Only if this is its `ETag`. */
                "If-Match"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplaceLeaseMetadata"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `version_mismatch`: The version is another one */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchLeaseMetadata: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
                /** @description Only if this is its `ETag`. */
                "If-Match"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PatchLeaseMetadata"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `version_mismatch`: The version is another one */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retainLease: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RetainLease"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_ended`: The lease is over
             *     - `stale_fence`: The fence is not the newest
             *     - `lease_not_active`: The lease is not active
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumeLease: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResumeLease"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_ended`: The lease is over
             *     - `lease_not_retained`: The lease is not retained
             *     - `resume_mismatch`: The lease is not the one that was meant
             *     - `run_ended`: The run is over
             *     - `environment_inactive`: The environment takes no leases
             *     - `capacity_exhausted`: The environment has no room
             *     - `workspace_held`: The workspace has a holder
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCleanups: {
        parameters: {
            query?: {
                /** @description In these states. */
                state?: components["schemas"]["CleanupState"][];
                /** @description On these environments. */
                environmentId?: string[];
                /** @description At these providers. */
                provider?: string[];
                /** @description How many rows; 50 unless said otherwise. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The company. */
                companyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Those that may be claimed earliest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CleanupPage"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    claimCleanups: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClaimCleanups"];
            };
        };
        responses: {
            /** @description What it took; nothing when nothing waits. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claimed"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    renewCleanup: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenewCleanup"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `cleanup_not_claimed`: The cleanup is not claimed by who asks */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    succeedCleanup: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SucceedCleanup"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `cleanup_not_claimed`: The cleanup is not claimed by who asks */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    failCleanup: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FailCleanup"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `cleanup_not_claimed`: The cleanup is not claimed by who asks */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deferCleanup: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeferCleanup"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `cleanup_not_claimed`: The cleanup is not claimed by who asks */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    releaseRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The run. */
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReleaseRun"];
            };
        };
        responses: {
            /** @description The leases that ended; none the second time. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Released"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    renewRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The run. */
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenewRun"];
            };
        };
        responses: {
            /** @description The run's active leases. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Renewed"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
                /** @description The run. */
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndRun"];
            };
        };
        responses: {
            /** @description The leases that ended; none the second time. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Released"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `run_ended`: The run is over */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    followEvents: {
        parameters: {
            query?: {
                /** @description After this `id` or position, of each company where there is none in the path; `end` for what comes next. From the beginning if not said. */
                after?: string;
                /** @description Only events with these names. */
                type?: string[];
            };
            header?: {
                /** @description The last `id` that was seen; goes before `after`. */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Until either side ends it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    wait: {
        parameters: {
            query: {
                /** @description `environment:ID`, `workspace:ID` or `issue:ID`; the last two need a company. */
                free: string;
                /** @description For how long, in seconds; 60 unless given. */
                timeout?: number;
            };
            header?: never;
            path: {
                /** @description The company. */
                companyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is free. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Free"];
                };
            };
            /** @description It was not, for all that time. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEnvironmentsAnywhere: {
        parameters: {
            query?: {
                /** @description Only these. */
                status?: components["schemas"]["EnvironmentStatus"][];
                /** @description Only these. */
                driver?: components["schemas"]["Driver"][];
                /** @description As it was then: what had happened by then, whenever the ledger learnt of it. */
                at?: string;
                /** @description With `at`: only what the ledger had learnt by then. */
                asKnown?: boolean;
                /** @description As it was at this position of the company's log. */
                atPosition?: number;
                /** @description How many rows; 50 unless said otherwise. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest change first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentPage"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getEnvironmentAnywhere: {
        parameters: {
            query?: {
                /** @description As it was then: what had happened by then, whenever the ledger learnt of it. */
                at?: string;
                /** @description With `at`: only what the ledger had learnt by then. */
                asKnown?: boolean;
                /** @description As it was at this position of the company's log. */
                atPosition?: number;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The environment; a shared one's id finds the company's own copy. */
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is or was. */
            200: {
                headers: {
                    /** @description The version of what is shown. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeEnvironmentAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The environment; a shared one's id finds the company's own copy. */
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RemoveEnvironment"];
            };
        };
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `environment_in_use`: Something still hangs on the environment */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateEnvironmentAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
                /** @description Only if this is its `ETag`. */
                "If-Match"?: string;
            };
            path: {
                /** @description The environment; a shared one's id finds the company's own copy. */
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateEnvironment"];
            };
        };
        responses: {
            /** @description The environment as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_name_taken`: The name is taken
             *     - `environment_local_exists`: The company has its local environment
             *     - `environment_in_use`: Something still hangs on the environment
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `version_mismatch`: The version is another one */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    archiveEnvironmentAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The environment; a shared one's id finds the company's own copy. */
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ArchiveEnvironment"];
            };
        };
        responses: {
            /** @description The environment as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reactivateEnvironmentAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The environment; a shared one's id finds the company's own copy. */
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReactivateEnvironment"];
            };
        };
        responses: {
            /** @description The environment as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEnvironmentLeasesAnywhere: {
        parameters: {
            query?: {
                /** @description Only these. */
                status?: components["schemas"]["LeaseStatus"][];
                /** @description As it was then: what had happened by then, whenever the ledger learnt of it. */
                at?: string;
                /** @description With `at`: only what the ledger had learnt by then. */
                asKnown?: boolean;
                /** @description As it was at this position of the company's log. */
                atPosition?: number;
                /** @description How many rows; 50 unless said otherwise. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The environment; a shared one's id finds the company's own copy. */
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest use first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeasePage"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getEnvironmentUsageAnywhere: {
        parameters: {
            query?: {
                /** @description As it was then: what had happened by then, whenever the ledger learnt of it. */
                at?: string;
                /** @description With `at`: only what the ledger had learnt by then. */
                asKnown?: boolean;
                /** @description As it was at this position of the company's log. */
                atPosition?: number;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The environment; a shared one's id finds the company's own copy. */
                environmentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Of one moment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listLeasesAnywhere: {
        parameters: {
            query?: {
                /** @description Only these. */
                status?: components["schemas"]["LeaseStatus"][];
                /** @description Only these. */
                phase?: components["schemas"]["LeasePhase"][];
                /** @description Held, kept, or over with the cleanup not done; or the others. */
                open?: boolean;
                /** @description On these environments; then by newest use. */
                environmentId?: string[];
                /** @description Of these runs. */
                runId?: string[];
                /** @description Of these issues. */
                issueId?: string[];
                /** @description Of these agents. */
                agentId?: string[];
                /** @description Of these workspaces. */
                executionWorkspaceId?: string[];
                /** @description Of these providers. */
                provider?: string[];
                /** @description What the provider calls them. */
                providerLeaseId?: string[];
                /** @description Under these policies. */
                leasePolicy?: components["schemas"]["LeasePolicy"][];
                /** @description With these words for their cleanup. */
                cleanupStatus?: components["schemas"]["CleanupStatus"][];
                /** @description Active leases that may be nobody's any more: `run_ended`, `overdue`, `idle:30m`. */
                stale?: string[];
                /** @description As it was then: what had happened by then, whenever the ledger learnt of it. */
                at?: string;
                /** @description With `at`: only what the ledger had learnt by then. */
                asKnown?: boolean;
                /** @description As it was at this position of the company's log. */
                atPosition?: number;
                /** @description How many rows; 50 unless said otherwise. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest grant first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeasePage"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    acquireLeaseAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcquireLease"];
            };
        };
        responses: {
            /** @description The new lease, or the one that was resumed. */
            201: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_inactive`: The environment takes no leases
             *     - `capacity_exhausted`: The environment has no room
             *     - `workspace_held`: The workspace has a holder
             *     - `run_ended`: The run is over
             *     - `lease_ended`: The lease is over
             *     - `lease_not_retained`: The lease is not retained
             *     - `resume_mismatch`: The lease is not the one that was meant
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reserveLeaseAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReserveLease"];
            };
        };
        responses: {
            /** @description The reserved lease. */
            201: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_inactive`: The environment takes no leases
             *     - `capacity_exhausted`: The environment has no room
             *     - `workspace_held`: The workspace has a holder
             *     - `run_ended`: The run is over
             *     - `resume_mismatch`: The lease is not the one that was meant
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    activateLeaseAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActivateLease"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_ended`: The lease is over
             *     - `stale_fence`: The fence is not the newest
             *     - `lease_not_reserved`: The lease is not reserved
             *     - `reservation_expired`: The reservation is over
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    abandonLeaseAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AbandonLease"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_ended`: The lease is over
             *     - `stale_fence`: The fence is not the newest
             *     - `lease_not_reserved`: The lease is not reserved
             *     - `reservation_expired`: The reservation is over
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLeaseAnywhere: {
        parameters: {
            query?: {
                /** @description As it was then: what had happened by then, whenever the ledger learnt of it. */
                at?: string;
                /** @description With `at`: only what the ledger had learnt by then. */
                asKnown?: boolean;
                /** @description As it was at this position of the company's log. */
                atPosition?: number;
                /** @description Wait until it is over. */
                waitFor?: "ended";
                /** @description For how long, in seconds; 60 unless given. */
                timeout?: number;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is or was. */
            200: {
                headers: {
                    /** @description The version of what is shown. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    checkLeaseAnywhere: {
        parameters: {
            query: {
                /** @description The fence that the holder was granted. */
                fence: number;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    /** @description The version of what is shown. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `stale_fence`: The fence is not the newest
             *     - `lease_ended`: The lease is over
             *     - `lease_not_active`: The lease is not active
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLeaseHistoryAnywhere: {
        parameters: {
            query?: {
                /** @description How many rows; 50 unless said otherwise. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventHistoryPage"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    explainLeaseAnywhere: {
        parameters: {
            query?: {
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description From the log alone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Story"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    releaseLeaseAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReleaseLease"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_ended`: The lease is over
             *     - `stale_fence`: The fence is not the newest
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    renewLeaseAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenewLease"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_ended`: The lease is over
             *     - `stale_fence`: The fence is not the newest
             *     - `lease_not_active`: The lease is not active
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replaceLeaseMetadataAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
                /** @description Only if this is its `ETag`. */
                "If-Match"?: string;
            };
            path: {
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplaceLeaseMetadata"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `version_mismatch`: The version is another one */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchLeaseMetadataAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
                /** @description Only if this is its `ETag`. */
                "If-Match"?: string;
            };
            path: {
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PatchLeaseMetadata"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `version_mismatch`: The version is another one */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retainLeaseAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RetainLease"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_ended`: The lease is over
             *     - `stale_fence`: The fence is not the newest
             *     - `lease_not_active`: The lease is not active
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumeLeaseAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResumeLease"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_ended`: The lease is over
             *     - `lease_not_retained`: The lease is not retained
             *     - `resume_mismatch`: The lease is not the one that was meant
             *     - `run_ended`: The run is over
             *     - `environment_inactive`: The environment takes no leases
             *     - `capacity_exhausted`: The environment has no room
             *     - `workspace_held`: The workspace has a holder
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCleanupsAnywhere: {
        parameters: {
            query?: {
                /** @description In these states. */
                state?: components["schemas"]["CleanupState"][];
                /** @description On these environments. */
                environmentId?: string[];
                /** @description At these providers. */
                provider?: string[];
                /** @description How many rows; 50 unless said otherwise. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Those that may be claimed earliest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CleanupPage"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    claimCleanupsAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClaimCleanups"];
            };
        };
        responses: {
            /** @description What it took; nothing when nothing waits. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claimed"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    renewCleanupAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenewCleanup"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `cleanup_not_claimed`: The cleanup is not claimed by who asks */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    succeedCleanupAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SucceedCleanup"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `cleanup_not_claimed`: The cleanup is not claimed by who asks */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    failCleanupAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FailCleanup"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `cleanup_not_claimed`: The cleanup is not claimed by who asks */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deferCleanupAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The lease. */
                leaseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeferCleanup"];
            };
        };
        responses: {
            /** @description The lease as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `lease_not_found`: There is no such lease
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `cleanup_not_claimed`: The cleanup is not claimed by who asks */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    releaseRunAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The run. */
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReleaseRun"];
            };
        };
        responses: {
            /** @description The leases that ended; none the second time. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Released"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    renewRunAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The run. */
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenewRun"];
            };
        };
        responses: {
            /** @description The run's active leases. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Renewed"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endRunAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The run. */
                runId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndRun"];
            };
        };
        responses: {
            /** @description The leases that ended; none the second time. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Released"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `run_ended`: The run is over */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    followEventsAnywhere: {
        parameters: {
            query?: {
                /** @description After this `id` or position, of each company where there is none in the path; `end` for what comes next. From the beginning if not said. */
                after?: string;
                /** @description Only events with these names. */
                type?: string[];
            };
            header?: {
                /** @description The last `id` that was seen; goes before `after`. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Until either side ends it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    waitAnywhere: {
        parameters: {
            query: {
                /** @description `environment:ID`, `workspace:ID` or `issue:ID`; the last two need a company. */
                free: string;
                /** @description For how long, in seconds; 60 unless given. */
                timeout?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is free. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Free"];
                };
            };
            /** @description It was not, for all that time. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `environment_not_found`: There is no such environment
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ensureLocalEnvironment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a command is done once and answers the same. At most 200 bytes; made by the server if absent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The company. */
                companyId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["EnsureLocalEnvironment"];
            };
        };
        responses: {
            /** @description The environment as it is now. */
            200: {
                headers: {
                    /** @description The command's key. */
                    "Leasehold-Key"?: string;
                    /** @description The end of the log with its events in. */
                    "Leasehold-Position"?: number;
                    /** @description When it was decided before, under the same key. */
                    "Leasehold-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `environment_name_taken`: The name is taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `idempotency_mismatch`: The key was used with another body
             *     - `unstorable`: The database cannot hold it
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `outcome_unknown`: It may or may not have happened
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dispatch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The company. */
                companyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Dispatch"];
            };
        };
        responses: {
            /** @description One verdict for each command, in order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verdicts"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listActivity: {
        parameters: {
            query?: {
                /** @description Only these. */
                action?: string[];
                /** @description About things of these kinds. */
                entityType?: components["schemas"]["EntityType"][];
                /** @description About these things. */
                entityId?: string[];
                /** @description Of these runs. */
                runId?: string[];
                /** @description Of these agents. */
                agentId?: string[];
                /** @description From then on. */
                since?: string;
                /** @description Before then. */
                until?: string;
                /** @description Also what is noise to most readers. */
                bookkeeping?: boolean;
                /** @description As it was then: what had happened by then, whenever the ledger learnt of it. */
                at?: string;
                /** @description With `at`: only what the ledger had learnt by then. */
                asKnown?: boolean;
                /** @description As it was at this position of the company's log. */
                atPosition?: number;
                /** @description How many rows; 50 unless said otherwise. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The company. */
                companyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActivityPage"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description Only events after this position. */
                after?: number;
                /** @description How many rows; 50 unless said otherwise. */
                limit?: number;
                /** @description Wait until the company's log has come so far, for 5 seconds at most. */
                minPosition?: number;
            };
            header?: never;
            path: {
                /** @description The company. */
                companyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In the log's order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                    "application/x-ndjson": string;
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `position_timeout`: The position was not reached in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCompanies: {
        parameters: {
            query?: {
                /** @description How many rows; 50 unless said otherwise. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By their ids. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompanyPage"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProjections: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In the order in which they are written. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectionList"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startRebuild: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The projection's name, or `all`. */
                projection: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StartRebuild"];
            };
        };
        responses: {
            /** @description With `wait`: how it ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rebuild"];
                };
            };
            /** @description It has begun, or goes on where it was cut off. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rebuild"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `projection_not_found`: There is no such projection
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `rebuild_running`: Another rebuild runs
             *     - `rebuild_differs`: The live tables differ from what the log means
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRebuilds: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest first, a hundred at most. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RebuildList"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRebuild: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The rebuild. */
                rebuildId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rebuild"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `rebuild_not_found`: There is no such rebuild
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelRebuild: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The rebuild. */
                rebuildId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CancelRebuild"];
            };
        };
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rebuild"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `rebuild_not_found`: There is no such rebuild
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    followRebuild: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The rebuild. */
                rebuildId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Until either side ends it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `rebuild_not_found`: There is no such rebuild
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verifyLedger: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StartVerification"];
            };
        };
        responses: {
            /** @description What was found; `failing` 0 when all holds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verification"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTokens: {
        parameters: {
            query?: {
                /** @description Only those of this company. */
                companyId?: string;
                /** @description How many rows; 50 unless said otherwise. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Oldest first; revoked and expired ones too. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenPage"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateToken"];
            };
        };
        responses: {
            /** @description The only time that its secret is shown. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The token. */
                tokenId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RevokeToken"];
            };
        };
        responses: {
            /** @description It opens nothing any more, within a second. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `token_not_found`: There is no such token
             *     - `route_not_found`: There is no such route
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `too_large`: Something is over its size limit */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `unsupported_media_type`: The body is not of a type that is understood */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description - `database_unavailable`: The database cannot be reached
             *     - `upgrade_required`: The database is ahead of this program
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDocument: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The OpenAPI 3.1 document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnyObject"];
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was counted since the start. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description - `invalid_request`: The request is missing something, malformed or out of bounds */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `unauthenticated`: A token is needed, and a good one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `forbidden`: The token does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `route_not_found`: There is no such route */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `not_acceptable`: The answer cannot be given in an accepted form */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The path and the query are over 64 KiB. There is no body. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There are more than 100 headers, or they are over their limit. There is no body. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `internal`: A fault of the ledger */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `database_unavailable`: The database cannot be reached */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description - `storage_full`: The database has no room left */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
