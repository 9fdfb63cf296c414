"""Many leads at once: read straight into columns, without a Lead for each, and their scores written
back. Needs numpy: import it only where many leads are worked on, away from the bot."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import compress
from typing import Any

import numpy as np
from sqlalchemy import (
    BigInteger,
    Select,
    SQLColumnExpression,
    Text,
    bindparam,
    cast,
    extract,
    type_coerce,
)
from sqlalchemy import select as columns
from sqlmodel import Session, col

from leads.criteria import Criteria, EventCondition, FieldCondition, tests_in
from leads.retuning.event_columns import EventColumns, moments_from_seconds
from leads.retuning.field_column import ColumnMaker
from leads.retuning.lead_table import LeadTable, place_of
from storage.lead_scores import OPEN_STAGES
from storage.tables import EventRow, LeadRow
from storage.upsert import dialect_of

_EXTRA = "extra."
_ROWS_AT_ONCE = 1_000
"""So few stay in the processor's cache until they are taken apart."""
_FIELDS: Mapping[str, SQLColumnExpression[Any]] = {
    "source": col(LeadRow.source),
    "external_id": col(LeadRow.external_id),
    "email": col(LeadRow.email),
    "first_name": col(LeadRow.first_name),
    "last_name": col(LeadRow.last_name),
    "phone": col(LeadRow.phone),
    "title": col(LeadRow.title),
    "campaign": col(LeadRow.campaign),
    "company.name": col(LeadRow.company_name),
    "company.domain": col(LeadRow.company_domain),
    "company.industry": col(LeadRow.company_industry),
    "company.employees": col(LeadRow.company_employees),
    "company.country": col(LeadRow.company_country),
}


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What criteria look at: `fields` as tables name them, and whether at events."""

    fields: frozenset[str]
    events: bool

    @classmethod
    def of(cls, criteria: Criteria) -> "Needs":
        """What these criteria look at."""
        tests = [test for rule in criteria.rules for test in tests_in(rule.when)]
        paths = {place_of(test.field) for test in tests if isinstance(test, FieldCondition)}
        return cls(
            fields=frozenset(path for path in paths if path is not None),
            events=any(isinstance(test, EventCondition) for test in tests),
        )


@dataclass(frozen=True, kw_only=True)
class LeadBatch:
    """Some leads in the order of their ids, with the stage and score that were kept."""

    ids: tuple[int, ...]
    stages: tuple[str, ...]
    versions: tuple[int, ...]
    """The criteria under which the kept scores are."""
    scores: tuple[int, ...]
    table: LeadTable


def read_open(
    session: Session,
    needs: Needs,
    now: datetime,
    *,
    after_id: int,
    limit: int,
    before_version: int | None = None,
    upto: int | None = None,
) -> LeadBatch | None:
    """The next `limit` open leads after this id as they are at `now`, with what criteria need of
    them; with `before_version`, only those scored under an older version, or under another one up
    to `upto`. None at the end."""
    places = sorted(needs.fields & _FIELDS.keys())
    query = _open_leads(places, needs, before_version)
    highest = before_version if upto is None else upto
    values = {"after": after_id, "limit": limit, "version": before_version, "upto": highest}
    kept: tuple[list[Any], ...] = ([], [], [], [])
    makers = {place: ColumnMaker() for place in needs.fields}
    for found in _parts(session, query, values):
        for column, more in zip(kept, found, strict=False):
            column.extend(more)
        rest = iter(found[len(kept) :])
        for place in places:
            makers[place].add(next(rest))
        if "interests" in makers:
            makers["interests"].add([tuple(some) or None for some in _parsed(next(rest))])
        if names := [place for place in makers if place.startswith(_EXTRA)]:
            extras = _parsed(next(rest))
            for name in names:
                key = name.removeprefix(_EXTRA)
                makers[name].add([extra.get(key) for extra in extras])
    ids, stages, versions, scores = map(tuple, kept)
    if not ids:
        return None
    table = LeadTable.of_columns(
        moments_from_seconds(np.full(len(ids), now.timestamp())),
        {place: maker.made() for place, maker in makers.items()},
        _events(session, ids) if needs.events else EventColumns.none(),
    )
    return LeadBatch(ids=ids, stages=stages, versions=versions, scores=scores, table=table)


def _open_leads(
    places: Sequence[str], needs: Needs, before_version: int | None
) -> Select[*tuple[Any, ...]]:
    """JSON comes as text, which both databases have alike."""
    wanted: list[SQLColumnExpression[Any]] = [_FIELDS[place] for place in places]
    if "interests" in needs.fields:
        wanted.append(cast(col(LeadRow.interests), Text))
    if any(place.startswith(_EXTRA) for place in needs.fields):
        wanted.append(cast(col(LeadRow.extra), Text))
    query = columns(
        col(LeadRow.id),
        col(LeadRow.stage),
        col(LeadRow.criteria_version),
        col(LeadRow.score),
        *wanted,
    ).where(col(LeadRow.id) > bindparam("after"), col(LeadRow.stage).in_(OPEN_STAGES))
    if before_version is not None:
        query = query.where(
            col(LeadRow.criteria_version) != bindparam("version"),
            col(LeadRow.criteria_version) <= bindparam("upto"),
        )
    return query.order_by(col(LeadRow.id)).limit(bindparam("limit"))


def _parsed(texts: Sequence[str]) -> list[Any]:
    """Texts of JSON; all of them as one are parsed twice as fast."""
    parsed: list[Any] = json.loads(f"[{','.join(texts)}]")
    return parsed


def by_column(session: Session, query: Select[*tuple[Any, ...]], **values: object) -> list[Any]:
    """What a query of plain numbers and texts finds, by column. Nothing when it finds nothing."""
    found_columns: list[list[Any]] = []
    for found in _parts(session, query, values):
        found_columns = found_columns or [[] for _ in found]
        for column, more in zip(found_columns, found, strict=True):
            column.extend(more)
    return found_columns


def _parts(
    session: Session, query: Select[*tuple[Any, ...]], values: Mapping[str, object]
) -> Iterator[list[tuple[Any, ...]]]:
    """What a query finds, by column, some rows at a time, from the driver itself: making rows of
    it takes as long again."""
    found = session.connection().execute(query, values)
    assert found.cursor is not None
    while rows := found.cursor.fetchmany(_ROWS_AT_ONCE):
        yield list(zip(*rows, strict=True))
    found.close()


MOMENTS: Mapping[str, SQLColumnExpression[Any]] = {
    "sqlite": type_coerce(col(EventRow.at), Text),
    "postgresql": cast(extract("epoch", col(EventRow.at)) * 1_000_000, BigInteger),
}
"""Moments as each database gives them away fastest."""
_EVENTS = {
    dialect: columns(col(EventRow.lead_id), col(EventRow.type), col(EventRow.name), at).where(
        col(EventRow.lead_id).between(bindparam("first"), bindparam("last"))
    )
    for dialect, at in MOMENTS.items()
}


def _events(session: Session, ids: Sequence[int]) -> EventColumns:
    """What the leads with these ids, in order, did."""
    dialect = dialect_of(session)
    found = by_column(session, _EVENTS[dialect], first=ids[0], last=ids[-1])
    if not found:
        return EventColumns.none()
    lead_ids, types, names, at = found
    moments = np.array(at, "datetime64[us]" if dialect == "sqlite" else np.int64).astype(np.int64)
    all_ids = np.array(ids)
    rows = np.searchsorted(all_ids, lead_ids)
    kinds = list(zip(types, names, strict=True))
    ours = all_ids[rows] == lead_ids  # leads in between may not be open
    if not ours.all():
        rows, moments, kinds = rows[ours], moments[ours], list(compress(kinds, ours))
    return EventColumns.of(rows, kinds, moments)
