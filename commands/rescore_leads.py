"""New criteria are in force: the scores of all open leads follow, batch by batch.

What a batch is worth is worked out in another process (`scored`, `distribution`, which read the
database there); here it is only written. An interrupted rescoring goes on where leads still have a
score under other criteria.

Leads that a trial's challenger scored keep that while the trial runs. Its number is higher than
that of the criteria in force; when it ends without coming into force, the leads are due again, with
scores `upto` its number.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

from sqlmodel import Session

from commands import outgoing, receive_lead
from commands.context import Context
from commands.criteria_in_force import newest_in_force
from leads.criteria import Criteria, Group
from leads.lifecycle import Stage
from storage import job_runs, proposals
from storage.database import Database
from storage.lead_scores import on_offer, write_scores
from storage.tables import LeadRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# What needs numpy is imported where it is needed: the bot does without it.

JOB = "rescore_leads"
READ_AT_ONCE = 60_000
"""The more, the fewer times each title is looked at; so many take 200 MB."""
READ_FIRST = 10_000
"""So many at first, for nothing is written before they are read."""
WRITTEN_AT_ONCE = 2_000
"""So many in one transaction: those who click wait for it."""
_WORK_OF_A_CARD = 40
"""So many leads are written while the cards of one are put down to be drawn again."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some leads under the newest criteria."""

    version: int
    upto: int
    """Scores under other criteria up to this number are replaced."""
    last_id: int
    leads: int
    scores: tuple[str, ...]
    """What `write_batch` takes, one for each transaction."""
    shown: tuple[tuple[int, ...], ...]
    """Of each of these, the leads that are on offer and get another score."""
    reached: tuple[int, ...]
    """Ids of new leads that weren't worth a handover and now are: for `qualify`."""


def due(session: Session) -> int | None:
    """The version in force, if it isn't noted down yet that the open leads are scored under it."""
    version = newest_in_force(session).criteria.version
    period = _period(version, over(session))
    return None if job_runs.has_run(session, JOB, period) else version


def over(session: Session) -> int:
    """The highest number under which no lead is scored any more, but for the one in force: that
    one's, or that of a trial that ended since."""
    version = newest_in_force(session).criteria.version
    return max(version, proposals.last_ended_trial(session))


def _period(version: int, upto: int) -> str:
    return str(version) if upto == version else f"{version} after {upto}"


def scored(url: str, now: datetime, after_id: int, limit: int) -> Batch | None:
    """As `read_batch`, in whatever process this is called."""
    return _reader(url).read_now(lambda session: read_batch(session, now, after_id, limit))


def read_batch(
    session: Session, now: datetime, after_id: int, limit: int, at_once: int = WRITTEN_AT_ONCE
) -> Batch | None:
    """The next open leads after this id that were scored under older criteria than those in force,
    with what they score now, `at_once` for a transaction. None when there are no more."""
    import numpy as np

    from storage.lead_columns import Needs, read_open

    criteria, upto = newest_in_force(session).criteria, over(session)
    found = read_open(
        session,
        Needs.of(criteria),
        now,
        after_id=after_id,
        limit=limit,
        before_version=criteria.version,
        upto=upto,
    )
    if found is None:
        return None
    groups = found.table.grouped(criteria)
    ids, points = np.array(found.ids), groups[Group.FIT] + groups[Group.ENGAGEMENT]
    ready = np.flatnonzero(points >= criteria.threshold)
    new = [row for row in ready.tolist() if found.stages[row] == Stage.NEW]
    bars = _thresholds(session, {found.versions[row] for row in new})
    reached = [row for row in new if found.scores[row] < bars.get(found.versions[row], inf)]
    offered = np.intersect1d(ids, on_offer(session, found.ids[0], found.ids[-1]))
    rows = np.searchsorted(ids, offered)
    shown = offered[points[rows] != np.array([found.scores[row] for row in rows.tolist()])]
    scores = np.column_stack([ids, groups[Group.FIT], groups[Group.ENGAGEMENT]])
    kept = np.delete(scores, reached, axis=0)
    parts = _parts(kept[:, 0], shown, at_once)
    return Batch(
        version=criteria.version,
        upto=upto,
        last_id=found.ids[-1],
        leads=len(found.ids),
        scores=tuple(_as_json(kept[part]) for part in parts),
        shown=tuple(tuple(np.intersect1d(kept[part, 0], shown).tolist()) for part in parts),
        reached=tuple(found.ids[row] for row in reached),
    )


def _parts(ids: "NDArray[np.int64]", shown: "NDArray[np.int64]", at_once: int) -> list[slice]:
    """What is written in one transaction each: the fewer leads the more cards are drawn again."""
    import numpy as np

    work = np.cumsum(np.where(np.isin(ids, shown), _WORK_OF_A_CARD, 1))
    ends = (np.flatnonzero(np.diff(work // at_once, append=-1)) + 1).tolist()
    return [slice(start, end) for start, end in pairwise([0, *ends])]


def _as_json(scores: "NDArray[np.int64]") -> str:
    """A list of lists of whole numbers, in half of the time that `json` takes."""
    return f"[{','.join(['[%d,%d,%d]'] * len(scores))}]" % tuple(scores.ravel().tolist())


def write_batch(ctx: Context, batch: Batch, part: int) -> int:
    """Keep one part of the scores; how many leads were changed. Leads that were scored anew
    meanwhile keep their score, and handoffs what was known when they were offered; but whoever has
    still to decide on one sees on its card what it has now."""
    written = write_scores(ctx.session, batch.scores[part], batch.version, batch.upto)
    for lead_id in batch.shown[part]:
        outgoing.refresh(ctx, lead_id)
    return written


def qualify(ctx: Context, lead_id: int) -> bool:
    """Score a new lead under the criteria in force and, where it earns that, hand it over like one
    that has just come in. False when it was scored anew or moved on already."""
    row = ctx.session.get(LeadRow, lead_id, with_for_update={"key_share": True})
    version = newest_in_force(ctx.session).criteria.version
    if row is None or row.stage != Stage.NEW or row.criteria_version == version:
        return False
    return receive_lead.rescore(ctx, row).stage is Stage.MQL


def finish(ctx: Context, version: int, upto: int | None = None) -> bool:
    """Note down that every open lead is scored under this version, and none under others `upto`
    that number. False when another is in force by now, or another process was first."""
    if newest_in_force(ctx.session).criteria.version != version:
        return False
    period = _period(version, version if upto is None else upto)
    return job_runs.claim(ctx.session, JOB, period, ctx.now)


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """How many open leads have which score: now, and under other criteria."""

    now: Mapping[int, int]
    then: Mapping[int, int]

    @property
    def leads(self) -> int:
        """How many leads that are."""
        return sum(self.now.values())


def distribution(url: str, criteria: Criteria, now: datetime) -> Distribution:
    """As `scores_under`, in whatever process this is called."""
    return _reader(url).read_now(lambda session: scores_under(session, criteria, now))


def scores_under(session: Session, criteria: Criteria, now: datetime) -> Distribution:
    """What the scores of all open leads are, and what they would be under these criteria."""
    from storage.lead_columns import Needs, read_open

    needs, after_id = Needs.of(criteria), 0
    before: Counter[int] = Counter()
    after: Counter[int] = Counter()
    while found := read_open(session, needs, now, after_id=after_id, limit=READ_AT_ONCE):
        after_id = found.ids[-1]
        before.update(found.scores)
        after.update(found.table.scores(criteria).tolist())
    return Distribution(now=dict(before), then=dict(after))


def _thresholds(session: Session, versions: set[int]) -> dict[int, int]:
    """The thresholds of these versions of the criteria, as far as they are known."""
    found = {version: proposals.known_criteria(session, version) for version in versions}
    return {version: one.threshold for version, one in found.items() if one is not None}


@lru_cache(maxsize=1)
def _reader(url: str) -> Database:
    """Kept open for the next batch; the process ends when there is none for a while."""
    return Database.open(url)
