#!/usr/bin/env python3
"""Holds what the guides and ARCHITECTURE.md name of the sources against the sources.

    check_docs.py [--root FOLDER]   faults on standard output, one a line; exit code 1 if any

A path is what stands in backquotes and has a slash or the ending of a file. It is looked for from the
root, from src/ and web/, from the document's folder and from what the same line has named before;
a name without a folder may stand anywhere. `<noun>`, NAME and NNNN stand for any name.
"""
import argparse
import fnmatch
import itertools
import os
import pathlib
import re
import sys

DOCUMENTS = ("ARCHITECTURE.md", "docs/guides/*.md")
BASES = ("", "src", "web")
# What builds and tools leave behind, and what is not the project's.
LEFT_OUT = {".git", ".tools", ".cache", "build", "node_modules", "data", "__pycache__"}

QUOTED = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
SCRIPT = re.compile(r"(?<![\w/.-])scripts/[\w-]+")
PATH = re.compile(r"[\w.*<>{},-]+(/[\w.*<>{},$-]*)*")
FILE = re.compile(r"[\w*<>{},$-]\.(cpp|hpp|go|golden|json|md|py|sh|sql|ts|tsx|txt|yaml)$")
ANY_NAME = re.compile(r"<\w+>|\bNAME\b|NNNN")
BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")


def entries(root):
    """Files and folders below `root`, as paths from there."""
    out = set()
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in LEFT_OUT]
        here = pathlib.PurePath(folder).relative_to(root)
        out.update(str(here / name) for name in itertools.chain(folders, files))
    return out


def alternatives(word):
    match = BRACES.search(word)
    if not match:
        return [word]
    return [out for part in match.group(1).split(",")
            for out in alternatives(word[:match.start()] + part + word[match.end():])]


def paths_in(line, fenced):
    """The paths that a line names."""
    for match in SCRIPT.finditer(line):
        yield match.group()
    if fenced:
        return
    for quoted in QUOTED.findall(line):
        # Programs and addresses of the API are no paths of the project.
        if quoted.startswith(("/", "~", "build/", "scripts/")) or not PATH.fullmatch(quoted):
            continue
        if "..." in quoted or "." in quoted.split("/")[0].lstrip(".") and "/" in quoted:
            continue  # An ellipsis, or a host's name.
        if "/" in quoted or FILE.search(quoted):
            yield quoted


def stands(word, there, bases):
    pattern = ANY_NAME.sub("*", word).replace("**/", "*").replace("$", "[$]").rstrip("/")
    if "/" not in word:
        # Also the end of a name, where the beginning was said: `_de.ts`.
        wild = f"*{pattern}" if pattern.startswith("_") else pattern
        return any(fnmatch.fnmatchcase(path.rsplit("/", 1)[-1], wild) for path in there)
    for base in bases:
        whole = os.path.normpath(os.path.join(base, pattern))
        # A header and its source together are named without an ending.
        if whole in there or any(f"{whole}{end}" in there for end in (".hpp", ".cpp", ".ts")):
            return True
        if "*" in whole and fnmatch.filter(there, whole):
            return True
    return False


def check(root):
    faults = []
    there = entries(root)
    for document in sorted(itertools.chain.from_iterable(root.glob(d) for d in DOCUMENTS)):
        own = str(document.relative_to(root))
        bases = [*BASES, os.path.dirname(own)]
        fenced = False
        for number, line in enumerate(document.read_text().splitlines(), 1):
            if line.lstrip().startswith("```"):
                fenced = not fenced
                continue
            said = []
            for named in paths_in(line, fenced):
                for word in alternatives(named):
                    if not stands(word, there, [*bases, *said]):
                        faults.append(f"{own}:{number}: `{word}` is not there")
                if "/" in named:
                    said += [named, f"src/{named}"]
            for target in [] if fenced else LINK.findall(line):
                whole = os.path.normpath(os.path.join(os.path.dirname(own), target))
                if "://" not in target and whole not in there:
                    faults.append(f"{own}:{number}: the link {target} leads nowhere")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[2])
    faults = check(parser.parse_args().root)
    print("\n".join(faults) if faults else "docs: nothing to object to")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
