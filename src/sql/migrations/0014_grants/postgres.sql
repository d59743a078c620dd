-- Who gave each right, and when. Without a time it was given before this was written down; with a
-- time and without a person nobody of the organization gave it. The person is no reference: the id
-- outlives that person's membership and account, and then says nothing but that it was somebody.
ALTER TABLE org_members ADD COLUMN granted_by UUID;
ALTER TABLE org_members ADD COLUMN granted_at BIGINT;
ALTER TABLE team_members ADD COLUMN granted_by UUID;
ALTER TABLE team_members ADD COLUMN granted_at BIGINT;
