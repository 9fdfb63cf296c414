"""Golden files: what every example looks like on every platform."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).with_name("golden")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files of cards anew"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, object], None]:
    """Compares with the golden file of this name, or writes it when asked to."""
    update = request.config.getoption("update_golden", default=False)

    def compare(name: str, shown: object) -> None:
        file = GOLDEN / name
        text = shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False, indent=2)
        if update:
            file.write_text(text + "\n", "utf-8")
        assert file.is_file(), (
            f"{name} is new: look at it after `pytest tests/cards --update-golden`"
        )
        assert text + "\n" == file.read_text("utf-8"), (
            f"{name} looks different: `pytest tests/cards --update-golden` if that is meant"
        )

    return compare
