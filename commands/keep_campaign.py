"""Marketing keeps the playbook of a campaign in chat; the cards of its open leads follow."""

import logging
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from sqlmodel import col, func, select

from cards import campaign_card as cards
from cards.model import Card, Words
from commands import outgoing
from commands import playbook_text as text
from commands.context import Context
from commands.happenings import named
from commands.playbook import campaign_value
from commands.reply import Ask, Correct, Reply, Tell
from leads.campaign import Campaign, Objection
from leads.lifecycle import OPEN_STATES
from leads.person import Role
from storage.tables import CampaignRow, HandoffRow, LeadRow, TallyRow

_LONGEST_NAME = 150
_MOST_INPUTS = 10
_OPEN = sorted(state.value for state in OPEN_STATES)
_log = logging.getLogger(__name__)
_T = TypeVar("_T")


def show(ctx: Context, name: str) -> Card:
    """The playbook of the campaign `name`; for a name that has none, what to do instead."""
    name = name.strip()
    if not name:
        return cards.which_campaign(_all(ctx))
    row = _find(ctx, name)
    return _card(ctx, row) if row else _unknown(ctx, name)


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for the playbook of the campaign `subject`, empty for a new one."""
    name = subject.strip()
    if refusal := _refused(ctx, name):
        return refusal
    if not name or len(name) > _LONGEST_NAME:
        return Tell(card=show(ctx, name))
    row = ctx.session.get(CampaignRow, name)
    if row is None:
        return Ask(form=cards.campaign_form(name, cards.PlaybookTexts()))
    book = campaign_value(row)
    texts = cards.PlaybookTexts(
        title=book.title,
        pains=text.pain_lines(book.pains),
        opener=book.opener or "",
        next_step=book.next_step or "",
        objections=text.objection_lines(book.objections),
    )
    return Ask(form=cards.campaign_form(name, texts))


def keep(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Save what the form says, or say what to mend; a new playbook belongs to who began it."""
    name = subject.strip()
    if refusal := _refused(ctx, name):
        return refusal
    if not name or len(name) > _LONGEST_NAME:
        return Tell(card=show(ctx, name))
    read = _read(name, values)
    if isinstance(read, Correct):
        return read
    row = ctx.session.get(CampaignRow, name)
    if row is None:
        row = CampaignRow(
            name=name,
            title=read.title,
            owner=ctx.actor.email if ctx.actor else None,
            changed_at=ctx.now,
            changed_by=ctx.actor_email,
        )
    _write(ctx, row, read)
    ctx.session.add(row)
    ctx.session.flush()
    for lead_id in _open_leads(ctx, name):
        outgoing.refresh(ctx, lead_id)
    return Tell(card=_card(ctx, row, just_saved=True))


def _read(name: str, values: Mapping[str, str]) -> Campaign | Correct:
    """The playbook that the form describes, or everything that has to be mended at once."""
    errors: dict[str, Words] = {}

    def read(field: str, parse: Callable[[str | None], _T], empty: _T) -> _T:
        try:
            return parse(values.get(field))
        except text.BadText as bad:
            errors[field] = cards.trouble(bad.trouble.value, line=bad.line, limit=bad.limit)
            return empty

    title = read("title", lambda typed: text.one_line(typed, text.LONGEST_TITLE), "")
    if not title and "title" not in errors:
        errors["title"] = cards.trouble(text.Trouble.EMPTY.value, line=0, limit=0)
    no_pains: tuple[str, ...] = ()
    pains = read("pains", text.pains, no_pains)
    opener = read("opener", lambda typed: text.one_line(typed, text.LONGEST_OPENER), "")
    step = read("next_step", lambda typed: text.one_line(typed, text.LONGEST_STEP), "")
    none: tuple[Objection, ...] = ()
    objections = none
    for field in map(cards.objections_id, range(_MOST_INPUTS)):
        objections += read(field, text.objections, none)
    if len(objections) > text.MOST_OBJECTIONS:
        errors["objections"] = cards.trouble(
            text.Trouble.TOO_MANY.value, line=0, limit=text.MOST_OBJECTIONS
        )
    if errors:
        return Correct(errors=errors)
    return Campaign(
        name=name,
        title=title,
        pains=pains,
        opener=opener or None,
        next_step=step or None,
        objections=objections,
    )


def _write(ctx: Context, row: CampaignRow, read: Campaign) -> None:
    """Owner and spend aren't in the form, and stay as they are."""
    row.title = read.title
    row.pains = list(read.pains)
    row.opener = read.opener
    row.next_step = read.next_step
    row.objections = [
        {
            "says": objection.says,
            "answer": objection.answer,
            **({"content": objection.content} if objection.content else {}),
        }
        for objection in read.objections
    ]
    row.changed_at = ctx.now
    row.changed_by = ctx.actor_email


def _may_edit(ctx: Context) -> bool:
    return ctx.actor is None or ctx.actor.has(Role.MARKETER, Role.MANAGER)


def _refused(ctx: Context, name: str) -> Tell | None:
    if _may_edit(ctx):
        return None
    # The history is of leads; a campaign has none, so the refusal is in the log.
    _log.info("refused_campaign_edit", extra={"by": ctx.actor_email})
    row = ctx.session.get(CampaignRow, name)
    owner = named(ctx, row.owner) if row and row.owner else None
    return Tell(card=cards.may_not_edit(name, owner))


def _card(ctx: Context, row: CampaignRow, *, just_saved: bool = False) -> Card:
    book = campaign_value(row)
    may_edit = _may_edit(ctx)
    return cards.campaign_card(
        cards.CampaignView(
            campaign=book,
            owner=named(ctx, book.owner) if book.owner else None,
            spend=book.spend if may_edit else None,
            may_edit=may_edit,
            changed_by=named(ctx, row.changed_by),
            changed_at=row.changed_at,
            open_leads=len(_open_leads(ctx, book.name)),
            just_saved=just_saved,
        )
    )


def _unknown(ctx: Context, name: str) -> Card:
    has_leads = (
        ctx.session.exec(select(LeadRow.id).where(LeadRow.campaign == name).limit(1)).first()
        is not None
    )
    # Names that leads carry are in the tallies; reading them there costs the same at any size.
    carried = select(TallyRow.value).where(TallyRow.dimension == "campaign").distinct()
    names = {known for known, _ in _all(ctx)} | set(ctx.session.exec(carried))
    folded = {known.casefold(): known for known in sorted(names - {name})}
    near = [] if has_leads else get_close_matches(name.casefold()[:200], folded, n=3, cutoff=0.6)
    return cards.unknown_campaign(
        name,
        near=[folded[match] for match in near],
        has_leads=has_leads,
        may_create=_may_edit(ctx) and len(name) <= _LONGEST_NAME,
    )


def _find(ctx: Context, name: str) -> CampaignRow | None:
    """The playbook by this name, else the first whose name or title differs only in case."""
    exact = ctx.session.get(CampaignRow, name)
    if exact is not None:
        return exact
    folded = name.lower()
    return ctx.session.exec(
        select(CampaignRow)
        .where((func.lower(CampaignRow.name) == folded) | (func.lower(CampaignRow.title) == folded))
        .order_by(CampaignRow.name)
        .limit(1)
    ).first()


def _all(ctx: Context) -> list[tuple[str, str]]:
    rows = ctx.session.exec(select(CampaignRow.name, CampaignRow.title).order_by(CampaignRow.name))
    return [(name, title) for name, title in rows]


def _open_leads(ctx: Context, name: str) -> list[int]:
    rows = ctx.session.exec(
        select(HandoffRow.lead_id)
        .join(LeadRow, col(LeadRow.id) == col(HandoffRow.lead_id))
        .where(LeadRow.campaign == name, col(HandoffRow.state).in_(_OPEN))
        .order_by(col(HandoffRow.lead_id))
    )
    return list(rows)
