"""What a new rule could be about: values, bands of numbers, words, events seen, in the data."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import numpy as np

from leads.conditions import Found
from leads.criteria import AllOf, Condition, EventCondition, FieldCondition, FieldTest
from leads.lead import Scalar
from leads.retuning.arrays import Counts, Flags, Numbers
from leads.retuning.lead_table import LeadTable

FEWEST = 15
"""A condition must hold, and fail, for so many leads before anything is learned of it."""
_BANDS = 12
_MOST_VALUES = 40
"""Values and words of one field that are looked at, the most frequent ones."""
_MANY_VALUES = 100
"""A field with more than this many texts is read word by word."""
_PERSONAL = frozenset(
    {"email", "first_name", "last_name", "phone", "external_id", "company.name", "company.domain"}
)
"""Who somebody is by name: that it is known may earn points, what it is never."""
_FREE_MAIL = ("gmail.com", "googlemail.com", "yahoo.*", "hotmail.*", "outlook.*", "icloud.com")
_WITHIN = (None, timedelta(days=7), timedelta(days=30))
_TIMES = (1, 3)
_MOST_KINDS = 40

Kind = TypeVar("Kind", bound=Scalar)


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidates:
    """Conditions, and a column of each with where it holds."""

    conditions: tuple[Condition, ...]
    holds: Flags

    def take(self, columns: Counts) -> "Candidates":
        """Some of them."""
        return Candidates(
            conditions=tuple(self.conditions[column] for column in columns),
            holds=self.holds[:, columns],
        )


def candidates(leads: LeadTable, fewest: int = FEWEST) -> Candidates:
    """Every condition worth a look, in an order that depends on nothing but the values. Those
    that hold for the same leads as an earlier one, or for the contrary, are left out."""
    return distinct(leads.n, ((one, leads.holds(one)) for one in _conditions(leads)), fewest)


def distinct(n: int, found: Iterator[tuple[Condition, Flags]], fewest: int) -> Candidates:
    """The conditions that say something of their own."""
    kept: list[Condition] = []
    columns: list[Flags] = []
    seen: set[bytes] = set()
    for condition, holds in found:
        count = int(holds.sum())
        if count < fewest or n - count < fewest:
            continue
        key = np.packbits(holds if not holds[0] else ~holds).tobytes()
        if key not in seen:
            seen.add(key)
            kept.append(condition)
            columns.append(holds)
    matrix = np.column_stack(columns) if columns else np.zeros((n, 0), np.bool_)
    return Candidates(conditions=tuple(kept), holds=matrix)


def pairs(singles: Candidates, fewest: int = FEWEST) -> Candidates:
    """Two conditions on different fields together; a pair of bands of one field is no news."""

    def joined() -> Iterator[tuple[Condition, Flags]]:
        for second in range(len(singles.conditions)):
            for first in range(second):
                one, other = singles.conditions[first], singles.conditions[second]
                if _subject(one) != _subject(other):
                    both = singles.holds[:, first] & singles.holds[:, second]
                    yield AllOf(conditions=(one, other)), both

    return distinct(len(singles.holds), joined(), fewest)


def _subject(condition: Condition) -> str:
    return condition.field if isinstance(condition, FieldCondition) else "event"


def _conditions(leads: LeadTable) -> Iterator[Condition]:
    for field in leads.fields:
        yield FieldCondition(field=field, test=FieldTest.PRESENT, value=False)
        if field == "email":
            yield FieldCondition(field=field, test=FieldTest.CONTAINS_ANY, value=_FREE_MAIL)
        if field in _PERSONAL:
            continue
        codes, values = leads.codes(field)
        counts = np.bincount(codes[codes >= 0], minlength=len(values))
        yield from _values(field, counts, values)
        numbers = np.array([_number(value) for value in values])
        if np.isfinite(numbers).sum() > 2:
            yield from _bands(field, numbers, counts)
    for kind, name in dict.fromkeys(_kinds(leads)):
        for times in _TIMES:
            for within in _WITHIN:
                yield EventCondition(event=kind, name=name, at_least=times, within=within)


def _kinds(leads: LeadTable) -> Iterator[tuple[str, str | None]]:
    """Types of events, and types with names, of the most frequent ones."""
    counts = np.bincount(leads.happened.codes, minlength=len(leads.happened.kinds)).tolist()
    found = dict(zip(leads.happened.kinds, counts, strict=True))
    kinds = sorted(found, key=lambda kind: (-found[kind], kind[0], kind[1] or ""))[:_MOST_KINDS]
    for kind, name in kinds:
        yield kind, None
        if name is not None:
            yield kind, name


def _values(field: str, counts: Counts, values: tuple[Found, ...]) -> Iterator[Condition]:
    often: dict[Scalar, int] = {}
    words: dict[str, int] = {}
    texts = sum(isinstance(value, str) for value in values)
    for value, count in zip(values, counts.tolist(), strict=True):
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, bool):
                often[each] = often.get(each, 0) + count
            elif isinstance(each, str):
                text = each.strip()
                often[text] = often.get(text, 0) + count
                if texts > _MANY_VALUES:
                    for word in filter(str.isalnum, set(text.casefold().split())):
                        words[word] = words.get(word, 0) + count
    for value in _most(often):
        yield FieldCondition(field=field, test=FieldTest.IS, value=value)
    for word in _most(words):
        yield FieldCondition(field=field, test=FieldTest.CONTAINS_ANY, value=(word,))


def _most(counts: dict[Kind, int]) -> list[Kind]:
    """The most frequent, equal ones in the order of their words."""
    return sorted(counts, key=lambda value: (-counts[value], repr(value)))[:_MOST_VALUES]


def _bands(field: str, numbers: Numbers, counts: Counts) -> Iterator[Condition]:
    known = np.isfinite(numbers) & (counts > 0)
    order = np.argsort(numbers[known], kind="stable")
    sorted_numbers, up_to = numbers[known][order], counts[known][order].cumsum()
    whole = bool((sorted_numbers == np.rint(sorted_numbers)).all())
    floors = set()
    for part in range(1, _BANDS):
        place = int(np.searchsorted(up_to, up_to[-1] * part / _BANDS))
        # The first number of a band, not the last one of the band below.
        for floor in sorted_numbers[place : place + 2].tolist():
            floors.add(_readable(floor, whole))
    for floor in sorted(floors):
        if floor > sorted_numbers[0]:
            yield FieldCondition(field=field, test=FieldTest.AT_LEAST, value=floor)


def _readable(number: float, whole: bool) -> int | float:
    """Two digits are enough for a border that people read."""
    short = float(f"{number:.2g}")
    return int(short) if whole or short == int(short) else short


def _number(value: Found) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else np.nan  # type: ignore[arg-type]
