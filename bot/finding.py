"""One line of what `doctor` says about the connection to a platform."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How it stands."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was looked at and how it stands; `fix` says in words what to do, empty where all is
    well."""

    verdict: Verdict
    what: str
    fix: str = ""


def ok(what: str) -> Finding:
    """All is well."""
    return Finding(verdict=Verdict.OK, what=what)


def warning(what: str, fix: str) -> Finding:
    """It works, or works for most."""
    return Finding(verdict=Verdict.WARNING, what=what, fix=fix)


def failure(what: str, fix: str) -> Finding:
    """It doesn't work."""
    return Finding(verdict=Verdict.FAILURE, what=what, fix=fix)
