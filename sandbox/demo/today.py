"""What happened in the hours before somebody opens the page, told in chat as it would have been: a
rejection that waits for marketing's answer, one that marketing contests, a large win, a rep who is
late, and one who will be soon."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from commands import climb_ladders, receive_lead, reject_lead, win_lead
from commands.context import Context, Setup
from commands.receive_lead import IncomingLead
from commands.rejections import contesting
from commands.reply import Nothing, Reply
from leads.lead import Company, EngagementEvent
from sandbox.demo import cast
from storage import handoffs, leads, rejections
from storage.database import Session

_LARGE = "24000"
"""The amount of the win."""
_EVIDENCE = "They asked for a quote for 40 seats today, and three of them were in the webinar"


@dataclass(frozen=True, kw_only=True)
class _Comer:
    """Somebody who came up today."""

    name: tuple[str, str]
    title: str
    company: Company
    campaign: str
    source: str
    did: tuple[tuple[str, str, float], ...]
    """Events with how many hours before they came up."""


_SMALL = _Comer(
    name=("Solveig", "Aumann"),
    title="Head of Design",
    company=Company(
        name="Nordlicht Entwürfe",
        domain="nordlicht-entwuerfe.example",
        industry="engineering",
        employees=28,
        country="CH",
    ),
    campaign="cad-webinar",
    source="newsletter",
    did=(
        ("webinar", "Drawings without e-mail", 150),
        ("page_view", "/pricing", 2),
        ("webinar", "CAD reviews in half the time", 1),
    ),
)
_NO_SAY = _Comer(
    name=("Bertrand", "Sillon"),
    title="Project Engineer",
    company=Company(
        name="Ateliers Courcelle",
        domain="ateliers-courcelle.example",
        industry="manufacturing",
        employees=260,
        country="FR",
    ),
    campaign="spring-pricing",
    source="search ads",
    did=(
        ("page_view", "/product", 30),
        ("page_view", "/customers", 4),
        ("page_view", "/pricing", 1),
        ("download", "Pricing Guide", 0.2),
    ),
)
_SOON = _Comer(
    name=("Amaia", "Echeverri"),
    title="CIO",
    company=Company(
        name="Astilleros Ribadelmar",
        domain="ribadelmar.example",
        industry="engineering",
        employees=310,
        country="ES",
    ),
    campaign="demo-request",
    source="referral",
    did=(
        ("page_view", "/security", 28),
        ("page_view", "/pricing", 2),
        ("form_submit", "Demo request", 0.2),
    ),
)
_WAITS = _Comer(
    name=("Rosalind", "Thackeray"),
    title="VP Engineering",
    company=Company(
        name="Marlowe Castings",
        domain="marlowe-castings.example",
        industry="manufacturing",
        employees=420,
        country="GB",
    ),
    campaign="demo-request",
    source="website",
    did=(
        ("page_view", "/customers", 40),
        ("page_view", "/pricing", 1),
        ("form_submit", "Demo request", 0.1),
    ),
)


def tell(session: Session, setup: Setup, now: datetime) -> None:
    """All of it, each deed at its own moment before `now`."""

    def ago(minutes: float, by: str = "") -> Context:
        at = now - timedelta(minutes=minutes)
        return Context(session=session, now=at, setup=setup, actor=setup.team.find(by))

    small, by = _arrives(ago(190), _SMALL)
    no_say, by_other = _arrives(ago(176), _NO_SAY)
    _do(reject_lead.reject, ago(168, by), small, reason="too_small")
    _do(reject_lead.reject, ago(151, by_other), no_say, reason="wrong_role")
    contested = rejections.newest_of(session, small)
    assert contested is not None
    marketer = ago(95, contested.owner)
    _do(contesting.contest, marketer, contested.feedback_id, evidence=_EVIDENCE)
    _arrives(ago(66), _WAITS)
    _win(ago(48), ago)
    climb_ladders.climb(ago(35))
    _arrives(ago(34), _SOON)
    climb_ladders.climb(ago(3))


def _arrives(ctx: Context, comer: _Comer) -> tuple[int, str]:
    """The handoff that follows, and its rep."""
    first, last = comer.name
    email = f"{first}.{last}@{comer.company.domain}".lower()
    got = receive_lead.receive(
        ctx,
        IncomingLead(
            external_id=f"T-{last}",
            email=email,
            source=comer.source,
            first_name=first,
            last_name=last,
            title=comer.title,
            company=comer.company,
            campaign=comer.campaign,
            created_at=ctx.now,
            events=tuple(
                EngagementEvent(
                    id=f"T-{last}-{step}", type=kind, name=name, at=ctx.now - timedelta(hours=hours)
                )
                for step, (kind, name, hours) in enumerate(comer.did)
            ),
        ),
    )
    handoff = handoffs.current(ctx.session, got.lead_id)
    assert handoff is not None
    assert handoff.id is not None
    return handoff.id, handoff.rep


def _win(ctx: Context, ago: Callable[[float, str], Context]) -> None:
    """The largest deal that is open is closed, by a rep who is there."""
    lead_id = leads.largest_deal(ctx.session, but=cast.AWAY)
    handoff = handoffs.current(ctx.session, lead_id)
    assert handoff is not None
    _do(
        win_lead.win,
        ago(48, handoff.rep),
        handoff.id or 0,
        amount=_LARGE,
        convinced="A reference call with a company next door",
    )


def _do(
    command: Callable[[Context, str, Mapping[str, str]], Reply],
    ctx: Context,
    subject: int,
    **values: str,
) -> None:
    reply = command(ctx, str(subject), values)
    assert isinstance(reply, Nothing), reply
