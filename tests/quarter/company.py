"""A company of forty reps in six zones, with an agreement that binds both sides."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from leads.agreement import Agreement, Learning, OnLeave, Retuning, Rung, Step, Unit, WorkDuration
from leads.criteria import FieldCondition, FieldTest
from leads.person import Channels, HoursBlock, Leave, Person, Role, Team
from tests.commands import random_weeks, story
from tests.commands.story import person

BEGIN = datetime(2026, 10, 11, 12, tzinfo=UTC)
"""The Sunday before the first week; Europe's clocks go back in the second, America's in the
third."""
LAST_LEAD = datetime(2027, 1, 3, 22, tzinfo=UTC)
END = datetime(2027, 1, 9, 12, tzinfo=UTC)

DIGEST, HANDOFFS, WINS = "#gtm", "#handoffs", "#wins"

_WEEK = frozenset(range(5))
_SPLIT = (
    HoursBlock(days=_WEEK, start=9 * 60, end=13 * 60 + 30),
    HoursBlock(days=_WEEK, start=15 * 60, end=18 * 60 + 30),
)
_SIESTA = (
    HoursBlock(days=_WEEK, start=7 * 60, end=11 * 60),
    HoursBlock(days=_WEEK, start=16 * 60, end=20 * 60),
)
_LONG = (HoursBlock(days=frozenset({0, 1, 2, 3}), start=8 * 60, end=18 * 60),)
_SATURDAY = (
    HoursBlock(days=frozenset({1, 2, 3, 4}), start=9 * 60, end=17 * 60),
    HoursBlock(days=frozenset({5}), start=10 * 60, end=14 * 60),
)


@dataclass(frozen=True, kw_only=True)
class _Office:
    zone: str
    names: tuple[str, ...]
    manager: str
    hours: tuple[HoursBlock, ...] = ()


_OFFICES = (
    _Office(
        zone="Europe/Madrid",
        names=("Ana", "Ben", "Cem", "Dora", "Emil", "Flor", "Gael", "Hugo", "Iria"),
        manager="mia",
        hours=_SPLIT,
    ),
    _Office(
        zone="America/New_York",
        names=("Joe", "Kim", "Lou", "Meg", "Ned", "Pam", "Quin", "Rod"),
        manager="noah",
    ),
    _Office(
        zone="America/Sao_Paulo",
        names=("Sol", "Tais", "Ugo", "Vera", "Wil", "Xica"),
        manager="noah",
    ),
    _Office(
        zone="Asia/Kolkata",
        names=("Yash", "Zara", "Anil", "Bina", "Chan", "Devi"),
        manager="yuki",
        hours=_SIESTA,
    ),
    _Office(zone="Asia/Tokyo", names=("Emi", "Fumi", "Goro", "Hana", "Ichi"), manager="yuki"),
    _Office(
        zone="Australia/Sydney",
        names=("Jack", "Kai", "Lily", "Mona", "Nia", "Owen"),
        manager="yuki",
    ),
)

_ODD = {
    "Hugo": {"weight": 0.5},
    "Iria": {"capacity": 3},
    "Pam": {"hours": _LONG},
    "Quin": {"weight": 2.0},
    "Rod": {"hours": _SATURDAY},
    "Owen": {"capacity": 2},
    "Gael": {"leave": (Leave(first=date(2026, 10, 19), last=date(2026, 10, 30)),)},
    "Kim": {"leave": (Leave(first=date(2026, 11, 23), last=date(2026, 11, 27)),)},
    "Vera": {"leave": (Leave(first=date(2026, 12, 21), last=date(2027, 1, 4)),)},
    "Devi": {"leave": (Leave(first=date(2026, 11, 9), last=date(2026, 11, 10)),)},
    "Goro": {"leave": (Leave(first=date(2026, 12, 28), last=date(2027, 1, 3)),)},
    "Sol": {"territories": frozenset({"BR"})},
    "Tais": {"territories": frozenset({"BR"})},
}
ENTERPRISE = ("Emil", "Lou", "Emi")
"""The only three who sell to large companies, and nothing else."""


def _reps() -> tuple[Person, ...]:
    found = []
    for office in _OFFICES:
        for name in office.names:
            segments = {"enterprise"} if name in ENTERPRISE else {"smb"}
            rep = person(
                f"{name} Rep",
                Role.REP,
                timezone=office.zone,
                hours=office.hours,
                manager=f"{office.manager}@acme.example",
                segments=frozenset(segments),
                capacity=3 if name in ENTERPRISE else 9,
            )
            found.append(replace(rep, **_ODD.get(name, {})))  # type: ignore[arg-type]
    return tuple(found)


REPS = _reps()
MIA = story.MIA
NOAH = person("Noah Lind", Role.MANAGER, timezone="America/New_York")
YUKI = person("Yuki Abe", Role.MANAGER, timezone="Asia/Tokyo")
MAX = story.MAX
EVA = person("Eva Roth", Role.MARKETER)
TOM = person("Tom Hall", Role.MARKETER, timezone="America/New_York")
ADMIN = story.ADA

TEAM = Team(
    people=(*REPS, MIA, NOAH, YUKI, MAX, EVA, TOM, ADMIN),
    channels=Channels(handoffs=HANDOFFS, digest=DIGEST, wins=WINS),
)

CAMPAIGNS = {"spring-pricing": MAX.email, "webinar": EVA.email, "fair": TOM.email}
"""Each with its owner. What comes by none is the first marketer's."""

LADDER = (
    Rung(at=0.5, do=Step.REMIND),
    Rung(at=1.0, do=Step.ESCALATE),
    Rung(at=1.25, do=Step.MARK),
    Rung(at=2.0, do=Step.REASSIGN),
)


def agreement(on_leave: OnLeave) -> Agreement:
    """What both sides signed; `on_leave` says what leave does."""
    known = random_weeks.AGREEMENT
    large = FieldCondition(field="company.employees", test=FieldTest.AT_LEAST, value=1000)
    small = FieldCondition(field="company.employees", test=FieldTest.AT_MOST, value=999)
    return replace(
        known,
        sales=replace(
            known.sales,
            accept_within=WorkDuration(amount=2, unit=Unit.HOURS),
            contact_within=WorkDuration(amount=1, unit=Unit.DAYS),
            ladder=LADDER,
            on_leave=on_leave,
        ),
        segments={"enterprise": large, "smb": small},
        learning=Learning(retune=Retuning.NEVER),
    )
