"""The columns of a CSV that become fields of leads, each distinct text read once: with a million
leads a field has few values, and reading is the code that takes in every lead."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from leads.lead import Scalar
from sources.lead_map import LeadMap, Outcome
from sources.lead_schema import BadField, parse_lead

NAMES = frozenset({"external_id", "email", "first_name", "last_name"})
"""Fields that leads are called by, even where they are columns of the outcome."""

_SHORT = 100


class BadCell(Exception):
    """Why a row can't be used."""


@dataclass(frozen=True, kw_only=True)
class _Refused:
    """A text that can't be read as what its column is."""

    why: str


Value = Scalar | tuple[str, ...] | datetime | None
_Read = Callable[[str], Value]


class Cells:
    """One column that becomes one field; each text is read once, as an import would read it."""

    def __init__(self, column: str, read: _Read, blank: frozenset[str]) -> None:
        self.column = column
        self._read = read
        self._known: dict[str, Value | _Refused] = dict.fromkeys(blank)
        self.values: list[Value] = []

    def value(self, text: str) -> Value:
        """What the text says; None if it is blank. Raises BadCell when it can't be read."""
        try:
            found = self._known[text]
        except KeyError:
            found = self._known[text] = self._first(text)
        if isinstance(found, _Refused):
            raise BadCell(found.why)
        return found

    def _first(self, text: str) -> Value | _Refused:
        try:
            return self._read(text)
        except BadField as error:
            return _Refused(why=f"{self.column}: {error.message}")
        except ValueError as error:
            return _Refused(why=f"{self.column}: {error}")


def cells_of(mapping: LeadMap, outcome: Outcome) -> dict[str, Cells]:
    """Every field that the map names, by the name that conditions have for it. Columns of the
    outcome are no features; of them only those are read that name the lead."""
    fields = {
        target: Cells(column, _reader(target), mapping.blank)
        for target, column in mapping.lead.items()
        if target in NAMES or column not in outcome.columns()
    }
    for name, extra in mapping.extra.items():
        if extra.name not in outcome.columns():
            fields[f"extra.{name}"] = Cells(extra.name, extra.read, mapping.blank)
    return fields


def _reader(target: str) -> _Read:
    """What reads a text as this field of a lead, by the code that takes in every lead."""
    company_field = target.removeprefix("company.")

    def read_company(text: str) -> Scalar | None:
        lead = parse_lead({"external_id": "-", "company": {company_field: text}})
        found: Scalar | None = getattr(lead.company, company_field)
        return found

    def read_own(text: str) -> Value:
        lead = parse_lead({"external_id": "-", target: text})
        found: Value = getattr(lead, target)
        return found

    def read_id(text: str) -> Value:
        # Nearly every id is of this kind and stays as it is; each of them is read only once.
        return text if text.isprintable() and len(text) < _SHORT else read_own(text)

    if target == "external_id":
        return read_id
    return read_company if company_field != target else read_own
