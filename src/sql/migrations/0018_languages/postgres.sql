-- In which language a person is written to, an invitation goes out, and the account of a sign-up will
-- be. Which ones there are is the program's to know: a new one is no change of the schema.
ALTER TABLE users ADD COLUMN locale TEXT COLLATE "C" NOT NULL DEFAULT 'en';
ALTER TABLE invitations ADD COLUMN locale TEXT COLLATE "C" NOT NULL DEFAULT 'en';
ALTER TABLE account_links ADD COLUMN locale TEXT COLLATE "C" NOT NULL DEFAULT 'en';
