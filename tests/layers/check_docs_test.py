#!/usr/bin/env python3
"""check_docs.py finds names of what is not there, and leaves those alone that are."""
import pathlib
import tempfile
import unittest

import check_docs


class Names(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for path in ("src/kube/cluster.hpp", "src/kube/cluster.cpp", "src/kube/https/client.cpp", "web/src/i18n/app_en.ts",
                     "web/src/i18n/app_de.ts", "src/sql/migrations/0001_initial/sqlite.sql",
                     "scripts/node", "tests/node/node.hpp", "docs/adr/0001-fibers.md"):
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()

    def faults(self, text, document="docs/guides/adding.md"):
        file = self.root / document
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return check_docs.check(self.root)

    def finds(self, what, text, document="docs/guides/adding.md"):
        faults = self.faults(text, document)
        self.assertEqual(len(faults), 1, faults)
        self.assertIn(what, faults[0])

    def test_what_is_there_has_no_faults(self):
        for text in ("`src/kube/`, `kube/cluster.hpp`, `cluster.cpp` and `kube/cluster`",
                     "`src/kube` has `https/`", "`web/src/i18n/app_{en,de}.ts`, `_de.ts`",
                     "`src/sql/migrations/NNNN_<name>/` and `<noun>.cpp`", "`web/src/**/*.ts`",
                     "`src/kube/*.cpp`", "[why](../adr/0001-fibers.md) [there](https://example.com/a)",
                     "```\nscripts/node --no-policy\n```"):
            self.assertEqual(self.faults(text), [], text)

    def test_what_is_no_path_is_left_alone(self):
        for text in ("`GET /o/acme/people`", "`/assets`", "`Result<T>(Tx&)`", "`~/.cache/it`", "`.deed`",
                     "`registry.test/app:1`", "`['org', org]`", "`build/node/run-*/*.log`"):
            self.assertEqual(self.faults(text), [], text)

    def test_a_file_that_is_gone_is_found(self):
        self.finds("`kube/gone.cpp`", "1. `kube/gone.cpp` has it")
        self.finds("docs/guides/adding.md:2: `gone.cpp`", "# Adding\n`gone.cpp` has it")

    def test_a_folder_that_is_gone_is_found(self):
        self.finds("`src/cli`", "| `src/cli` | commands |", "ARCHITECTURE.md")

    def test_each_of_several_alternatives_is_looked_for(self):
        self.finds("`web/src/i18n/app_fr.ts`", "`web/src/i18n/app_{en,fr}.ts`")

    def test_a_pattern_that_nothing_fits_is_found(self):
        self.finds("`src/kube/*.sql`", "`src/kube/*.sql`")
        self.finds("`kube/<noun>_view.cpp`", "`kube/<noun>_view.cpp`")

    def test_a_script_that_is_gone_is_found_also_among_commands(self):
        self.finds("`scripts/gone`", "```\nscripts/gone --all\n```")
        self.finds("`scripts/gone`", "by `scripts/gone --all`")

    def test_a_link_that_leads_nowhere_is_found(self):
        self.finds("../adr/0002-gone.md", "[why](../adr/0002-gone.md#part)")


if __name__ == "__main__":
    unittest.main()
