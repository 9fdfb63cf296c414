"""Counts by local day, kept in step with every change, so that statistics stay cheap.

What is counted for a value (a campaign, a rep) is counted for its week as well, which begins on a
Monday: of a long period the whole weeks are read, and the days only at its ends."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Dialect, Executable, bindparam, func, union_all
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from storage.tables import TallyRow
from storage.upsert import dialect_of, insert_into

ALL = "all"
"""The dimension that counts everything, under the value ""."""

WEEK = "week:"
"""Before the name of a dimension: the same by week, under its Monday."""


class Count(NamedTuple):
    """`n` more (or fewer, below zero) of a measure, under one value of one dimension on a day."""

    dimension: str
    measure: str
    value: str
    day: date
    n: int


def add(
    session: Session,
    day: date,
    measure: str,
    values: Mapping[str, str | None],
    n: int = 1,
) -> None:
    """Count `n` (negative for an undo) under `all` and under each dimension of `values` that has
    a value. `day` is a local day of the agreement. Call it once for one happening: every call
    counts in `all`."""
    known = {name: value for name, value in values.items() if value and name != ALL}
    pairs = ((ALL, ""), *known.items())
    add_counts(session, [Count(dimension, measure, value, day, n) for dimension, value in pairs])


def add_counts(session: Session, counts: Iterable[Count]) -> None:
    """Add all of these in one statement."""
    # In one order, so that two transactions seldom wait for each other's rows; where they do,
    # because each counts several times, the database ends one and it is done again.
    rows = sorted(with_weeks(counts))
    if not rows:
        return
    connection = session.connection()
    more = _more(connection.dialect, dialect_of(session))
    connection.exec_driver_sql(more.statement, [more.values(row) for row in rows])


def monday(day: date) -> date:
    """The Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


def with_weeks(counts: Iterable[Count]) -> Iterator[Count]:
    """These, and each that is of a value for its week too."""
    for count in counts:
        yield count
        if count.dimension != ALL:
            yield count._replace(dimension=WEEK + count.dimension, day=monday(count.day))


@dataclass(frozen=True)
class _More:
    """The statement that adds, as the driver takes it: around SQLAlchemy, which needs as long to
    prepare a row as the database to keep it."""

    statement: str
    names: tuple[str, ...] | None
    """The values in order, where the driver takes them so; None where it takes them by name."""
    written: Callable[[date], object]

    def values(self, count: Count) -> tuple[object, ...] | dict[str, object]:
        """A row as the driver takes it."""
        known = {**count._asdict(), "day": self.written(count.day)}
        return known if self.names is None else tuple(known[name] for name in self.names)


@lru_cache(maxsize=8)
def _more(dialect: Dialect, name: str) -> _More:
    counted = insert_into(name, TallyRow)
    statement = counted.on_conflict_do_update(
        index_elements=["dimension", "measure", "value", "day"],
        set_={"n": col(TallyRow.n) + counted.excluded.n},
    )
    compiled = statement.compile(dialect=dialect, column_keys=list(Count._fields))
    day = TallyRow.metadata.tables["tally"].c.day.type.dialect_impl(dialect)
    written = day.bind_processor(dialect)
    return _More(
        statement=str(compiled),
        names=tuple(compiled.positiontup) if compiled.positiontup else None,
        written=cast("Callable[[date], object]", written or (lambda day: day)),
    )


def totals(
    session: Session,
    dimension: str,
    measures: Iterable[str],
    first: date,
    last: date,
    *,
    value: str | None = None,
) -> dict[str, dict[str, int]]:
    """Sums from `first` to `last` (both included) as value -> measure -> n, of one `value` only
    where it is given. Every value has every one of `measures`, 0 where nothing was counted; a
    value with nothing at all is left out."""
    wanted = sorted(measures)
    asked = {"dimension": dimension, "wanted": wanted, **_span(first, last)}
    sums: dict[str, dict[str, int]] = {}
    for one, measure, n in session.connection().execute(*_totals(asked, value)):
        counts = sums.setdefault(one, dict.fromkeys(wanted, 0))
        counts[measure] += int(n)
    return {one: counts for one, counts in sums.items() if any(counts.values())}


def _totals(asked: dict[str, object], value: str | None) -> tuple[Executable, dict[str, object]]:
    if asked["dimension"] == ALL:
        return _TOTALS, asked
    asked = {**asked, "weekly": f"{WEEK}{asked['dimension']}"}
    if value is None:
        return _TOTALS_BY_WEEK, asked
    return _TOTALS_OF_ONE, {**asked, "value": value}


def _span(first: date, last: date) -> dict[str, object]:
    """A period, and the same as whole weeks with the days before and after them."""
    begin = monday(first + timedelta(days=6))
    end = monday(last + timedelta(days=1))
    if begin >= end:  # not one whole week: all days are before
        begin, end = last + timedelta(days=1), last + timedelta(days=1)
    return {"first": first, "last": last, "begin": begin, "end": end}


_MEASURED = col(TallyRow.measure).in_(bindparam("wanted", expanding=True))
_DAYS = col(TallyRow.day)
_WHOLE = (_DAYS.between(bindparam("first"), bindparam("last")),)
_BEFORE = (bindparam("first") <= _DAYS, bindparam("begin") > _DAYS)
_WEEKS = (bindparam("begin") <= _DAYS, bindparam("end") > _DAYS)
_AFTER = (bindparam("end") <= _DAYS, bindparam("last") >= _DAYS)


def _total(dimension: str, days: Iterable[ColumnElement[bool]], *more: ColumnElement[bool]) -> Any:
    return (
        select_columns(col(TallyRow.value), col(TallyRow.measure), func.sum(col(TallyRow.n)))
        .where(col(TallyRow.dimension) == bindparam(dimension), _MEASURED, *days, *more)
        .group_by(col(TallyRow.value), col(TallyRow.measure))
    )


def _by_weeks(of: Callable[..., Any], days: str, weeks: str, *more: ColumnElement[bool]) -> Any:
    return union_all(of(days, _BEFORE, *more), of(weeks, _WEEKS, *more), of(days, _AFTER, *more))


_OF_ONE = col(TallyRow.value) == bindparam("value")
_TOTALS = _total("dimension", _WHOLE)
_TOTALS_BY_WEEK = _by_weeks(_total, "dimension", "weekly")
_TOTALS_OF_ONE = _by_weeks(_total, "dimension", "weekly", _OF_ONE)


_AT_ONCE = 400
"""So many measures in one statement: SQLite takes 32,766 variables, PostgreSQL 65,535."""


def sums(
    session: Session, wanted: Collection[tuple[str, str]], first: date, last: date
) -> dict[tuple[str, str], int]:
    """Sums from `first` to `last` (both included) of pairs of dimension and measure, whatever the
    value; a pair of which nothing was counted is left out."""
    by_measures: dict[frozenset[str], list[str]] = {}
    measures: dict[str, set[str]] = {}
    for dimension, measure in wanted:
        measures.setdefault(dimension, set()).add(measure)
    for dimension, some in measures.items():
        by_measures.setdefault(frozenset(some), []).append(dimension)
    found: dict[tuple[str, str], int] = {}
    for chosen, dimensions in by_measures.items():
        ordered = sorted(chosen)
        by_week = [one for one in dimensions if one != ALL]
        for start in range(0, len(ordered), _AT_ONCE):
            wanted_now = {"wanted": ordered[start : start + _AT_ONCE], **_span(first, last)}
            if ALL in dimensions:
                asked = {**wanted_now, "dimensions": [ALL]}
                _read(session, _SUMS, asked, found)
            if by_week:
                weekly = [WEEK + one for one in by_week]
                asked = {**wanted_now, "dimensions": by_week, "weekly": weekly}
                _read(session, _SUMS_BY_WEEK, asked, found)
    return found


def _read(
    session: Session,
    question: Executable,
    asked: dict[str, object],
    found: dict[tuple[str, str], int],
) -> None:
    for dimension, measure, n in session.connection().execute(question, asked).all():
        key = (dimension.removeprefix(WEEK), measure)
        found[key] = found.get(key, 0) + int(n)


def _sum(dimensions: str, days: Iterable[ColumnElement[bool]]) -> Any:
    among = col(TallyRow.dimension).in_(bindparam(dimensions, expanding=True))
    return (
        select_columns(col(TallyRow.dimension), col(TallyRow.measure), func.sum(col(TallyRow.n)))
        .where(among, _MEASURED, *days)
        .group_by(col(TallyRow.dimension), col(TallyRow.measure))
    )


_SUMS = _sum("dimensions", _WHOLE)
_SUMS_BY_WEEK = _by_weeks(_sum, "dimensions", "weekly")


def by_day(
    session: Session, dimension: str, measure: str, first: date, last: date
) -> dict[tuple[str, date], int]:
    """One measure day by day, from `first` to `last` (both included), as (value, day) -> n."""
    asked = {"dimension": dimension, "measure": measure, "first": first, "last": last}
    found = session.connection().execute(_BY_DAY, asked)
    return {(value, day): n for value, day, n in found if n}


_BY_DAY = select_columns(col(TallyRow.value), col(TallyRow.day), col(TallyRow.n)).where(
    col(TallyRow.dimension) == bindparam("dimension"),
    col(TallyRow.measure) == bindparam("measure"),
    col(TallyRow.day).between(bindparam("first"), bindparam("last")),
)
