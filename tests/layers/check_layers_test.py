#!/usr/bin/env python3
"""Each rule of check_layers.py finds the fault it is there for, and leaves good sources alone."""
import pathlib
import re
import tempfile
import unittest

import check_layers


class Rules(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def faults(self, path, text):
        self.write(path, text)
        return check_layers.check(self.root)

    def finds(self, what, path, text):
        faults = self.faults(path, text)
        self.assertEqual(len(faults), 1, faults)
        self.assertIn(what, faults[0])

    def test_good_sources_have_no_faults(self):
        self.write("src/base/id.hpp", "#pragma once\n#include <string>\n")
        self.write("src/runtime/fiber.hpp", "#pragma once\n#include <boost/asio/spawn.hpp>\n")
        self.write("src/sql/CMakeLists.txt", "ks_library(sql LINKS ks_base ks_store)\n")
        self.write("src/main/serve.cpp", '#include "api/router.hpp"\n#include "sql/store.hpp"\n')
        self.assertEqual(self.faults("src/http/server.cpp", '#include "runtime/fiber.hpp"\n'
                                     '#include <boost/asio.hpp>\n#include "base/id.hpp"\n'), [])

    def test_a_lower_folder_does_not_include_a_higher_one(self):
        self.finds("domain may not include", "src/domain/role.cpp", '#include "authz/scope.hpp"\n')

    def test_the_application_does_not_know_sql(self):
        self.finds("app may not include", "src/app/teams.cpp", '#include "sql/teams.hpp"\n')

    def test_the_http_layer_knows_no_noun(self):
        self.finds("http may not include", "src/http/router.hpp", '#pragma once\n#include "domain/ids.hpp"\n')

    def test_a_handler_opens_transactions_but_calls_no_store(self):
        self.assertEqual(self.faults("src/api/router.hpp", '#pragma once\n#include "store/transaction.hpp"\n'), [])
        self.finds("api may not include", "src/api/teams.cpp", '#include "store/teams.hpp"\n')

    def test_an_include_is_written_from_src(self):
        self.finds("from src/", "src/domain/role.cpp", '#include "role.hpp"\n')
        self.finds("from src/", "src/domain/role.cpp", '#include "../authz/scope.hpp"\n')

    def test_a_cpp_below_a_subfolder_counts_for_its_folder(self):
        self.finds("kube may not include", "src/kube/https/client.cpp", '#include "operator/plan.hpp"\n')

    def test_no_header_shows_a_heavy_library(self):
        for library in ("<boost/asio.hpp>", "<boost/beast/http.hpp>", "<boost/json.hpp>", "<libpq-fe.h>",
                        "<sqlite3.h>", "<curl/curl.h>", "<yaml-cpp/yaml.h>", "<spdlog/spdlog.h>",
                        "<CLI/CLI.hpp>"):
            self.finds("in a header", "src/http/server.hpp", f"#pragma once\n#include {library}\n")

    def test_quotes_do_not_hide_a_heavy_library(self):
        self.finds("in a header", "src/sql/driver.hpp", '#pragma once\n#include "sqlite3.h"\n')

    def test_the_asio_side_of_a_fiber_stays_out_of_headers_and_use_cases(self):
        self.finds("pulls in Asio", "src/http/server.hpp", '#pragma once\n#include "runtime/fiber.hpp"\n')
        (self.root / "src/http/server.hpp").unlink()
        self.finds("pulls in Asio", "src/operator/loop.cpp", '#include "runtime/fiber.hpp"\n')

    def test_a_use_case_does_not_use_a_json_library(self):
        self.finds("app may not use", "src/app/teams.cpp", "#include <boost/json.hpp>\n")

    def test_a_target_links_only_what_its_folder_may_include(self):
        self.finds("may not link ks_http", "src/domain/CMakeLists.txt", "ks_library(domain LINKS ks_base ks_http)\n")

    def test_coroutines_and_too_new_headers_are_refused(self):
        self.finds("miscompiled", "src/sql/a.cpp", "void f() { co_await g(); }\n")
        self.finds("g++ 12", "src/sql/a.cpp", "#include <format>\n")

    def test_notes_to_finish_something_are_refused(self):
        self.finds("finish", "src/sql/a.cpp", "// TO" "DO later\n")

    def test_a_header_is_read_once(self):
        self.finds("#pragma once", "src/sql/a.hpp", "int f();\n")

    def test_names_that_say_nothing_are_refused(self):
        self.finds("says nothing", "src/sql/string_utils.cpp", "\n")

    def test_an_unknown_folder_is_refused(self):
        self.finds("not in the table", "src/stuff/a.cpp", "\n")

    def test_a_long_file_is_refused_unless_listed(self):
        long = "\n" * (check_layers.LINES_MAX + 10)
        self.finds("lines", "src/sql/a.cpp", long)
        self.write("tests/layers/too_big.txt", "# path lines\nsrc/sql/a.cpp 410\n")
        self.assertEqual(self.faults("src/sql/a.cpp", long), [])
        self.finds("410 are allowed", "src/sql/a.cpp", long + "\n")

    def test_the_list_of_what_is_too_big_only_shrinks(self):
        self.write("tests/layers/too_big.txt", "src/sql/a.cpp 500\n")
        self.finds("small enough", "src/sql/a.cpp", "\n")
        (self.root / "src/sql/a.cpp").unlink()
        self.finds("is gone", "src/sql/b.cpp", "\n")

    def test_a_full_folder_is_refused(self):
        for i in range(check_layers.FILES_MAX):
            self.write(f"src/sql/a{i}.cpp", "\n")
            self.write(f"src/sql/a{i}_test.cpp", "\n")
        self.finds("files", "src/sql/b.cpp", "\n")


class Table(unittest.TestCase):
    def test_architecture_says_the_same(self):
        """The table in ARCHITECTURE.md is the one that is enforced."""
        text = (pathlib.Path(__file__).resolve().parents[2] / "ARCHITECTURE.md").read_text()
        section = text.split("## Include table")[1].split("\n## ")[0]
        told = {}
        for folder, allowed in re.findall(r"^\| `(\w+)` \| (.*?) \|$", section, re.MULTILINE):
            told[folder] = None if allowed == "everything" else set(re.findall(r"`([\w/.]+)`", allowed))
        enforced = {folder: None if allowed is None else set(allowed.split())
                    for folder, allowed in check_layers.MAY_INCLUDE.items()}
        self.assertEqual(told, enforced)


if __name__ == "__main__":
    unittest.main()
