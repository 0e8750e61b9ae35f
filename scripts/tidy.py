"""Keep the tree tidy: files and functions stay short, no file names a registry or a place of one machine.

.venv/bin/python scripts/tidy.py
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST_FILE = 500
LONGEST_FUNCTION = 50
SIZED = {".py", ".html", ".js", ".mjs", ".scss"}  # a law is as long as it is: rule files are not counted
# written in pieces: this file is searched, too
HOSTS = ["py" + "pi", "python" + "hosted", "npm" + "js", "deb" + r"\.debian", "registry" + r"\.yarnpkg"]
PLACES = ["/ro" + "ot/", "/wo" + "rk/", "/home/" + r"\w+/"]
FORBIDDEN = re.compile(rf"\b(?:{'|'.join(HOSTS)})\.(?:org|com)\b|(?<![\w.~-])(?:{'|'.join(PLACES)})")


def main() -> int:
    """Print every fault as file:line; return 1 if there is one."""
    faults = [fault for path in tracked_files() for fault in faults_of(path)]
    print(*faults, sep="\n" if faults else "", end="\n" if faults else "")
    return 1 if faults else 0


def tracked_files() -> list[Path]:
    """Return the files that are, or are about to be, in the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def faults_of(path: Path) -> Iterator[str]:
    """Yield what is wrong with one file; bytes that are no text have no lines."""
    name = path.relative_to(ROOT)
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        return
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if found := FORBIDDEN.search(line):
            yield f"{name}:{number}: names a registry or a place of one machine: {found.group()}"
    if path.suffix in SIZED and len(lines) > LONGEST_FILE:
        yield f"{name}:{len(lines)}: longer than {LONGEST_FILE} lines: split it"
    if path.suffix == ".py":
        yield from (f"{name}:{fault}" for fault in long_functions(text))


def long_functions(source: str) -> Iterator[str]:
    """Yield line and name of each function whose body, without its docstring, is too long."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            length = (body[-1].end_lineno or 0) - body[0].lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{node.lineno}: {node.name} has {length} lines, more than {LONGEST_FUNCTION}: split it"


if __name__ == "__main__":
    sys.exit(main())
