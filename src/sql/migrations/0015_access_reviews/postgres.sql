-- Reviews of who has which right, of the organization with its teams or of one team. People are no
-- references: a review outlives their memberships and accounts.
-- scope: tenant
CREATE TABLE access_reviews (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  id UUID NOT NULL,
  team_id UUID,
  state TEXT COLLATE "C" NOT NULL,
  started_by UUID NOT NULL,
  started_at BIGINT NOT NULL,
  finished_by UUID,
  finished_at BIGINT NOT NULL,
  rights BIGINT NOT NULL,
  confirmed BIGINT NOT NULL,
  removed BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  undecided BIGINT NOT NULL,
  PRIMARY KEY (client_id, org_id, id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, org_id, team_id) REFERENCES teams (client_id, org_id, id)
    ON DELETE CASCADE,
  CONSTRAINT access_reviews_state CHECK (state IN ('open', 'finished')),
  CONSTRAINT access_reviews_finished CHECK ((state = 'open') = (finished_at = 0))
);
CREATE UNIQUE INDEX access_reviews_one_open ON access_reviews (client_id, org_id)
  WHERE state = 'open' AND team_id IS NULL;
CREATE UNIQUE INDEX access_reviews_one_open_per_team ON access_reviews (client_id, org_id, team_id)
  WHERE state = 'open' AND team_id IS NOT NULL;
CREATE INDEX access_reviews_by_team ON access_reviews (client_id, org_id, team_id, id);

-- The rights as they were when the review was started. A team may go; then the row says what it was
-- called.
-- scope: tenant
CREATE TABLE access_review_rows (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  review_id UUID NOT NULL,
  number BIGINT NOT NULL,
  user_id UUID NOT NULL,
  team_id UUID,
  team_name TEXT COLLATE "C" NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  made_at BIGINT NOT NULL,
  granted_by UUID,
  granted_at BIGINT,
  seen_at BIGINT,
  inactive BIGINT NOT NULL,
  decision TEXT COLLATE "C" NOT NULL,
  decided_by UUID,
  decided_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, org_id, review_id, number),
  FOREIGN KEY (client_id, org_id, review_id) REFERENCES access_reviews (client_id, org_id, id)
    ON DELETE CASCADE,
  CONSTRAINT access_review_rows_decision
    CHECK (decision IN ('pending', 'confirmed', 'removed', 'changed', 'undecided'))
);

ALTER TABLE access_reviews ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_reviews FORCE ROW LEVEL SECURITY;
CREATE POLICY access_reviews_fleet ON access_reviews TO {fleet_role}
  USING (true) WITH CHECK (true);
CREATE POLICY access_reviews_owner ON access_reviews TO {owner_role}
  USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON access_reviews TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON access_reviews TO {tenant_role};
CREATE POLICY access_reviews_tenant ON access_reviews TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));

ALTER TABLE access_review_rows ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_review_rows FORCE ROW LEVEL SECURITY;
CREATE POLICY access_review_rows_fleet ON access_review_rows TO {fleet_role}
  USING (true) WITH CHECK (true);
CREATE POLICY access_review_rows_owner ON access_review_rows TO {owner_role}
  USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON access_review_rows TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON access_review_rows TO {tenant_role};
CREATE POLICY access_review_rows_tenant ON access_review_rows TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));
