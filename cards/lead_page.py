"""The full page of a lead: who, how to reach them, why this score, what to say, what happened."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cards.actions import Action
from cards.contact_links import contact_links, web_link
from cards.model import (
    Actions,
    Block,
    Bullets,
    Button,
    Card,
    Divider,
    Fact,
    Facts,
    Form,
    Heading,
    Note,
    Paragraph,
    Style,
    Words,
)
from cards.playbook_parts import objection_lines
from cards.score_lines import evidence
from cards.timeline import Decided, Happened, Happening, LeadDid, Noted, Touched, timeline
from leads.campaign import Campaign, Objection
from leads.criteria import Group, Score, ScoreLine
from leads.lead import Company, Lead
from leads.lifecycle import Stage

_TEMPLATE = "lead_page"
BLOCKS_IN_A_PAGE = 100
BLOCKS_IN_A_MESSAGE = 45
"""Fewer than Slack's 50: an answer may put its own buttons under the page."""
_MOST_LINES = 40
_LINES_IN_A_BLOCK = 10
_EXTRAS_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class LeadPageView:
    """A lead as it is now. `score` is the one that counts: of the handoff where there is one
    (then `score_at` is its moment), else of now. `score_now` is set where it has moved since.
    `happenings` are newest first; names of colleagues, not e-mails. `most_blocks` is the room."""

    lead: Lead
    stage: Stage
    stage_at: datetime | None = None
    rep: str | None = None
    rep_since: datetime | None = None
    is_offered: bool = False
    accept_by: datetime | None = None
    contact_by: datetime | None = None
    is_late: bool = False
    extended_by: str | None = None
    oversees: int | None = None
    """The handoff that the reader may decide, reassign or give more time in a rep's stead."""
    touches: int = 0
    amount: float | None = None
    recycle_at: datetime | None = None
    duplicate_of: str | None = None
    score: Score
    score_at: datetime | None = None
    score_now: int | None = None
    campaign: Campaign | None = None
    campaign_owner: str | None = None
    crm_url: str | None = None
    happenings: tuple[Happening, ...] = ()
    most_blocks: int = BLOCKS_IN_A_PAGE


def lead_page(view: LeadPageView) -> Card:
    """Everything that is known of a lead; what isn't known is left out."""
    lead = view.lead
    who = _words("who", name=lead.name, title=lead.title, company=lead.company.name)
    blocks = [
        Heading(text=who, short=Words("parts", "said", text=lead.name)),
        Paragraph(text=_standing(view)),
        *_overseeing(view),
        *_contact(view),
        *_company(lead),
        *_score(view),
        *_campaign(view),
    ]
    if view.happenings:
        blocks += [Divider(), Paragraph(text=_words("what_happened"))]
        blocks += timeline(view.happenings, max(2, view.most_blocks - len(blocks)))
    summary = _words("summary", name=lead.name, company=lead.company.name)
    return Card(summary=summary, blocks=tuple(blocks))


def _standing(view: LeadPageView) -> Words:
    return _words(
        "standing",
        stage=view.stage.value,
        at=view.stage_at,
        rep=view.rep,
        rep_since=view.rep_since,
        is_offered=view.is_offered,
        accept_by=view.accept_by,
        contact_by=view.contact_by,
        is_late=view.is_late,
        extended_by=view.extended_by,
        touches=view.touches,
        amount=view.amount,
        recycle_at=view.recycle_at,
        duplicate_of=view.duplicate_of,
    )


def _overseeing(view: LeadPageView) -> Iterator[Block]:
    if view.oversees is None:
        return
    first = (Action.ACCEPT,) if view.is_offered else ()
    buttons = tuple(_in_stead(view, act) for act in (*first, Action.REASSIGN, Action.EXTEND))
    yield Actions(buttons=buttons)


def _in_stead(view: LeadPageView, action: Action) -> Button:
    label = _words("oversee", action=action.name.lower(), rep=view.rep)
    style = Style.PRIMARY if action is Action.ACCEPT else Style.PLAIN
    return Button(label=label, action=action, subject=str(view.oversees), style=style)


def _contact(view: LeadPageView) -> Iterator[Block]:
    lead = view.lead
    links = contact_links(lead.email, lead.phone, lead.company.country)
    lines = []
    if lead.email:
        lines.append(_words("mail", email=lead.email, url=links.mail))
    if lead.phone:
        lines.append(_words("phone", phone=lead.phone, url=links.phone, whatsapp=links.whatsapp))
    if web_link(view.crm_url):
        lines.append(_words("crm", url=view.crm_url))
    if lines:
        yield Bullets(lines=tuple(lines))


def _company(lead: Lead) -> Iterator[Block]:
    company = lead.company
    known: dict[str, object] = {
        "company": company.name,
        "industry": company.industry,
        "employees": company.employees,
        "country": company.country,
        "domain": company.domain,
        "source": lead.source,
        "interests": lead.interests,
        "external_id": lead.external_id,
        "created_at": lead.created_at,
    }
    facts = tuple(
        Fact(label=_words("label", field=name), value=_words("value", value=value))
        for name, value in known.items()
        if value not in (None, "", ())
    )
    yield Facts(facts=facts)
    extras = [(name, value) for name, value in lead.extra.items() if value != ""]
    if extras:
        yield Paragraph(text=_words("extras"))
        shown = [_words("extra", name=name, value=value) for name, value in extras]
        yield from _bullets(shown[:_EXTRAS_SHOWN])
        if len(shown) > _EXTRAS_SHOWN:
            yield Note(text=_words("more_fields", n=len(shown) - _EXTRAS_SHOWN))


def _score(view: LeadPageView) -> Iterator[Block]:
    score = view.score
    yield Divider()
    yield Paragraph(
        text=_words("score", points=score.points, fit=score.fit, engagement=score.engagement)
    )
    yield from _score_lines(score.lines)
    yield Paragraph(text=_words("total", points=sum(line.points for line in score.lines)))
    yield Note(
        text=_words(
            "criteria", version=score.criteria_version, at=view.score_at, now=view.score_now
        )
    )


def _score_lines(lines: Sequence[ScoreLine]) -> Iterator[Block]:
    ordered = sorted(lines, key=lambda line: -line.points)
    told = [
        _words("points", points=line.points, label=line.label, evidence=evidence(line))
        for line in ordered[:_MOST_LINES]
    ]
    if rest := ordered[_MOST_LINES:]:
        # Still said in one line, so that the lines shown add up to the total.
        points = sum(line.points for line in rest)
        told.append(_words("further_points", points=points, n=len(rest)))
    yield from _bullets(told)


def _campaign(view: LeadPageView) -> Iterator[Block]:
    book = view.campaign
    if book is None:
        if view.lead.campaign:
            yield Divider()
            yield Paragraph(text=_words("campaign", title=view.lead.campaign, owner=None))
        return
    yield Divider()
    yield Paragraph(text=_words("campaign", title=book.title, owner=view.campaign_owner))
    if book.pains:
        yield Paragraph(text=_words("pains"))
        yield from _bullets([_words("line", text=pain) for pain in book.pains])
    if book.opener:
        yield Paragraph(text=_words("opener", text=book.opener))
    if book.next_step:
        yield Paragraph(text=_words("next_step", text=book.next_step))
    if book.objections:
        yield Paragraph(text=_words("objections"))
        yield from _bullets(objection_lines(book.objections), at_once=4)


def _bullets(lines: Sequence[Words], at_once: int = _LINES_IN_A_BLOCK) -> Iterator[Block]:
    """Few enough lines in one block that none of them is cut for want of room."""
    for first in range(0, len(lines), at_once):
        yield Bullets(lines=tuple(lines[first : first + at_once]))


def _words(macro: str, **values: object) -> Words:
    return Words(_TEMPLATE, macro, **values)


_AT = datetime(2026, 11, 20, 9, 1, tzinfo=UTC)
_HOSTILE = "<!channel> *Ada* <https://evil.example|click> [x](javascript:1) \u202e\x00"
_ADA = LeadPageView(
    lead=Lead(
        id=7,
        source="web",
        external_id="L-17",
        email="ada@initech.example",
        first_name="Ada",
        last_name="Byron",
        phone="030 901820",
        title="VP Engineering",
        company=Company(
            name="Initech",
            domain="initech.example",
            industry="software",
            employees=120,
            country="DE",
        ),
        campaign="spring-pricing",
        interests=("pricing", "seat audit"),
        extra={"visits": 7, "newsletter": True},
        created_at=_AT,
    ),
    stage=Stage.SAL,
    stage_at=_AT + timedelta(hours=1),
    rep="Ana Ortiz",
    rep_since=_AT + timedelta(hours=1),
    contact_by=_AT + timedelta(days=1),
    touches=1,
    score=Score(
        points=65,
        fit=20,
        engagement=45,
        lines=(
            ScoreLine(
                rule="pricing-guide",
                label="Downloaded the Pricing Guide",
                group=Group.ENGAGEMENT,
                points=25,
                evidence="Pricing Guide",
            ),
            ScoreLine(
                rule="site-visits",
                label="Three or more site visits in 30 days",
                group=Group.ENGAGEMENT,
                points=20,
                evidence="4 visits",
            ),
            ScoreLine(
                rule="target-title",
                label="Job title on the target list",
                group=Group.FIT,
                points=20,
                evidence="VP Engineering",
            ),
        ),
        criteria_version=1,
    ),
    score_at=_AT,
    score_now=70,
    campaign=Campaign(
        name="spring-pricing",
        title="Spring pricing",
        pains=("Paying for seats nobody uses", "Renewal in Q2 without usage figures"),
        next_step="Offer the 20-minute seat audit",
        opener="You looked at our pricing guide; most teams find a fifth of their seats idle.",
        objections=(
            Objection(
                says="Too expensive",
                answer="The audit pays for itself in two months",
                content="https://acme.example/roi",
            ),
        ),
    ),
    campaign_owner="Mia Chen",
    crm_url="https://crm.example/leads/L-17",
    happenings=(
        Noted(at=_AT + timedelta(hours=3), by="Ana Ortiz", text="Prefers mornings.\nAsk for Tom."),
        Touched(at=_AT + timedelta(hours=2), by="Ana Ortiz", kind="called", outcome="voicemail"),
        Decided(at=_AT + timedelta(hours=1), by="Ana Ortiz", decision="accepted"),
        Happened(at=_AT, by="baton", act="became_mql", why="65 points under criteria 1"),
        LeadDid(at=_AT, type="download", name="Pricing Guide"),
    ),
)

EXAMPLES: Mapping[str, Card | Form] = {
    "accepted": lead_page(_ADA),
    "offered_and_late_for_a_manager": lead_page(
        replace(
            _ADA,
            stage=Stage.MQL,
            is_offered=True,
            accept_by=_AT + timedelta(hours=2),
            contact_by=None,
            touches=0,
            is_late=True,
            extended_by="Mia Chen",
            oversees=31,
        )
    ),
    "untouched_for_a_manager": lead_page(replace(_ADA, touches=0, is_late=True, oversees=31)),
    "little_known": lead_page(
        LeadPageView(
            lead=Lead(id=8, email="x@nowhere.example", created_at=_AT),
            stage=Stage.NEW,
            score=Score(points=0, fit=0, engagement=0, lines=(), criteria_version=1),
        )
    ),
    "long_history": lead_page(
        replace(
            _ADA,
            most_blocks=BLOCKS_IN_A_MESSAGE,
            happenings=tuple(
                LeadDid(at=_AT - timedelta(hours=n), type="page_view", name=f"/page-{n}")
                for n in range(337)
            ),
        )
    ),
    "hostile": lead_page(
        LeadPageView(
            lead=Lead(
                id=9,
                source=_HOSTILE,
                external_id=_HOSTILE,
                email='"><script>@evil.example',
                first_name=_HOSTILE * 200,
                phone="<tel:110|call>",
                title=_HOSTILE,
                company=Company(
                    name=_HOSTILE, domain=_HOSTILE, industry=_HOSTILE, country=_HOSTILE
                ),
                campaign=_HOSTILE,
                interests=(_HOSTILE, _HOSTILE),
                extra={_HOSTILE: _HOSTILE, "b": "x" * 5000},
                created_at=_AT,
            ),
            stage=Stage.LOST,
            rep=_HOSTILE,
            score=Score(
                points=25,
                fit=25,
                engagement=0,
                lines=(
                    ScoreLine(
                        rule="r",
                        label=_HOSTILE,
                        group=Group.FIT,
                        points=25,
                        evidence=_HOSTILE * 50,
                    ),
                ),
                criteria_version=1,
            ),
            campaign=Campaign(
                name=_HOSTILE,
                title=_HOSTILE,
                pains=(_HOSTILE,),
                objections=(
                    Objection(says=_HOSTILE, answer=_HOSTILE, content="javascript:alert(1)"),
                ),
            ),
            crm_url="javascript:alert(1)",
            happenings=(
                Noted(at=_AT, by=_HOSTILE, text=_HOSTILE * 40),
                Touched(at=_AT, by=_HOSTILE, kind=_HOSTILE, outcome=_HOSTILE, note=_HOSTILE),
                Decided(at=_AT, by=_HOSTILE, decision="rejected", reason=_HOSTILE, answer=_HOSTILE),
                Happened(at=_AT, by=_HOSTILE, act=_HOSTILE, why=_HOSTILE),
                LeadDid(at=_AT, type=_HOSTILE, name=_HOSTILE),
            ),
        )
    ),
}
