#!/usr/bin/env python3
"""The last line of `make test` is only as good as what it counts."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import count_tests  # noqa: E402


def counted(*cases):
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
        file.write("<testsuite>" + "".join(cases) + "</testsuite>")
        file.flush()
        return count_tests.count(file.name)


def case(status, output="", inner=""):
    return f'<testcase name="t" status="{status}">{inner}<system-out>{output}</system-out></testcase>'


class Count(unittest.TestCase):
    def test_a_doctest_program_counts_as_its_cases(self):
        out = "[doctest] test cases: 12 | 11 passed | 1 failed | 0 skipped"
        self.assertEqual(counted(case("fail", out)), (11, 1, 0))

    def test_a_unittest_program_counts_as_its_cases(self):
        self.assertEqual(counted(case("run", "Ran 5 tests in 0.1s\n\nOK\n")), (5, 0, 0))
        failed = "Ran 5 tests in 0.1s\n\nFAILED (failures=1, errors=2)\n"
        self.assertEqual(counted(case("fail", failed)), (2, 3, 0))

    def test_any_other_program_counts_as_one(self):
        self.assertEqual(counted(case("run"), case("fail")), (1, 1, 0))

    def test_a_program_that_ends_badly_after_its_cases_has_failed(self):
        out = "[doctest] test cases: 3 | 3 passed | 0 failed | 0 skipped\nERROR: AddressSanitizer"
        self.assertEqual(counted(case("fail", out)), (3, 1, 0))

    def test_a_missing_program_has_failed(self):
        missing = '<skipped message="Unable to find executable"/>'
        self.assertEqual(counted(case("notrun", inner=missing)), (0, 1, 0))

    def test_a_program_or_a_case_may_say_that_it_cannot_run_here(self):
        said = '<skipped message="SKIP_RETURN_CODE=77"/>'
        self.assertEqual(counted(case("notrun", inner=said)), (0, 0, 1))
        out = "skipped: no PostgreSQL\n[doctest] test cases: 3 | 3 passed | 0 failed | 0 skipped"
        self.assertEqual(counted(case("run", out)), (2, 0, 1))


if __name__ == "__main__":
    unittest.main()
