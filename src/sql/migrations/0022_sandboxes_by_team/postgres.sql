-- A sandbox is one person's in one organization and, where the pattern of namespaces names teams, of
-- one team: its id, else empty. No reference: the sandbox stays when its team is gone, and its name
-- with it.
ALTER TABLE sandboxes ADD COLUMN team TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sandboxes DROP CONSTRAINT sandboxes_person;
ALTER TABLE sandboxes
  ADD CONSTRAINT sandboxes_person UNIQUE (client_id, org_id, user_id, team);
