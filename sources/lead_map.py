"""`map.toml`: how the columns of a CSV become a lead."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from leads.agreement import Teaches
from leads.lead import Scalar
from storage.file_errors import Table, expected, found_words, read_toml, validated

LEAD_TARGETS = frozenset(
    {
        "source",
        "external_id",
        "email",
        "first_name",
        "last_name",
        "phone",
        "title",
        "campaign",
        "interests",
        "created_at",
        "company.name",
        "company.domain",
        "company.industry",
        "company.employees",
        "company.country",
    }
)
"""What `[lead]` may name."""


class Kind(StrEnum):
    """How the texts of a column are read."""

    GUESS = "guess"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the CSV and how its texts are read."""

    name: str
    kind: Kind = Kind.GUESS

    def read(self, text: str) -> Scalar:
        """The value of a text; ValueError where it must be a number and isn't one."""
        if self.kind is Kind.TEXT:
            return text
        number = _number(text)
        if number is not None:
            return number
        if self.kind is Kind.NUMBER:
            raise ValueError(f"expected a number, found {text[:60]!r}")
        return text


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The columns that say what became of a lead: for learning only, never features. `teaches` is
    what a reason teaches, by its text in folded case."""

    accepted: str
    reason: str | None = None
    order: str | None = None
    teaches: Mapping[str, Teaches] = field(default_factory=dict)

    def columns(self) -> frozenset[str]:
        """Every column that tells the outcome."""
        named = (self.accepted, self.reason, self.order)
        return frozenset(column for column in named if column is not None)

    def taught_by(self, reason: str | None) -> Teaches:
        """What a rejection with this reason teaches: fit unless the map says otherwise."""
        return self.teaches.get((reason or "").casefold(), Teaches.FIT)


@dataclass(frozen=True, kw_only=True)
class LeadMap:
    """The whole mapping. `blank` are the texts that mean "not known"."""

    blank: frozenset[str]
    lead: Mapping[str, str]
    extra: Mapping[str, Column] = field(default_factory=dict)
    outcome: Outcome | None = None

    def columns(self) -> frozenset[str]:
        """Every column that a lead is made of."""
        return frozenset(self.lead.values()) | {column.name for column in self.extra.values()}


class _OutcomeTable(Table):
    """`[outcome]`"""

    accepted: str
    reason: str | None = None
    order: str | None = None


class _MapFile(Table):
    blank: tuple[str, ...] = Field(default=("",), strict=False)
    lead: dict[str, str]
    extra: dict[str, str] = Field(default_factory=dict)
    outcome: _OutcomeTable | None = None
    teaches: dict[str, Literal["fit", "timing", "routing", "data", "reach", "other"]] = Field(
        default_factory=dict
    )

    @field_validator("lead")
    @classmethod
    def _names_lead_fields(cls, lead: dict[str, str]) -> dict[str, str]:
        for target in lead:
            if target not in LEAD_TARGETS:
                known = ", ".join(sorted(LEAD_TARGETS))
                raise expected(f"only {known}; {found_words(target)} belongs in [extra]")
        if not {"external_id", "email"} & lead.keys():
            raise expected("a column for external_id or email, to know a lead again by")
        return lead


def load(path: Path) -> LeadMap:
    """The mapping in the file. Raises FileError, which says what is wrong with which key."""
    parsed = validated(_MapFile, read_toml(path), path)
    return LeadMap(
        blank=frozenset(text.strip() for text in [*parsed.blank, ""]),
        lead=parsed.lead,
        extra={name: _column(text) for name, text in parsed.extra.items()},
        outcome=_outcome(parsed.outcome, parsed.teaches) if parsed.outcome else None,
    )


def _outcome(table: _OutcomeTable, teaches: Mapping[str, str]) -> Outcome:
    return Outcome(
        accepted=table.accepted,
        reason=table.reason,
        order=table.order,
        teaches={text.casefold(): Teaches(one) for text, one in teaches.items()},
    )


def _column(text: str) -> Column:
    """ "TotalVisits:number" is column TotalVisits read as a number."""
    name, colon, kind = text.rpartition(":")
    if colon and kind in {Kind.NUMBER.value, Kind.TEXT.value}:
        return Column(name=name, kind=Kind(kind))
    return Column(name=text)


_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d+)?")


def _number(text: str) -> int | float | None:
    if not _NUMBER.fullmatch(text):
        return None
    return float(text) if "." in text else int(text)
