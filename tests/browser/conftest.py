"""A running demo and a browser to look at it with."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

HOUSE = Path(__file__).resolve().parent.parent.parent
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, from the machine; without it the tests are skipped, but on a CI they fail."""
    chromium = shutil.which("chromium")
    if chromium is None:
        missing = "there is no Chromium here: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    expect.set_options(timeout=20_000)  # five seconds are too few beside other tests
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(_QUIET))
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def demo(browser: Browser) -> Iterator[str]:
    """The address that `python app.py demo` prints; it has to end cleanly, too."""
    command = [sys.executable, "app.py", "demo", "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=HOUSE, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        printed = ""
        for line in process.stdout:
            printed += line
            if found := re.search(r"Open (http://\S+)", line):
                yield found[1]
                break
        else:
            pytest.fail(f"the demo didn't start: {printed}")
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
        assert process.returncode == 0, rest
        assert "Traceback" not in rest
