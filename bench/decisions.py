"""What became of the made-up leads: decided, touched, sold and answered, with the rows and the
counts of it. Everybody of the company always works, so that business time is time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random

from commands.tallied import counts, narrowed, spans
from leads.durations import Leg
from storage import tally
from storage.tally import Count

Row = dict[str, object]

_ACCEPTED = 0.7
_REACHED = 0.6
_PROMISED = {
    "decide": timedelta(hours=1),
    "touch": timedelta(hours=24),
    "answer": timedelta(days=2),
}
_STAGES = (("sql", Leg.SQL, 0.6, 40), ("opportunity", Leg.OPPORTUNITY, 0.5, 90))
"""Name, leg, how many get there and how many hours that takes in the middle."""
_WON = 0.4
_WON_AFTER = 200

Tallied = Counter[tuple[str, str, str, date]]


def add(tallied: Tallied, found: Iterable[Count]) -> None:
    """Count these."""
    for one in found:
        tallied[one.dimension, one.measure, one.value, one.day] += one.n


class Decisions:
    """What happens to one handoff after another."""

    def __init__(
        self,
        *,
        now: datetime,
        random: Random,
        reasons: list[tuple[str, str, str]],
        owner: str,
        tallied: Tallied,
    ) -> None:
        self._now = now
        self._random = random
        self._reasons = reasons
        self._owner = owner
        self._tallied = tallied
        self._feedback = 0

    def decide(
        self, lead: Row, handoff: Row, at: datetime, values: Mapping[str, str], first: str
    ) -> Iterator[tuple[str, Row]]:
        """The rows of a decision on an offer made at `at`; changes those of lead and handoff."""
        decided_at = self._after(at, 0.5)
        took = decided_at - at
        late = took - _PROMISED["decide"]
        handoff |= {
            "decided_at": told(decided_at),
            "decided_by": handoff["rep"],
            "decided_after": int(took.total_seconds()),
            "decided_late": int(late.total_seconds()) if late > timedelta() else None,
        }
        legs = (Leg.DECISION, Leg.LATE_DECISION)
        self._count_promise(at.date(), "decided", legs, took, late, values)
        self._feedback += 1
        decided: Row = {
            "id": self._feedback,
            "handoff_id": handoff["id"],
            "lead_id": lead["id"],
            "decision": "accepted",
            "reason": None,
            "reason_label": None,
            "teaches": None,
            "decided_by": handoff["rep"],
            "decided_at": told(decided_at),
            "snapshot": handoff["snapshot"],
        }
        if self._random.random() < _ACCEPTED:
            yield "feedback", decided
            yield from self._work(lead, handoff, decided_at, at, values, first)
            return
        code, label, teaches = self._random.choice(self._reasons)
        handoff["state"] = "rejected"
        lead["stage"] = "disqualified"
        self._count_rejected(at.date(), code, values)
        given = {"reason": code, "reason_label": label, "teaches": teaches}
        yield "feedback", decided | given | {"decision": "rejected"}
        yield "rejection", self._answer(decided, decided_at, values)

    def _work(
        self,
        lead: Row,
        handoff: Row,
        accepted: datetime,
        mql_at: datetime,
        values: Mapping[str, str],
        first: str,
    ) -> Iterator[tuple[str, Row]]:
        """An accepted lead that was worked to its end."""
        day = mql_at.date()
        credited = {**values, "first_campaign": first}
        add(self._tallied, counts(day, ("accepted",), values, 1))
        add(self._tallied, counts(day, ("reached_sal",), credited, 1))
        self._time(day, Leg.SAL, accepted - mql_at, values)
        touched = self._after(accepted, 9)
        took, due = touched - accepted, accepted + _PROMISED["touch"]
        late = touched - due
        handoff |= {
            "state": "completed",
            "contact_by": told(due),
            "first_touch_at": told(touched),
            "touched_after": int(took.total_seconds()),
            "touched_late": int(late.total_seconds()) if late > timedelta() else None,
            "touches": 1,
        }
        legs = (Leg.FIRST_TOUCH, Leg.LATE_TOUCH)
        self._count_promise(day, "touched", legs, took, late, values)
        is_reached = self._random.random() < _REACHED
        by = {"rep": values["rep"]}
        add(
            self._tallied,
            counts(day, ("touches", *(("touches_kept",) if is_reached else ())), by, 1),
        )
        lead |= {"owner": handoff["rep"], "sal_at": told(accepted)}
        is_lost = self._sell(lead, accepted, touched, mql_at, credited)
        if is_lost and not is_reached:
            add(self._tallied, counts(day, ("touches_short",), by, 1))
        yield (
            "touch",
            {
                "handoff_id": handoff["id"],
                "lead_id": lead["id"],
                "kind": "called",
                "outcome": "reached" if is_reached else "no_answer",
                "by": handoff["rep"],
                "at": told(touched),
            },
        )

    def _sell(
        self,
        lead: Row,
        accepted: datetime,
        touched: datetime,
        mql_at: datetime,
        credited: Mapping[str, str],
    ) -> bool:
        """From SAL to won or lost; whether it was lost."""
        day, since, at = mql_at.date(), accepted, touched
        for stage, leg, share, hours in _STAGES:
            if self._random.random() >= share:
                return self._lose(lead, day, at, credited)
            at = self._after(at, hours)
            lead |= {"stage": stage, f"{stage}_at": told(at)}
            add(self._tallied, counts(day, (f"reached_{stage}",), credited, 1))
            self._time(day, leg, at - since, credited)
            since = at
        amount = self._random.randint(1, 60) * 500
        lead["amount"] = float(amount)
        self._worth(day, at.date(), "pipeline", "opened", amount, credited)
        if self._random.random() >= _WON:
            return self._lose(lead, day, at, credited)
        at = self._after(at, _WON_AFTER)
        lead |= {"stage": "won", "won_at": told(at)}
        add(self._tallied, counts(day, ("reached_won",), credited, 1))
        self._worth(day, at.date(), "revenue", "booked", amount, credited)
        self._time(day, Leg.WON, at - since, credited)
        self._time(day, Leg.CYCLE, at - mql_at, credited)
        return False

    def _lose(self, lead: Row, day: date, at: datetime, credited: Mapping[str, str]) -> bool:
        lead |= {"stage": "lost", "lost_at": told(at)}
        add(self._tallied, counts(day, ("lost",), credited, 1))
        return True

    def _answer(self, decided: Row, at: datetime, values: Mapping[str, str]) -> Row:
        """Marketing's answer to a rejection, unless that is still to come."""
        due = at + _PROMISED["answer"]
        answered = at + timedelta(hours=self._random.lognormvariate(3, 0.8))
        brought = {name: values[name] for name in ("campaign", "source")}
        add(self._tallied, counts(at.date(), ("answer_owed",), brought, 1))
        row: Row = {
            "feedback_id": decided["id"],
            "handoff_id": decided["handoff_id"],
            "lead_id": decided["lead_id"],
            "owner": self._owner,
            "rejected_at": decided["decided_at"],
            "answer_by": told(due),
            "answer": None,
            "answered_by": None,
            "answered_at": None,
        }
        if answered > self._now:
            return row
        is_late = answered > due
        measure = "answered_late" if is_late else "answered_in_time"
        add(self._tallied, counts(at.date(), (measure,), brought, 1))
        if is_late:
            add(self._tallied, spans(at.date(), Leg.LATE_ANSWER, answered - due, {}, 1))
        return row | {"answer": "agreed", "answered_by": self._owner, "answered_at": told(answered)}

    def _after(self, at: datetime, hours: float) -> datetime:
        """So many hours later in the middle, but not in the future."""
        later = timedelta(hours=hours * self._random.lognormvariate(0, 1))
        return min(at + later, self._now)

    def _count_promise(
        self,
        day: date,
        act: str,
        legs: tuple[Leg, Leg],
        took: timedelta,
        late: timedelta,
        values: Mapping[str, str],
    ) -> None:
        by = {"rep": values["rep"]}
        is_late = late > timedelta()
        measure = f"{act}_late" if is_late else f"{act}_in_time"
        add(self._tallied, counts(day, (measure,), by, 1))
        add(self._tallied, spans(day, legs[0], whole(took), by, 1))
        if is_late:
            add(self._tallied, spans(day, legs[1], whole(late), by, 1))

    def _count_rejected(self, day: date, code: str, values: Mapping[str, str]) -> None:
        add(self._tallied, counts(day, ("rejected",), {**values, "reason": code}, 1))
        for dimension, value in values.items():
            self._tallied[narrowed(dimension, value), "rejected", code, day] += 1

    def _time(self, day: date, leg: Leg, took: timedelta, values: Mapping[str, str]) -> None:
        add(self._tallied, spans(day, leg, took, {"campaign": values["campaign"]}, 1))

    def _worth(
        self, day: date, then: date, measure: str, dated: str, n: int, on: Mapping[str, str]
    ) -> None:
        add(self._tallied, counts(day, (measure,), on, n))
        self._tallied[tally.ALL, dated, "", then] += n


def told(moment: datetime) -> str:
    """As the database keeps times: UTC without saying so."""
    return moment.isoformat(" ", "microseconds")


def whole(span: timedelta) -> timedelta:
    """In seconds, as a handoff keeps it."""
    return timedelta(seconds=int(span.total_seconds()))
