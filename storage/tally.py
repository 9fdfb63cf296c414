"""Counts by local day, kept in step with every change, so that statistics stay cheap."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from sqlalchemy import Executable, bindparam, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from storage.tables import TallyRow
from storage.upsert import dialect_of, insert_into

ALL = "all"
"""The dimension that counts everything, under the value ""."""


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
    add_all(session, [(day, measure)], values, n)


def add_all(
    session: Session,
    happened: Iterable[tuple[date, str]],
    values: Mapping[str, str | None],
    n: int = 1,
) -> None:
    """As `add`, for several measures with their days, in one statement."""
    known = {name: value for name, value in values.items() if value and name != ALL}
    rows = [
        {"dimension": dimension, "measure": measure, "value": value, "day": day, "n": n}
        for day, measure in happened
        for dimension, value in ((ALL, ""), *known.items())
    ]
    # In one order, so that two transactions seldom wait for each other's rows; where they do,
    # because each counts several times, the database ends one and it is done again.
    rows.sort(key=lambda row: (row["dimension"], row["measure"], row["value"], row["day"]))
    session.connection().execute(_more(dialect_of(session)), rows)


@cache
def _more(dialect: str) -> Executable:
    counted = insert_into(dialect, TallyRow)
    return counted.on_conflict_do_update(
        index_elements=["dimension", "measure", "value", "day"],
        set_={"n": col(TallyRow.n) + counted.excluded.n},
    )


def totals(
    session: Session, dimension: str, measures: Iterable[str], first: date, last: date
) -> dict[str, dict[str, int]]:
    """Sums from `first` to `last` (both included) as value -> measure -> n. Every value has every
    one of `measures`, 0 where nothing was counted; a value with nothing at all is left out."""
    wanted = sorted(measures)
    found = session.exec(
        select(TallyRow.value, TallyRow.measure, func.sum(col(TallyRow.n)))
        .where(
            TallyRow.dimension == dimension,
            col(TallyRow.measure).in_(wanted),
            col(TallyRow.day).between(first, last),
        )
        .group_by(col(TallyRow.value), col(TallyRow.measure))
    )
    sums: dict[str, dict[str, int]] = {}
    for value, measure, n in found:
        sums.setdefault(value, dict.fromkeys(wanted, 0))[measure] = int(n)
    return {value: counts for value, counts in sums.items() if any(counts.values())}


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
