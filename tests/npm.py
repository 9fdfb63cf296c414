"""What the tests take from the npm registry: tools of Microsoft's that exist nowhere else."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

PLAYGROUND = "@microsoft/m365agentsplayground@0.2.28"
MANIFEST_SCHEMAS = "@microsoft/app-manifest@1.1.2"

_KEPT = Path(__file__).resolve().parent.parent / "test-results" / "npm"


def installed(package: str) -> Path:
    """The folder of an npm package, `NAME@VERSION`, which is fetched once and runs no script when
    it is. Without Node the test is skipped, but on a CI it fails."""
    missing = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if missing:
        without = f"there is no {' and no '.join(missing)} here: apt-get install nodejs npm"
        if os.environ.get("CI") == "true":
            pytest.fail(without)
        pytest.skip(without)
    name, _, version = package.rpartition("@")
    room = _KEPT / f"{name.rpartition('/')[2]}-{version}"
    found = room / "node_modules" / name
    room.mkdir(parents=True, exist_ok=True)
    with (room / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the tests run in several processes
        if not (room / "whole").exists():
            _install(package, room)
            (room / "whole").touch()
    return found


def _install(package: str, room: Path) -> None:
    quiet = ("--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    command = ["npm", "install", "--prefix", str(room), *quiet, package]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, f"{package} can't be had from npm:\n{done.stdout}{done.stderr}"
