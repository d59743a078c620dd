-- Reviews of who has which right, of the organization with its teams or of one team. People are no
-- references: a review outlives their memberships and accounts.
-- scope: tenant
CREATE TABLE access_reviews (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  id TEXT NOT NULL,
  team_id TEXT,
  state TEXT NOT NULL,
  started_by TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_by TEXT,
  finished_at INTEGER NOT NULL,
  rights INTEGER NOT NULL,
  confirmed INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  undecided INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id, id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, org_id, team_id) REFERENCES teams (client_id, org_id, id)
    ON DELETE CASCADE,
  CONSTRAINT access_reviews_state CHECK (state IN ('open', 'finished')),
  CONSTRAINT access_reviews_finished CHECK ((state = 'open') = (finished_at = 0))
) STRICT;
CREATE UNIQUE INDEX access_reviews_one_open ON access_reviews (client_id, org_id)
  WHERE state = 'open' AND team_id IS NULL;
CREATE UNIQUE INDEX access_reviews_one_open_per_team ON access_reviews (client_id, org_id, team_id)
  WHERE state = 'open' AND team_id IS NOT NULL;
CREATE INDEX access_reviews_by_team ON access_reviews (client_id, org_id, team_id, id);

-- The rights as they were when the review was started. A team may go; then the row says what it was
-- called.
-- scope: tenant
CREATE TABLE access_review_rows (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  review_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  user_id TEXT NOT NULL,
  team_id TEXT,
  team_name TEXT NOT NULL,
  role TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  granted_by TEXT,
  granted_at INTEGER,
  seen_at INTEGER,
  inactive INTEGER NOT NULL,
  decision TEXT NOT NULL,
  decided_by TEXT,
  decided_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id, review_id, number),
  FOREIGN KEY (client_id, org_id, review_id) REFERENCES access_reviews (client_id, org_id, id)
    ON DELETE CASCADE,
  CONSTRAINT access_review_rows_decision
    CHECK (decision IN ('pending', 'confirmed', 'removed', 'changed', 'undecided'))
) STRICT;
