"""Scores of many leads, written at once."""

from typing import NamedTuple

from sqlalchemy import bindparam, exists, text
from sqlalchemy import select as columns
from sqlmodel import Session, col

from leads.lifecycle import HandoffState, Stage
from storage.tables import HandoffRow, LeadRow
from storage.upsert import dialect_of

OPEN_STAGES = (Stage.NEW, Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY, Stage.RECYCLED)
"""The stages of leads that may still become something; only their scores matter to anybody."""


class NewScore(NamedTuple):
    """A lead's score under other criteria."""

    lead_id: int
    fit: int
    engagement: int


# One statement on one JSON text: while the database works on it, other threads can run, which
# thousands of small statements don't let them.
_WRITE = """
UPDATE lead SET score = {fit} + {engagement}, score_fit = {fit}, score_engagement = {engagement},
    criteria_version = :version
FROM {rows} WHERE lead.id = {lead_id}
    AND lead.criteria_version <> :version AND lead.criteria_version <= :upto
"""
_ROWS = {
    "sqlite": "json_each(:scores) AS n",
    "postgresql": "json_array_elements(:scores) AS n(value)",
}
_CELL = {
    "sqlite": "json_extract(n.value, '$[{}]')",
    "postgresql": "CAST(n.value ->> {} AS integer)",
}
_WRITES = {
    dialect: text(
        _WRITE.format(
            rows=_ROWS[dialect],
            **{name: cell.format(place) for place, name in enumerate(NewScore._fields)},
        )
    )
    for dialect, cell in _CELL.items()
}


def write_scores(session: Session, scores: str, version: int, upto: int | None = None) -> int:
    """Keep scores under these criteria: a JSON list of `NewScore`s. Leads that got a score under
    these or newer ones (than `upto`) meanwhile keep that. Returns how many were changed."""
    written = session.connection().execute(
        _WRITES[dialect_of(session)], _under(version, upto) | {"scores": scores}
    )
    return written.rowcount


_OLDER = columns(
    exists().where(
        col(LeadRow.stage).in_(OPEN_STAGES),
        col(LeadRow.criteria_version) != bindparam("version"),
        col(LeadRow.criteria_version) <= bindparam("upto"),
    )
)


_ON_OFFER = columns(col(HandoffRow.lead_id)).where(
    col(HandoffRow.lead_id).between(bindparam("first"), bindparam("last")),
    col(HandoffRow.state) == HandoffState.OFFERED.value,
)


def on_offer(session: Session, first: int, last: int) -> list[int]:
    """Of the leads from the id `first` to `last`, those that a rep has still to decide on."""
    found = session.connection().execute(_ON_OFFER, {"first": first, "last": last})
    return list(found.scalars())


def any_under_older(session: Session, version: int, upto: int | None = None) -> bool:
    """Whether any open lead has a score under an older version of the criteria; or under another
    one up to `upto`, for a trial that has ended has a higher number than what is in force."""
    return bool(session.connection().execute(_OLDER, _under(version, upto)).scalar_one())


def _under(version: int, upto: int | None) -> dict[str, object]:
    return {"version": version, "upto": version if upto is None else upto}
