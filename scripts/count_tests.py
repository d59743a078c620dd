#!/usr/bin/env python3
"""count_tests.py FILE: prints "PASSED FAILED SKIPPED" for the JUnit file that ctest wrote.
count_tests.py --failed FILE: prints the programs that failed in it, each with its first case and what was wrong there.

A test program on doctest, or on Python's unittest, counts as its cases, any other as one. A case that cannot run here prints
a line that starts with "skipped: " and counts as skipped, not as passed.
"""
import re
import sys
import xml.etree.ElementTree as tree

CASES = re.compile(r"\[doctest\] test cases:\s*(\d+) \|\s*(\d+) passed \|\s*(\d+) failed")
UNITTEST = re.compile(r"^Ran (\d+) tests? in .*\n\n(?:OK|FAILED)(?: \((.*)\))?", re.MULTILINE)
SKIPPED = re.compile(r"^skipped: ", re.MULTILINE)


def count(file):
    passed = failed = skipped = 0
    for case in tree.parse(file).getroot().iter("testcase"):
        output = case.findtext("system-out") or ""
        status = case.get("status")
        summary = CASES.search(output)
        if status in ("notrun", "disabled"):
            # A program that is missing was not run either; only one that said so is skipped.
            reason = case.find("skipped")
            if status == "notrun" and reason is not None and \
                    reason.get("message", "").startswith("SKIP_"):
                skipped += 1
            else:
                failed += 1
            continue
        unittest = UNITTEST.search(output)
        if summary:
            _, good, bad = map(int, summary.groups())
        elif unittest:
            bad = sum(int(n) for n in re.findall(r"(?:failures|errors)=(\d+)", unittest.group(2) or ""))
            good = int(unittest.group(1)) - bad
        else:
            good, bad = (1, 0) if status == "run" else (0, 1)
        if status == "fail" and bad == 0:
            bad = 1  # All cases passed, and then the program or its sanitizer ended badly.
        cannot = min(len(SKIPPED.findall(output)), good)
        passed += good - cannot
        failed += bad
        skipped += cannot
    return passed, failed, skipped


def first_failure(output):
    """What doctest or unittest says of the first case that failed, in a line."""
    case = ""
    for line in output.splitlines():
        if line.startswith("TEST CASE:"):
            case = line.removeprefix("TEST CASE:").strip()
        elif re.search(r"\b(?:FATAL )?ERROR: ", line):
            return f"{case}: {line.strip()}"
        elif line.startswith(("FAIL: ", "ERROR: ")):
            return line
    lines = [line for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "ended without a word"


def failed(file):
    for case in tree.parse(file).getroot().iter("testcase"):
        if case.get("status") == "fail":
            yield f"{case.get('name')}: {first_failure(case.findtext('system-out') or '')}"[:300]


if __name__ == "__main__":
    if sys.argv[1] == "--failed":
        for line in failed(sys.argv[2]):
            print(line)
    else:
        print(*count(sys.argv[1]))
