#!/usr/bin/env python3
"""Reads the sources against the rules of ARCHITECTURE.md and STYLE.md that a compiler does not know.

    check_layers.py [--root FOLDER]   faults on standard output, one a line; exit code 1 if any
"""
import argparse
import pathlib
import re
import sys

# Which folder of src/ may include which others, or which single headers of others. The same table
# stands in ARCHITECTURE.md.
MAY_INCLUDE = {
    "base": "",
    "runtime": "base",
    "trace": "base runtime",
    "domain": "base",
    "authz": "base domain",
    "store": "base domain authz",
    "app": "base domain authz store secrets",
    "audit": "base domain authz store",
    "sql": "base runtime domain authz store",
    "kube": "base runtime trace domain",
    "reach": "base",
    "sync": "base runtime domain authz store kube secrets",
    "operator": "base runtime trace domain kube reach",
    "identity": "base runtime domain authz store",
    "http": "base runtime",
    "api": "base runtime domain authz identity app http store/transaction.hpp store/page.hpp",
    "secrets": "base domain",
    "mail": "base runtime domain authz store secrets",
    "main": None,  # Everything: it puts the program together.
}
EVERY = set(MAY_INCLUDE)

# Libraries that cost seconds in every file that sees them; each stays behind one .cpp.
HEAVY = re.compile(
    r"^(boost/(asio|beast|json)|libpq|postgresql/|sqlite3|curl/|yaml-cpp|spdlog|CLI/|CLI11|simdjson"
    r"|openssl/|sodium|prometheus/)"
)
# Headers whose purpose is the asio side of a fiber; only .cpp files below these folders use them.
ASIO_SIDE = {"runtime/fiber.hpp"}
NEVER_ASIO = {"trace", "api", "app", "store", "domain", "authz", "operator"}
TOO_NEW = {"format", "print", "coroutine", "generator"}

LINES_MAX = 400
FILES_MAX = 25  # Of one folder itself; the tests beside the sources are not counted.
LIST = "tests/layers/too_big.txt"
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
LEFTOVER = re.compile(r"\b(TODO|FIXME|XXX)\b")
COROUTINE = re.compile(r"\bco_(await|yield|return)\b")
LIBRARY = re.compile(r"ks_library\(\s*(\w+)([^)]*)\)")


def includes(text):
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) == '"', match.group(2)


def check_includes(file, place, text, faults):
    """`place` is the file's path below src/."""
    folder = place.parts[0]
    header = file.suffix == ".hpp"
    allowed = MAY_INCLUDE.get(folder, "")
    for number, quoted, what in includes(text):
        where = f"src/{place}:{number}"
        if quoted and not HEAVY.match(what):
            target = what.split("/")[0]
            if target == "embedded":  # Made by cmake/embed.cmake for the folder itself.
                continue
            if target not in EVERY or "/" not in what:
                faults.append(f'{where}: "{what}": includes are written from src/, folder first')
            elif (target != folder and allowed is not None
                  and not {target, what} & set(allowed.split())):
                faults.append(f'{where}: {folder} may not include "{what}"; it may include: '
                              f'{allowed or "nothing of the others"}')
            if what in ASIO_SIDE and (header and str(place) not in ASIO_SIDE or folder in NEVER_ASIO):
                faults.append(f'{where}: "{what}" pulls in Asio; only a .cpp that does socket work may')
        elif HEAVY.match(what):
            if header and str(place) not in ASIO_SIDE:
                faults.append(f"{where}: <{what}> in a header; put it behind one .cpp")
            elif folder in NEVER_ASIO and re.match(r"boost/(asio|beast|json)|libpq|sqlite3", what):
                faults.append(f"{where}: {folder} may not use <{what}>")
        elif what in TOO_NEW:
            faults.append(f"{where}: <{what}> is missing or miscompiled with g++ 12")


def check_links(file, text, faults):
    for match in LIBRARY.finditer(re.sub(r"#.*", "", text)):
        folder = match.group(1)
        allowed = MAY_INCLUDE.get(folder, "")
        if folder not in EVERY or allowed is None:
            continue
        for link in re.findall(r"\bks_(\w+)", match.group(2)):
            if link not in {entry.split("/")[0] for entry in allowed.split()}:
                faults.append(f"{file}: ks_{folder} may not link ks_{link}")


def check_length(root, files, faults):
    """Long files and full folders, but those listed with their length in a list that only shrinks."""
    listed = {}
    exceptions = root / LIST
    if exceptions.exists():
        for line in exceptions.read_text().splitlines():
            if line and not line.startswith("#"):
                path, lines = line.split()
                listed[path] = int(lines)
    folders = {}
    for path in files:
        if not path.endswith("_test.cpp"):
            folder = str(pathlib.PurePath(path).parent) + "/"
            folders[folder] = folders.get(folder, 0) + 1
    for sizes, usual, unit in ((files, LINES_MAX, "lines"), (folders, FILES_MAX, "files")):
        for path, size in sizes.items():
            limit = listed.pop(path, usual)
            if size > limit:
                faults.append(f"{path}: {size} {unit}, {limit} are allowed; cut it by noun")
            elif limit != usual and size <= usual:
                faults.append(f"{path}: small enough now, take it out of {LIST}")
    for path in listed:
        faults.append(f"{path}: is gone, take it out of {LIST}")


def check(root):
    faults = []
    src = root / "src"
    lengths = {}
    for file in sorted(src.rglob("*")):
        if file.name == "CMakeLists.txt":
            check_links(file.relative_to(root), file.read_text(), faults)
        if file.suffix not in (".hpp", ".cpp"):
            continue
        place = file.relative_to(src)
        text = file.read_text()
        if place.parts[0] not in EVERY:
            faults.append(f"src/{place}: the folder is not in the table of ARCHITECTURE.md")
            continue
        lengths[f"src/{place}"] = text.count("\n")
        check_includes(file, place, text, faults)
        if file.suffix == ".hpp" and "#pragma once" not in text:
            faults.append(f"src/{place}: a header without #pragma once")
        for part in (*place.parts[:-1], place.stem):
            if part in EMPTY_NAMES or part.split("_")[-1] in EMPTY_NAMES:
                faults.append(f"src/{place}: '{part}' says nothing; name it after its noun")
        for number, line in enumerate(text.splitlines(), 1):
            if LEFTOVER.search(line):
                faults.append(f"src/{place}:{number}: a note to finish something")
            if COROUTINE.search(line.split("//")[0]):
                faults.append(f"src/{place}:{number}: coroutines are miscompiled by g++ 12; use fibers")
    check_length(root, lengths, faults)
    return faults


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--root", type=pathlib.Path,
                           default=pathlib.Path(__file__).resolve().parents[2])
    faults = check(arguments.parse_args().root)
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
