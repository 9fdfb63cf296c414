"""The playbook of a campaign: as everybody reads it, and as marketing edits it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cards.actions import Action
from cards.asking import ask_button
from cards.model import (
    Actions,
    Block,
    Bullets,
    Button,
    Card,
    Form,
    Heading,
    Note,
    Paragraph,
    Style,
    TextInput,
    Words,
)
from cards.playbook_parts import objection_lines
from leads.campaign import Campaign, Objection

_TEMPLATE = "campaign"
_LINES_IN_A_BLOCK = 4
_LONGEST_INPUT = 3000
_ROOM_IN_AN_INPUT = 2400
"""Prefilled objections go on in another input beyond this, so that there is room to write."""


@dataclass(frozen=True, kw_only=True)
class CampaignView:
    """A playbook for one reader. `spend` is set only where the reader may see it."""

    campaign: Campaign
    owner: str | None = None
    spend: float | None = None
    may_edit: bool = False
    changed_by: str
    changed_at: datetime
    open_leads: int = 0
    just_saved: bool = False


def campaign_card(view: CampaignView) -> Card:
    """What a rep may say to leads of this campaign, and who keeps it."""
    book = view.campaign
    blocks: list[Block] = [Heading(text=_words("heading", title=book.title))]
    if view.just_saved:
        blocks.append(Paragraph(text=_words("saved", n=view.open_leads)))
    blocks += _playbook(book)
    blocks.append(
        Note(
            text=_words(
                "kept",
                name=book.name,
                owner=view.owner,
                by=view.changed_by,
                at=view.changed_at,
                n=view.open_leads,
                spend=view.spend,
            )
        )
    )
    if view.may_edit:
        edit = Button(label=_words("edit"), action=Action.CAMPAIGN_EDIT, subject=book.name)
        blocks.append(Actions(buttons=(edit,)))
    return Card(summary=_words("summary", title=book.title), blocks=tuple(blocks))


def _playbook(book: Campaign) -> Iterator[Block]:
    if not (book.pains or book.opener or book.next_step or book.objections):
        yield Paragraph(text=_words("empty"))
        return
    if book.pains:
        yield Paragraph(text=_words("pains"))
        yield Bullets(lines=tuple(_words("line", text=pain) for pain in book.pains))
    if book.opener:
        yield Paragraph(text=_words("opener", text=book.opener))
    if book.next_step:
        yield Paragraph(text=_words("next_step", text=book.next_step))
    if book.objections:
        yield Paragraph(text=_words("objections"))
        lines = objection_lines(book.objections)
        for first in range(0, len(lines), _LINES_IN_A_BLOCK):
            yield Bullets(lines=lines[first : first + _LINES_IN_A_BLOCK])


def unknown_campaign(name: str, *, near: Sequence[str], has_leads: bool, may_create: bool) -> Card:
    """There is no playbook by this name: names that are near, and a button to begin one."""
    blocks: list[Block] = [
        Paragraph(text=_words("unknown", name=name, has_leads=has_leads, may_create=may_create))
    ]
    buttons = [ask_button(_words("near", name=other), f"campaign {other}") for other in near[:3]]
    if buttons:
        blocks.append(Paragraph(text=_words("did_you_mean")))
    if may_create:
        buttons.append(
            Button(
                label=_words("create"),
                action=Action.CAMPAIGN_EDIT,
                subject=name,
                style=Style.PRIMARY if has_leads and not near else Style.PLAIN,
            )
        )
    if buttons:
        blocks.append(Actions(buttons=tuple(buttons)))
    return Card(summary=_words("unknown_summary", name=name), blocks=tuple(blocks))


def which_campaign(known: Sequence[tuple[str, str]]) -> Card:
    """No name was given: the playbooks there are, as names and titles."""
    if not known:
        text = _words("none_yet")
        return Card(summary=text, blocks=(Paragraph(text=text),))
    lines = tuple(_words("listed", name=name, title=title) for name, title in known[:40])
    bullets = (Bullets(lines=lines[first : first + 10]) for first in range(0, len(lines), 10))
    return Card(summary=_words("which"), blocks=(Paragraph(text=_words("which")), *bullets))


def may_not_edit(name: str, owner: str | None) -> Card:
    """Told to somebody who isn't of marketing."""
    text = _words("may_not", name=name, owner=owner)
    return Card(summary=text, blocks=(Paragraph(text=text),))


@dataclass(frozen=True, kw_only=True)
class PlaybookTexts:
    """A playbook as the form's inputs show it; `objections` are lines."""

    title: str = ""
    pains: str = ""
    opener: str = ""
    next_step: str = ""
    objections: tuple[str, ...] = ()


def campaign_form(name: str, texts: PlaybookTexts) -> Form:
    """The playbook to be edited."""
    return Form(
        title=_words("form_title"),
        submit=_words("form_submit"),
        action=Action.CAMPAIGN_EDIT,
        subject=name,
        blocks=(
            Note(text=_words("form_about", name=name)),
            _text("title", texts.title, 120, optional=False),
            _text("pains", texts.pains, _LONGEST_INPUT, multiline=True),
            _text("opener", texts.opener, 400, multiline=True),
            _text("next_step", texts.next_step, 300),
            *_objection_inputs(texts.objections),
        ),
    )


def _text(
    field: str, initial: str, longest: int, *, multiline: bool = False, optional: bool = True
) -> TextInput:
    """What a file said may be longer than what we ask for: it is shown whole, and refused with
    the reason when it is saved so."""
    return TextInput(
        id=field,
        label=_words("label", field=field),
        hint=_words("hint", field=field),
        multiline=multiline,
        optional=optional,
        initial=initial or None,
        max_length=min(max(longest, len(initial)), _LONGEST_INPUT),
    )


def _objection_inputs(lines: Sequence[str]) -> Iterator[TextInput]:
    chunks: list[list[str]] = [[]]
    for line in lines:
        if chunks[-1] and sum(map(len, chunks[-1])) + len(line) > _ROOM_IN_AN_INPUT:
            chunks.append([])
        chunks[-1].append(line)
    for index, chunk in enumerate(chunks):
        yield TextInput(
            id=objections_id(index),
            label=_words("label", field="objections" if index == 0 else "more_objections"),
            hint=_words("hint", field="objections"),
            multiline=True,
            optional=True,
            initial="\n".join(chunk) or None,
            max_length=_LONGEST_INPUT,
        )


def objections_id(index: int) -> str:
    """Id of the first (0) or a further input for objections."""
    return "objections" if index == 0 else f"objections_{index + 1}"


def trouble(kind: str, *, line: int, limit: int) -> Words:
    """Beside an input that can't be kept as it is."""
    return _words("trouble", kind=kind, line=line, limit=limit)


def _words(macro: str, **values: object) -> Words:
    return Words(_TEMPLATE, macro, **values)


_AT = datetime(2026, 11, 20, 9, 1, tzinfo=UTC)
_HOSTILE = "<!channel> *Ada* <https://evil.example|click> [x](javascript:1) \u202e\x00"
_SPRING = Campaign(
    name="spring-pricing",
    title="Spring pricing",
    owner="mia@acme.example",
    pains=("Paying for seats nobody uses", "Renewal in Q2 without usage figures"),
    next_step="Offer the 20-minute seat audit",
    opener="You looked at our pricing guide; most teams find a fifth of their seats idle.",
    spend=12000,
    objections=(
        Objection(
            says="Too expensive",
            answer="The audit pays for itself in two months",
            content="https://acme.example/roi",
        ),
        Objection(says="We have a tool", answer="Ask what it says about idle seats"),
    ),
)
_NASTY = Campaign(
    name=_HOSTILE,
    title=_HOSTILE * 10,
    pains=(_HOSTILE,) * 3,
    next_step=_HOSTILE,
    opener=_HOSTILE * 20,
    objections=(Objection(says=_HOSTILE, answer=_HOSTILE, content="javascript:alert(1)"),),
)

EXAMPLES: Mapping[str, Card | Form] = {
    "for_a_rep": campaign_card(
        CampaignView(
            campaign=_SPRING,
            owner="Mia Chen",
            changed_by="Mia Chen",
            changed_at=_AT,
            open_leads=12,
        )
    ),
    "just_saved": campaign_card(
        CampaignView(
            campaign=_SPRING,
            owner="Mia Chen",
            spend=12000,
            may_edit=True,
            changed_by="Mia Chen",
            changed_at=_AT,
            open_leads=12,
            just_saved=True,
        )
    ),
    "unknown": unknown_campaign(
        "spring-pricng", near=("spring-pricing",), has_leads=False, may_create=True
    ),
    "unknown_with_leads": unknown_campaign("autumn-fair", near=(), has_leads=True, may_create=True),
    "which": which_campaign((("spring-pricing", "Spring pricing"), ("fair", "Autumn fair"))),
    "form": campaign_form(
        "spring-pricing",
        PlaybookTexts(
            title="Spring pricing",
            pains="Paying for seats nobody uses\nRenewal in Q2 without usage figures",
            opener=_SPRING.opener or "",
            next_step="Offer the 20-minute seat audit",
            objections=("Too expensive | The audit pays | https://acme.example/roi",),
        ),
    ),
    "form_empty": campaign_form("autumn-fair", PlaybookTexts()),
    "hostile": campaign_card(
        CampaignView(
            campaign=_NASTY, owner=_HOSTILE, may_edit=True, changed_by=_HOSTILE, changed_at=_AT
        )
    ),
    "hostile_form": campaign_form(
        "a" * 150,
        PlaybookTexts(
            title=_HOSTILE * 20,
            pains=_HOSTILE,
            objections=tuple(_HOSTILE * 10 for _ in range(12)),
        ),
    ),
}
