"""What the command line prints, and how it ends when something is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console

from composition import Company, WrongSetup, company, read_settings
from storage.file_errors import FileError

screen = Console(highlight=False)
problems = Console(stderr=True, highlight=False)

WRONG_FILE = 2
"""Exit code when a file or a setting is wrong and nothing was started."""


def stop(message: str, code: int = 1) -> NoReturn:
    """Say what is wrong and end."""
    problems.print(message, style="red", markup=False, soft_wrap=True)
    raise typer.Exit(code)


def messages(n: int) -> str:
    """So many messages."""
    return "1 message" if n == 1 else f"{n:,} messages"


@contextmanager
def our_company() -> Iterator[Company]:
    """The company that the settings name; ends with code 2 and one line where something is
    wrong with them."""
    try:
        with company(read_settings()) as opened:
            yield opened
    except (WrongSetup, FileError) as error:
        stop(str(error), WRONG_FILE)
