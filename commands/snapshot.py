"""What was known about a lead at the moment of its handoff; kept with the handoff and with every
feedback on it, and never rewritten.

Keys: `taken_at` (ISO, UTC), `criteria_version`, `score`, `fit`, `engagement`, `lines` (each with
`rule`, `label`, `group`, `points`, `evidence`), `because` (the events that earned points: pairs of
type and name, best first) and `fields` (every known field by its path, such as `company.name`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import cast

from leads.criteria import (
    AllOf,
    AnyOf,
    Condition,
    Criteria,
    EventCondition,
    FieldCondition,
    Group,
    Not,
    Score,
    ScoreLine,
)
from leads.lead import COMPANY_FIELDS, LEAD_FIELDS, Company, Lead


def take(lead: Lead, score: Score, criteria: Criteria, now: datetime) -> dict[str, object]:
    """The snapshot as JSON values."""
    return {
        "taken_at": now.isoformat(),
        "criteria_version": score.criteria_version,
        "score": score.points,
        "fit": score.fit,
        "engagement": score.engagement,
        "lines": [asdict(line) | {"group": line.group.value} for line in score.lines],
        "because": _because(score, criteria),
        "fields": _fields(lead),
    }


@dataclass(frozen=True, kw_only=True)
class Credit:
    """What brought a lead that was handed over."""

    campaign: str | None
    source: str | None


def credit_of(snapshot: Mapping[str, object]) -> Credit:
    """The campaign and the source that the handoff is counted under, whatever the lead came by
    since."""
    known = cast("Mapping[str, str | None]", snapshot.get("fields", {}))
    return Credit(campaign=known.get("campaign"), source=known.get("source"))


def score_of(snapshot: Mapping[str, object]) -> Score:
    """The score and its explanation as they were at the handoff."""
    lines = cast("list[dict[str, object]]", snapshot.get("lines", []))
    return Score(
        points=cast("int", snapshot.get("score", 0)),
        fit=cast("int", snapshot.get("fit", 0)),
        engagement=cast("int", snapshot.get("engagement", 0)),
        lines=tuple(_line(line) for line in lines),
        criteria_version=cast("int", snapshot.get("criteria_version", 0)),
    )


def because_of(snapshot: Mapping[str, object]) -> tuple[tuple[str, str | None], ...]:
    """Type and name of the events that earned points, best first; a name of None is any name."""
    pairs = cast("list[list[str | None]]", snapshot.get("because", []))
    return tuple((kind, name) for kind, name in pairs if kind is not None)


def _line(line: Mapping[str, object]) -> ScoreLine:
    return ScoreLine(
        rule=cast("str", line["rule"]),
        label=cast("str", line["label"]),
        group=Group(cast("str", line["group"])),
        points=cast("int", line["points"]),
        evidence=cast("str | None", line.get("evidence")),
    )


def _because(score: Score, criteria: Criteria) -> list[list[str | None]]:
    rules = {rule.id: rule for rule in criteria.rules}
    best = sorted(score.lines, key=lambda line: -line.points)
    found = [
        [event.event, event.name]
        for line in best
        if line.points > 0 and line.rule in rules
        for event in _events_in(rules[line.rule].when)
    ]
    return list(found)


def _events_in(condition: Condition) -> Iterator[EventCondition]:
    match condition:
        case EventCondition():
            yield condition
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            for part in parts:
                yield from _events_in(part)
        case FieldCondition() | Not():
            return


def _fields(lead: Lead) -> dict[str, object]:
    known: dict[str, object] = {}
    for path in sorted(LEAD_FIELDS) + [f"company.{name}" for name in _COMPANY]:
        value = lead.value(path)
        if value is not None:
            known[path] = list(value) if isinstance(value, tuple) else value
    return known | {f"extra.{name}": value for name, value in lead.extra.items()}


_COMPANY = [item.name for item in fields(Company) if item.name in COMPANY_FIELDS]
