-- scope: tenant
CREATE TABLE ownership_offers (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  id UUID NOT NULL,
  from_user UUID NOT NULL,
  to_user UUID NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  settled_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, org_id, id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, from_user) REFERENCES users (client_id, id),
  FOREIGN KEY (client_id, to_user) REFERENCES users (client_id, id),
  CONSTRAINT ownership_offers_state
    CHECK (state IN ('open', 'accepted', 'declined', 'cancelled', 'expired'))
);
CREATE UNIQUE INDEX ownership_offers_one_open ON ownership_offers (client_id, org_id)
  WHERE state = 'open';

ALTER TABLE ownership_offers ENABLE ROW LEVEL SECURITY;
ALTER TABLE ownership_offers FORCE ROW LEVEL SECURITY;
CREATE POLICY ownership_offers_fleet ON ownership_offers TO {fleet_role}
  USING (true) WITH CHECK (true);
CREATE POLICY ownership_offers_owner ON ownership_offers TO {owner_role}
  USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON ownership_offers TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ownership_offers TO {tenant_role};
CREATE POLICY ownership_offers_tenant ON ownership_offers TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));
