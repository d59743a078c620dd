-- Links that were mailed to somebody; only the hash of a token is kept. The subject is what a newer
-- link of the same purpose takes the place of. A link that is nobody's (of a sign-up, or asked for an
-- address without an account) has zeros for its user, because no part of a key is NULL.
-- scope: client
CREATE TABLE account_links (
  client_id UUID NOT NULL,
  purpose TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  token_hash TEXT COLLATE "C" NOT NULL,
  user_id UUID NOT NULL,
  address TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  password_hash TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, purpose, subject),
  CONSTRAINT account_links_token UNIQUE (client_id, token_hash),
  CONSTRAINT account_links_purpose_known
    CHECK (purpose IN ('sign_up', 'reset', 'change_address', 'restore_address')),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
);
CREATE INDEX account_links_by_user ON account_links (client_id, user_id);
CREATE INDEX account_links_by_address ON account_links (client_id, address);
CREATE INDEX account_links_by_expiry ON account_links (expires_at);

ALTER TABLE account_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_links FORCE ROW LEVEL SECURITY;
CREATE POLICY account_links_fleet ON account_links TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY account_links_owner ON account_links TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON account_links TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON account_links TO {tenant_role};
CREATE POLICY account_links_tenant ON account_links TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid));

-- When its person last proved, with a link that was mailed there, to read the mail of the address;
-- 0: never.
ALTER TABLE users ADD COLUMN email_proved_at BIGINT NOT NULL DEFAULT 0;
