-- A deployment that is being deleted counts until the cluster has nothing left of it; up to here its
-- amounts were given back when its deletion began.
UPDATE org_usage
SET cpu_milli = cpu_milli + (SELECT COALESCE(SUM(d.cpu_milli), 0) FROM deployments AS d
    WHERE d.client_id = org_usage.client_id AND d.org_id = org_usage.org_id AND d.deleting = 1),
  memory_bytes = memory_bytes + (SELECT COALESCE(SUM(d.memory_bytes), 0) FROM deployments AS d
    WHERE d.client_id = org_usage.client_id AND d.org_id = org_usage.org_id AND d.deleting = 1),
  storage_bytes = storage_bytes + (SELECT COALESCE(SUM(d.storage_bytes), 0) FROM deployments AS d
    WHERE d.client_id = org_usage.client_id AND d.org_id = org_usage.org_id AND d.deleting = 1);
