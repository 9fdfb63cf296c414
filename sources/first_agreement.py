"""The agreement that `learn` writes: criteria from decided leads, and a start for the rest."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final
from zlib import crc32

from leads.agreement import (
    Agreement,
    Asks,
    MarketingPromise,
    Reason,
    Rung,
    SalesPromise,
    Step,
    Teaches,
    Unit,
    WorkDuration,
)
from leads.criteria import Condition, Criteria, FieldCondition, FieldTest
from leads.person import Role, Team
from sources.outcome_csv import DecidedLeads
from storage import agreement_file

_MOST_REASONS = 7
_RARE = 0.01
"""A reason given for a smaller share of the rejections is left to "Something else"."""

_OTHER = Reason(code="other", label="Something else", teaches=Teaches.OTHER, asks=Asks.TEXT)
_USUAL = (
    Reason(code="no_need", label="Doesn't need what we sell", teaches=Teaches.FIT),
    Reason(code="wrong_role", label="No say in buying", teaches=Teaches.FIT),
    Reason(code="not_now", label="Not now, later", teaches=Teaches.TIMING, asks=Asks.DATE),
    Reason(code="duplicate", label="We have this lead", teaches=Teaches.DATA, asks=Asks.LEAD),
    Reason(code="unreachable", label="Can't be reached", teaches=Teaches.REACH),
    _OTHER,
)
_ASKS: Mapping[Teaches, Asks] = {
    Teaches.TIMING: Asks.DATE,
    Teaches.ROUTING: Asks.PERSON,
    Teaches.OTHER: Asks.TEXT,
}
_LONGEST_CODE = 40
_LONGEST_LABEL = 70
_SMALL: Final = 200
_NOBODY = "mia@acme.example"


def drafted(criteria: Criteria, decided: DecidedLeads, team: Team | None, name: str) -> Agreement:
    """An agreement with these criteria that fits the team, where there is one: its people decide
    the zone, the fallback and the segments. Reasons are those of the file."""
    return Agreement(
        name=f"Marketing and sales, from {name}",
        timezone=_zone(team),
        fallback=_fallback(team),
        definitions={
            "icp": "Say here which companies and people you sell to.",
            "mql": "Reaches the threshold of the criteria below.",
            "sal": "A rep looked at the lead and accepted it.",
            "sql": "A rep spoke with the lead, and need, budget and a time are confirmed.",
        },
        segments=_segments(team),
        sales=SalesPromise(
            accept_within=WorkDuration(amount=1, unit=Unit.HOURS),
            contact_within=WorkDuration(amount=1, unit=Unit.DAYS),
            attempts=3,
            ladder=(
                Rung(at=0.5, do=Step.REMIND),
                Rung(at=1.0, do=Step.ESCALATE),
                Rung(at=1.5, do=Step.REASSIGN),
            ),
        ),
        marketing=MarketingPromise(answer_rejections_within=WorkDuration(amount=2, unit=Unit.DAYS)),
        criteria=criteria,
        reasons=_reasons(decided),
    )


def written(agreement: Agreement, decided: DecidedLeads, name: str) -> str:
    """The agreement as TOML with comments on what to edit, and under each rule how many of the
    leads it holds for and what sales did with them."""
    rules = iter(agreement.criteria.rules)
    above = dict(_ABOVE)  # each is said once, above the first table of its name
    lines = [f"# {line}" for line in _HEAD.format(name=_plain(name)).splitlines()] + [""]
    table = ""
    for line in agreement_file.dump(agreement).splitlines():
        if line in _EMPTY:
            continue
        if line.startswith("["):
            table = line
            is_rule = line == _RULE
            note = _support(next(rules).when, decided) if is_rule else above.pop(line, "")
            lines += [f"# {part}" for part in note.splitlines()]
        beside = _BESIDE.get((table, line.partition(" = ")[0]))
        lines.append(f"{line}  # {beside}" if beside else line)
    return "\n".join(lines) + "\n"


_RULE = "[[criteria.rules]]"
_EMPTY = {"goals = []", "wins = []"}

_HEAD = """\
What marketing and sales promise each other: a start, learned from {name}.
The criteria come from the outcomes in that file. Read them: they have to make sense to you, and
you may change any of them. The rest are defaults; put in your own words and numbers.
`python app.py agreement check` then names every mistake. Every key: docs/agreement.md.
"""

_ABOVE: Mapping[str, str] = {
    "[definitions]": "The words both sides signed; /leads definitions shows them to everybody.",
    "[segments]": "Kinds of companies; people in team.toml say which they take.",
    "[sla.sales]": "What sales promises marketing, in business time: 30m, 1h, 2d.",
    "[sla.marketing]": "What marketing promises sales. Also: leads_per_week = 40,\n"
    'acceptance_rate = 0.70, required = ["email", "company.name"].',
    "[criteria]": "A lead's points are the sum of the rules that hold for it.",
    "[learning]": "How the criteria go on learning from what reps decide.",
    "[[reasons]]": "The ways to say no, as the reject form offers them; six to eight are enough.\n"
    'teaches: fit | timing | routing | data | reach | other; only "fit" may change the criteria.',
}

_BESIDE: Mapping[tuple[str, str], str] = {
    ("[agreement]", "timezone"): "days, weeks and the digest are counted here",
    ("[agreement]", "fallback"): "who gets a lead that no rep can take; has to be in team.toml",
    ("[criteria]", "threshold"): "points at which a lead goes to a rep: lower it for more leads",
    (
        "[learning]",
        "exploration",
    ): "5% offers some leads below it by chance, to learn from",
}


def _support(condition: Condition, decided: DecidedLeads) -> str:
    holds = decided.leads.holds(condition)
    n = int(holds.sum())
    if not n:
        return "Holds for none of the leads now."
    return f"{n:,} leads, of which sales took {decided.accepted[holds].mean():.0%}"


def _zone(team: Team | None) -> str:
    zones = Counter(person.timezone for person in team.people) if team else Counter(["UTC"])
    return zones.most_common(1)[0][0]


def _fallback(team: Team | None) -> str:
    if team is None:
        return _NOBODY
    for role in (Role.MANAGER, Role.ADMIN, Role.MARKETER, Role.REP):
        if found := team.with_role(role):
            return found[0].email
    return _NOBODY


def _segments(team: Team | None) -> Mapping[str, Condition]:
    """The usual two by size, and whatever else the team covers, to be defined by a person."""
    size = "company.employees"
    usual: dict[str, Condition] = {
        "smb": FieldCondition(field=size, test=FieldTest.AT_MOST, value=_SMALL),
        "enterprise": FieldCondition(field=size, test=FieldTest.AT_LEAST, value=_SMALL + 1),
    }
    covered = {one for person in team.people for one in person.segments} if team else set()
    return usual | {
        one: FieldCondition(field="extra.segment", test=FieldTest.IS, value=one)
        for one in sorted(covered - usual.keys())
    }


def _reasons(decided: DecidedLeads) -> tuple[Reason, ...]:
    """The commonest reasons of the file's rejections; the usual ones where it has none."""
    given = Counter(
        (reason, teaches)
        for reason, teaches in zip(decided.reasons, decided.teaches, strict=True)
        if reason is not None and teaches is not None and re.search(r"[^\W_]", reason)
    )
    least = _RARE * given.total()
    found: dict[str, Reason] = {}
    for (text, teaches), n in given.most_common():
        code = _code(text)
        if n < least or code in found or code == _OTHER.code or len(found) == _MOST_REASONS:
            continue
        found[code] = Reason(
            code=code, label=_plain(text), teaches=teaches, asks=_ASKS.get(teaches, Asks.NOTHING)
        )
    return (*found.values(), _OTHER) if len(found) > 1 else _USUAL


def _code(text: str) -> str:
    """ "Already a student" is already_student in the data; letters that no code takes are left
    out."""
    code = re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")[:_LONGEST_CODE].strip("_")
    return code or f"reason_{crc32(text.encode()):08x}"


def _plain(text: str) -> str:
    """A text of strangers in one short line, without signs that no screen shows."""
    words = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return words if len(words) <= _LONGEST_LABEL else f"{words[: _LONGEST_LABEL - 1]}…"
