"""The embedder refuses each statement that could reach another tenant's rows, with file and line."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

EMBEDDER = sys.argv.pop(1)

SCHEMA = """
-- scope: tenant
CREATE TABLE teams (client_id TEXT, org_id TEXT, id TEXT);
-- scope: tenant
CREATE TABLE organizations (client_id TEXT, id TEXT);
-- scope: client
CREATE TABLE users (client_id TEXT, id TEXT);
-- scope: fleet
CREATE TABLE leases (name TEXT);
"""


def statement(body, scope="tenant", rows="many", name="some_teams"):
    return "-- name: %s\n-- rows: %s\n-- scope: %s\n%s;\n" % (name, rows, scope, body)


GOOD = statement("SELECT t.id FROM teams AS t WHERE t.client_id = :client AND t.org_id = :org AND t.id = :id")


class EmbedSql(unittest.TestCase):
    def embed(self, *texts):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "sqlite.sql").write_text(SCHEMA)
            files = []
            for number, text in enumerate(texts):
                path = folder / ("q%d.sql" % number)
                path.write_text(text)
                files.append(str(path))
            done = subprocess.run(
                [sys.executable, EMBEDDER, "--out", str(folder / "out"), *files, "--migrations",
                 str(folder / "sqlite.sql")], capture_output=True, text=True)
            out = folder / "out" / "statements.cpp"
            header = folder / "out" / "statements.hpp"
            return (done.returncode, done.stderr, out.read_text() if out.exists() else "",
                    header.read_text() if header.exists() else "")

    def refused(self, text, words, line=1):
        code, error, source, _ = self.embed(text)
        self.assertEqual(code, 1, text)
        self.assertIn(words, error)
        self.assertRegex(error, r"q0\.sql:%d: " % line)
        self.assertEqual(source, "")

    def test_takes_a_good_statement(self):
        code, error, source, header = self.embed(GOOD)
        self.assertEqual((code, error), (0, ""))
        self.assertIn("t.client_id = ?1 AND t.org_id = ?2 AND t.id = ?3", source)
        self.assertIn("t.client_id = $1 AND t.org_id = $2 AND t.id = $3", source)
        self.assertIn("Statement<Scope::tenant, Rows::many, 1> some_teams", header)

    def test_numbers_own_parameters_by_first_appearance_and_repeats_them(self):
        _, _, source, _ = self.embed(statement(
            "SELECT t.id FROM teams AS t WHERE t.id > :b AND t.client_id = :client AND t.org_id = :org"
            " AND (t.id < :a OR t.id = :b)"))
        self.assertIn("t.id > $3 AND t.client_id = $1 AND t.org_id = $2 AND (t.id < $4 OR t.id = $3)", source)

    def test_leaves_strings_casts_and_comments_alone(self):
        _, _, source, header = self.embed(statement(
            "SELECT ':no', t.id::text -- :not_this\nFROM teams AS t /* :nor_this */\n"
            "WHERE t.client_id = :client AND t.org_id = :org"))
        self.assertIn("SELECT ':no', t.id::text FROM teams AS t WHERE", source)
        self.assertIn("Rows::many, 0>", header)

    def test_takes_a_variant_with_a_reason(self):
        main = "INSERT INTO leases (name) VALUES (:name)"
        text = statement(main, "fleet", "none") + "-- variant: postgres\n-- why: because\n" + main + " /* pg */;\n"
        self.assertEqual(self.embed(text)[0], 0)

    def test_refuses_what_leaks(self):
        self.refused(statement("SELECT t.id FROM teams AS t WHERE t.client_id = :client"), "must use :org")
        self.refused(statement("SELECT t.id FROM teams AS t WHERE t.id = :org AND t.id = :client"), "client_id")
        self.refused(statement("SELECT u.id FROM users AS u WHERE u.client_id = :client AND u.id = :user",
                               "client"), ":user belongs to another scope")
        self.refused(statement("SELECT t.id FROM teams AS t WHERE t.client_id = :client AND t.org_id = :org"
                               " AND t.id = :user"), ":user belongs to another scope")
        self.refused(statement("SELECT u.id FROM users AS u WHERE u.client_id = :client AND u.id = :org",
                               "client"), ":org belongs to another scope")
        self.refused(statement("SELECT * FROM teams AS t WHERE t.client_id = :client AND t.org_id = :org"), "'*'")
        self.refused(statement("SELECT t.* FROM teams AS t WHERE t.client_id = :client AND t.org_id = :org"), "'*'")
        # The second table is bound by nothing.
        self.refused(statement("SELECT t.id FROM teams AS t JOIN users AS u ON u.id = t.id "
                               "WHERE t.client_id = :client AND t.org_id = :org"), "client_id")
        self.refused(statement("SELECT t.id FROM teams AS t JOIN teams AS s ON s.client_id = t.client_id "
                               "WHERE t.client_id = :client AND t.org_id = :org AND t.org_id <> ''"),
                     "s is not bound by s.org_id")
        self.refused(statement("SELECT t.id FROM teams AS t, users AS u WHERE t.client_id = :client"
                               " AND t.org_id = :org"), "JOIN")
        self.refused(statement("SELECT t.id FROM teams t WHERE t.client_id = :client AND t.org_id = :org"), "AS")
        self.refused(statement("UPDATE leases SET name = :client WHERE name = :org", rows="none"), "fleet statements")

    def test_refuses_what_is_malformed(self):
        self.refused("-- name: a\n-- scope: fleet\nSELECT 1;\n", "rows")
        self.refused("-- name: a\n-- rows: many\nSELECT 1;\n", "scope")
        self.refused("SELECT 1;\n", "before the first")
        self.refused("-- name: A\n", "lower case")
        self.refused("-- name: a\n-- rows: some\n", "rows are one of", 2)
        self.refused("-- name: a\n-- scope: all\n", "a scope is one of", 2)
        self.refused(statement("SELECT 1; SELECT 2", "fleet"), "second ';'")
        self.refused(statement("SELECT l.name FROM leases AS l WHERE l.name = ?", "fleet"), "as :name")
        self.refused(statement("SELECT l.name FROM leases AS l WHERE l.name = $1", "fleet"), "as :name")
        self.refused(statement("SELECT 1", "fleet", "none"), "gives rows")
        self.refused(statement("DELETE FROM leases", "fleet", "many"), "RETURNING")
        self.refused(statement("DROP TABLE leases", "fleet", "none"), "starts with")
        self.refused(statement("", "fleet"), "no text")
        self.refused(statement("SELECT 'a", "fleet"), "quote")
        self.refused(statement("SELECT 1", "fleet") + "-- variant: postgres\nSELECT 2;\n", "why")
        self.refused(statement("SELECT :a", "fleet") + "-- variant: postgres\n-- why: x\nSELECT :b;\n",
                     "other parameters")

    def test_refuses_a_name_that_is_taken(self):
        code, error, _, _ = self.embed(GOOD, GOOD)
        self.assertEqual(code, 1)
        self.assertRegex(error, r"q1\.sql:1: 'some_teams' is already the name of .*q0\.sql:1")


unittest.main()
