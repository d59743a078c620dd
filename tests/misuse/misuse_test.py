"""A mistake must not compile, for its own reason; the same file with -DFIXED must.

    misuse_test.py FILE -- COMPILER FLAG...

The file says what the compiler complains about: `// expect: <regular expression>`, one of them per
compiler is enough.
"""
import re
import subprocess
import sys


def main():
    separator = sys.argv.index("--")
    path = sys.argv[1]
    command = sys.argv[separator + 1:] + ["-fsyntax-only", path]
    text = open(path, encoding="utf-8").read()
    expected = re.findall(r"^// expect: (.+)$", text, re.M)
    if not expected:
        sys.exit(path + ": no '// expect:' line")
    fixed = subprocess.run(command + ["-DFIXED"], capture_output=True, text=True)
    if fixed.returncode != 0:
        sys.exit("with -DFIXED it must compile:\n" + fixed.stderr)
    wrong = subprocess.run(command, capture_output=True, text=True)
    if wrong.returncode == 0:
        sys.exit("the mistake compiles")
    if not any(re.search(pattern, wrong.stderr) for pattern in expected):
        sys.exit("refused for another reason than %s:\n%s" % (" or ".join(expected), wrong.stderr))


main()
