"""The home page: a rep's open leads, the week's quality and newest rejections, what an admin
should know."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cards import settings_card
from cards.asking import ask_button
from cards.lead_lines import Next, OpenLeadLine, RejectedLine, open_lead, rejected
from cards.model import (
    Actions,
    Block,
    Bullets,
    Card,
    Divider,
    Form,
    Heading,
    Light,
    Mention,
    Note,
    Paragraph,
    Words,
)
from cards.rejection_lines import ToAnswerLine, ToDecideLine, to_answer, to_decide
from leads.lifecycle import Stage
from leads.proposals import Side
from leads.rates import Rate
from leads.standing import Standing

MOST_PARKED = 100
"""How many parked messages are counted."""

_WORDS = "home"
_MOST_NAMES = 10


@dataclass(frozen=True, kw_only=True)
class HomeLeads:
    """The rep's part."""

    lines: tuple[OpenLeadLine, ...]
    total: int
    late: int
    capacity: int


@dataclass(frozen=True, kw_only=True)
class HomeQuality:
    """The part of marketers and managers: the last seven days and the newest rejections."""

    offered: int
    accepted: Rate
    standing: Standing
    goal: float | None
    rejections: tuple[RejectedLine, ...]


@dataclass(frozen=True, kw_only=True)
class HomeAdmin:
    """The admin's part: messages that couldn't be delivered (counted up to MOST_PARKED, and why
    the newest), colleagues without a chat account, and the criteria in force."""

    parked: int
    parked_why: str | None
    unmatched: tuple[str, ...]
    criteria_version: int | None


@dataclass(frozen=True, kw_only=True)
class HomeAnswers:
    """Rejections that this person is to answer: the first of `total`, how many are late, and how
    many `others` wait for colleagues."""

    lines: tuple[ToAnswerLine, ...]
    total: int
    late: int
    others: int = 0


@dataclass(frozen=True, kw_only=True)
class HomeDisputes:
    """Disputes that this person may decide: the first of `total`."""

    lines: tuple[ToDecideLine, ...]
    total: int


@dataclass(frozen=True, kw_only=True)
class HomeProposal:
    """Proposed criteria that this person's yes is missing for; `also_needed` are the other sides
    whose is. `restores` is the version whose rules it brings back."""

    version: int
    restores: int | None = None
    after_trial: bool = False
    also_needed: tuple[Side, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HomeView:
    """What one person sees; a part is None where the role has no use for it, or nothing waits."""

    name: str
    answers: HomeAnswers | None = None
    disputes: HomeDisputes | None = None
    proposal: HomeProposal | None = None
    leads: HomeLeads | None = None
    quality: HomeQuality | None = None
    admin: HomeAdmin | None = None


def home_card(view: HomeView) -> Card:
    """The parts of this person's roles, what is due at the top."""
    blocks: list[Block] = []
    if view.leads is not None:
        blocks += _leads(view.leads)
    for waits in (_proposal(view.proposal), _answers(view.answers), _disputes(view.disputes)):
        blocks += [Divider()] * bool(blocks and waits) + waits
    if view.quality is not None:
        blocks += [Divider()] * bool(blocks) + _quality(view.quality)
    if view.admin is not None:
        blocks += [Divider()] * bool(blocks) + _admin(view.admin)
    further = (
        ask_button(Words("help", "ask"), "help"),
        ask_button(Words("leave", "open"), "away"),
        ask_button(settings_card.open_button(), "settings"),
    )
    blocks.append(Actions(buttons=further))
    return Card(summary=Words(_WORDS, "summary", name=view.name), blocks=tuple(blocks))


def _leads(part: HomeLeads) -> list[Block]:
    hidden = part.total - len(part.lines)
    return [
        Heading(text=Words("my_leads", "heading", total=part.total)),
        Paragraph(
            text=Words(
                "my_leads", "state", total=part.total, late=part.late, capacity=part.capacity
            )
        ),
        *map(open_lead, part.lines),
        *([Note(text=Words("my_leads", "more", more=hidden))] if hidden > 0 else []),
    ]


def _proposal(part: HomeProposal | None) -> list[Block]:
    if part is None:
        return []
    look = ask_button(Words("proposal", "look"), "retune status")
    return [
        Heading(text=Words(_WORDS, "proposal_heading", part=part)),
        Paragraph(text=Words(_WORDS, "proposal", part=part), button=look),
    ]


def _answers(part: HomeAnswers | None) -> list[Block]:
    if part is None:
        return []
    more = part.total - len(part.lines)
    end = Words("rejection_lines", "answers_end", more=more, late=part.late, others=part.others)
    return [
        Heading(text=Words("rejection_lines", "answers_heading", total=part.total)),
        *map(to_answer, part.lines),
        *([Note(text=end)] if more or part.late or part.others else []),
    ]


def _disputes(part: HomeDisputes | None) -> list[Block]:
    if part is None:
        return []
    more = part.total - len(part.lines)
    end = Words("rejection_lines", "disputes_end", more=more)
    return [
        Heading(text=Words("rejection_lines", "disputes_heading", total=part.total)),
        *map(to_decide, part.lines),
        *([Note(text=end)] if more else []),
    ]


def _quality(part: HomeQuality) -> list[Block]:
    return [
        Heading(text=Words(_WORDS, "quality_heading")),
        Paragraph(
            text=Words(_WORDS, "quality", part=part, light=Light(part.standing)),
            button=ask_button(Words(_WORDS, "details"), "quality last 7 days"),
        ),
        Heading(text=Words(_WORDS, "rejections_heading")),
        *map(rejected, part.rejections),
        Paragraph(
            text=Words(_WORDS, "rejections_end", n=len(part.rejections)),
            button=ask_button(Words("quality", "why_rejected"), "reasons"),
        ),
    ]


def _admin(part: HomeAdmin) -> list[Block]:
    lines = []
    if part.parked:
        many = part.parked >= MOST_PARKED
        lines.append(Words(_WORDS, "parked", n=part.parked, is_more=many, why=part.parked_why))
    if part.unmatched:
        shown = part.unmatched[:_MOST_NAMES]
        rest = len(part.unmatched) - len(shown)
        lines.append(Words(_WORDS, "unmatched", names=shown, more=rest))
    return [
        Heading(text=Words(_WORDS, "admin_heading")),
        *(
            [Bullets(lines=tuple(lines))]
            if lines
            else [Paragraph(text=Words(_WORDS, "no_trouble"))]
        ),
        Note(text=Words(_WORDS, "criteria", version=part.criteria_version)),
    ]


_DUE = datetime(2026, 11, 23, 13, 2, tzinfo=UTC)
_LEADS = HomeLeads(
    lines=(
        OpenLeadLine(
            lead_id=17,
            name="Ada Byron",
            title="VP Engineering",
            company="Initech",
            stage=Stage.MQL,
            score=72,
            next=Next.DECIDE,
            due=_DUE,
            is_late=True,
        ),
    ),
    total=1,
    late=1,
    capacity=20,
)
_QUALITY = HomeQuality(
    offered=24,
    accepted=Rate(successes=13, n=21),
    standing=Standing.YELLOW,
    goal=0.7,
    rejections=(
        RejectedLine(
            lead_id=18,
            name="Bo Lind",
            company="Lind & Co",
            reason="Other",
            answer="They are our supplier",
            by=Mention(name="Ana Ortiz", email="ana@acme.example"),
            at=_DUE,
        ),
    ),
)
_ANA = Mention(name="Ana Ortiz", email="ana@acme.example")
_TO_ANSWER = ToAnswerLine(
    feedback_id=41,
    name="Bo Lind",
    company="Lind & Co",
    reason="Other",
    said="They are our supplier",
    by=_ANA,
    answer_by=_DUE,
    is_late=True,
)
_ANSWERS = HomeAnswers(
    lines=(_TO_ANSWER, replace(_TO_ANSWER, name="Ada Byron", said=None, is_late=False)),
    total=3,
    late=1,
    others=2,
)
_TO_DECIDE = ToDecideLine(
    feedback_id=42,
    name="Ada Byron",
    company="Initech",
    reason="Company too small",
    by=_ANA,
    against=Mention(name="Max Stein", email="max@acme.example"),
    at=_DUE,
)
_ADMIN = HomeAdmin(
    parked=2,
    parked_why="Baton isn't a member of #gtm",
    unmatched=("Ben Adler", "Mia Novak"),
    criteria_version=3,
)
_NASTY = "*Bob* <!channel> <https://evil.example|x> ](javascript:x) \u202e"

EXAMPLES: Mapping[str, Card | Form] = {
    "rep": home_card(HomeView(name="Ana Ortiz", leads=_LEADS)),
    "rep_without_leads": home_card(
        HomeView(name="Ana Ortiz", leads=replace(_LEADS, lines=(), total=0, late=0))
    ),
    "marketer": home_card(HomeView(name="Mia Novak", quality=_QUALITY)),
    "marketer_first_day": home_card(
        HomeView(
            name="Mia Novak",
            quality=replace(_QUALITY, offered=0, accepted=Rate(successes=0, n=0), rejections=()),
        )
    ),
    "marketer_with_answers": home_card(
        HomeView(name="Mia Novak", answers=_ANSWERS, quality=_QUALITY)
    ),
    "manager_with_disputes": home_card(
        HomeView(
            name="Mia Chen", disputes=HomeDisputes(lines=(_TO_DECIDE,), total=2), quality=_QUALITY
        )
    ),
    "marketer_with_proposal": home_card(
        HomeView(
            name="Mia Novak",
            proposal=HomeProposal(version=8, also_needed=(Side.SALES,)),
            answers=_ANSWERS,
            quality=_QUALITY,
        )
    ),
    "manager_with_last_yes": home_card(
        HomeView(name="Mia Chen", proposal=HomeProposal(version=8), quality=_QUALITY)
    ),
    "manager_with_return": home_card(
        HomeView(name="Mia Chen", proposal=HomeProposal(version=9, restores=7), quality=_QUALITY)
    ),
    "manager_with_trial_over": home_card(
        HomeView(name="Mia Chen", proposal=HomeProposal(version=8, after_trial=True))
    ),
    "everything": home_card(
        HomeView(name="Mia Novak", leads=_LEADS, quality=_QUALITY, admin=_ADMIN)
    ),
    "admin": home_card(HomeView(name="Ida", admin=replace(_ADMIN, parked=0, unmatched=()))),
    "hostile": home_card(
        HomeView(
            name="Mia Novak",
            answers=replace(
                _ANSWERS, lines=(replace(_TO_ANSWER, name=_NASTY, reason=_NASTY, said=_NASTY),)
            ),
            quality=replace(
                _QUALITY,
                rejections=(
                    replace(_QUALITY.rejections[0], name=_NASTY, company=_NASTY, answer=_NASTY),
                ),
            ),
        )
    ),
}
