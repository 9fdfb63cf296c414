"""The rows of a CSV file, with the line where each one ends."""

import csv
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from storage.file_errors import FileError

csv.field_size_limit(1_000_000)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the file; `line` is where it ends in the file, counted from 1."""

    line: int
    cells: Mapping[str, str]
    spare: int
    """How many cells stand beyond the last column."""


def rows(
    file: Path, columns: Collection[str], stack: ExitStack, progress: Callable[[int], None]
) -> Iterator[Row]:
    """The rows of `file`, which is closed with `stack`; `progress` is told how many bytes are
    read. FileError when the file or one of `columns` isn't there."""
    try:
        opened = stack.enter_context(file.open(newline="", encoding="utf-8-sig", errors="replace"))
    except OSError as error:
        raise FileError(file, "", "a readable CSV file", error.strerror or str(error)) from error
    reader = csv.DictReader(_counted(opened, progress), restkey=_SPARE, restval="")
    try:
        found = frozenset(reader.fieldnames or ())
        for name in sorted(set(columns) - found):
            raise FileError(
                file, name, "a column of this name (see the map file)", "no such column"
            )
        for cells in reader:
            spare = cells.pop(_SPARE, [])
            yield Row(line=reader.line_num, cells=cells, spare=len([one for one in spare if one]))
    except csv.Error as error:
        raise FileError(file, f"line {reader.line_num}", "a CSV row", str(error)) from error


_SPARE = "\x00spare"


def _counted(opened: TextIO, progress: Callable[[int], None]) -> Iterator[str]:
    read = 0
    for line in opened:
        read += len(line.encode())
        progress(read)
        yield line.replace("\x00", "\N{REPLACEMENT CHARACTER}")
