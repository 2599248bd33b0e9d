import os, uuid
from leasehold_client import Client, models
from leasehold_client.api.environments import ensure_local_environment
from leasehold_client.api.leases import acquire_lease, release_lease, renew_lease

company, client = uuid.uuid4(), Client(base_url=os.environ["LEASEHOLD_URL"])
local = ensure_local_environment.sync(company, client=client)
asked = models.AcquireLease(environment_id=local.id, heartbeat_run_id=uuid.uuid4(), ttl_seconds=60)
lease = acquire_lease.sync(company, client=client, body=asked, idempotency_key="run-1-acquire")
print(renew_lease.sync(company, lease.id, client=client, body=models.RenewLease(ttl_seconds=90)).expires_at)
print(release_lease.sync(company, lease.id, client=client, body=models.ReleaseLease()).status)
