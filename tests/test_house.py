"""The house rules: who imports whom, how long a file may be, what a text may name."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parent.parent
LONGEST_FILE = 400
NOT_OURS = {".git", ".venv", "node_modules", "__pycache__"}

# Written with a character class so that this file doesn't name such a path itself.
MACHINE_PATH = re.compile(r"(?<![\w./-])/(?:(?:wor[k]|roo[t])/|(?:hom[e]|User[s])/\w+/)")


def house_files() -> list[Path]:
    """Every file that is or could be committed; without git, every file outside `.venv`."""
    listing = ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"]
    try:
        names = subprocess.run(listing, cwd=HOUSE, check=True, capture_output=True, text=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        files: Iterator[Path] = HOUSE.rglob("*")
    else:
        files = (HOUSE / name for name in names.stdout.split("\0") if name)
    return sorted(
        file
        for file in files
        if file.is_file() and NOT_OURS.isdisjoint(file.relative_to(HOUSE).parts)
    )


def imported_by(file: Path) -> set[str]:
    """The top-level names that a Python file imports from outside its own package."""
    imported = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"), str(file))):
        match node:
            case ast.Import(names=names):
                imported |= {name.name.split(".")[0] for name in names}
            case ast.ImportFrom(module=str(module), level=0):
                imported.add(module.split(".")[0])
            case _:
                pass
    return imported


def test_packages_import_only_what_they_may() -> None:
    lint = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.returncode == 0, lint.stdout + lint.stderr


@pytest.mark.parametrize("name", ["app.py", "composition.py"])
def test_the_top_reaches_platforms_and_the_database_only_through_the_packages(name: str) -> None:
    libraries = {"slack_bolt", "slack_sdk", "botbuilder", "botframework"}
    libraries |= {"apscheduler", "sqlalchemy", "sqlmodel"}
    assert not imported_by(HOUSE / name) & libraries


@pytest.mark.parametrize(
    "file", sorted((HOUSE / "leads").rglob("*.py")), ids=lambda file: str(file.relative_to(HOUSE))
)
def test_rules_need_only_the_standard_library(file: Path) -> None:
    allowed = sys.stdlib_module_names | {"leads", "numpy", "sklearn"}
    assert not imported_by(file) - allowed


def test_no_python_file_is_too_long_to_read() -> None:
    lengths = {
        str(file.relative_to(HOUSE)): len(file.read_text("utf-8").splitlines())
        for file in house_files()
        if file.suffix == ".py"
    }
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_text_names_a_path_of_one_machine() -> None:
    found = []
    for file in house_files():
        try:
            lines = file.read_text("utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # not a text
        found += [
            f"{file.relative_to(HOUSE)}:{number}: {line.strip()[:100]}"
            for number, line in enumerate(lines, start=1)
            if MACHINE_PATH.search(line)
        ]
    assert found == []


def test_make_help_lists_every_target_that_explains_itself() -> None:
    makefile = (HOUSE / "Makefile").read_text("utf-8")
    targets = re.findall(r"^([\w.-]+):.*## (.+)$", makefile, re.MULTILINE)
    # Under `make test` this would otherwise count as a part of that run.
    outside_make = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    shown = subprocess.run(
        ["make", "help"], cwd=HOUSE, env=outside_make, check=True, capture_output=True, text=True
    ).stdout
    assert targets
    for target, text in targets:
        assert re.search(rf"^ *make {re.escape(target)} +{re.escape(text)}$", shown, re.MULTILINE)
