"""Answers what people ask with `/leads`, and shares an answer with the conversation."""

from collections.abc import Mapping
from dataclasses import replace

from cards.asking import LONGEST_QUESTION, Asking
from cards.help_card import private_place
from cards.model import Card, Words
from commands.card_kind import CardKind
from commands.context import Context
from commands.questions import (
    away,
    campaigns,
    criteria,
    digest,
    find_leads,
    funnel,
    goals,
    my_leads,
    preview,
    quality,
    reasons,
    reps,
    retune,
    review,
    settings,
    show_one,
    sla,
    terms,
    velocity,
    why,
)
from commands.questions.help import help_for, may_ask, unknown
from commands.questions.subcommand import Subcommand, mention_of
from commands.reply import Nothing, Reply, Tell
from leads.person import Role
from storage import outbox


def _help(ctx: Context, asking: Asking, words: str) -> Card:
    return help_for(ctx, SUBCOMMANDS)


SUBCOMMANDS: tuple[Subcommand, ...] = (
    Subcommand(
        name="mine",
        usage="mine",
        summary=Words("help", "mine"),
        example="mine",
        handler=my_leads.answer,
        roles=frozenset({Role.REP}),
        aliases=("my", "open"),
    ),
    Subcommand(
        name="quality",
        usage="quality [campaign|source|rep|reason [name]] [period]",
        summary=Words("help", "quality"),
        example="quality source last week",
        handler=quality.answer,
    ),
    Subcommand(
        name="reasons",
        usage="reasons [campaign|source|rep name] [period]",
        summary=Words("help", "reasons"),
        example="reasons this month",
        handler=reasons.answer,
        aliases=("reason",),
    ),
    Subcommand(
        name="funnel",
        usage="funnel [campaign|source|rep name] [period]",
        summary=Words("help", "funnel"),
        example="funnel this quarter",
        handler=funnel.answer,
    ),
    Subcommand(
        name="velocity",
        usage="velocity [campaign|rep name] [period]",
        summary=Words("help", "velocity"),
        example="velocity this quarter",
        handler=velocity.answer,
        aliases=("speed",),
    ),
    Subcommand(
        name="sla",
        usage="sla [campaign|source|rep name] [period]",
        summary=Words("help", "sla"),
        example="sla last week",
        handler=sla.answer,
        aliases=("promises",),
    ),
    Subcommand(
        name="reps",
        usage="reps [period]",
        summary=Words("help", "reps"),
        example="reps this month",
        handler=reps.answer,
        aliases=("team",),
        shares=False,
    ),
    Subcommand(
        name="campaigns",
        usage="campaigns [period]",
        summary=Words("help", "campaigns"),
        example="campaigns this quarter",
        handler=campaigns.answer,
        aliases=("attribution",),
    ),
    Subcommand(
        name="goals",
        usage="goals [period]",
        summary=Words("help", "goals"),
        example="goals",
        handler=goals.answer,
        aliases=("targets", "pace"),
    ),
    Subcommand(
        name="find",
        usage="find TEXT",
        summary=Words("help", "find"),
        example="find initech",
        handler=find_leads.answer,
        aliases=("search",),
        runs=False,
    ),
    Subcommand(
        name="lead",
        usage="lead ID",
        summary=Words("help", "lead"),
        example="lead 17",
        handler=show_one.lead,
        aliases=("show",),
        runs=False,
        shares=False,
    ),
    Subcommand(
        name="campaign",
        usage="campaign NAME",
        summary=Words("help", "campaign"),
        example="campaign spring-pricing",
        handler=show_one.campaign,
        aliases=("playbook",),
        runs=False,
        shares=False,
    ),
    Subcommand(
        name="criteria",
        usage="criteria [N|history|diff A B|rollback N]",
        summary=Words("help", "criteria"),
        example="criteria history",
        handler=criteria.answer,
        aliases=("rules",),
    ),
    Subcommand(
        name="why",
        usage="why LEAD [under N]",
        summary=Words("help", "why"),
        example="why 17",
        handler=why.why,
        aliases=("explain",),
        runs=False,
        shares=False,
    ),
    Subcommand(
        name="test",
        usage="test LEAD [under N]",
        summary=Words("help", "test"),
        example="test 17 under 2",
        handler=why.test,
        runs=False,
        shares=False,
    ),
    Subcommand(
        name="retune",
        usage="retune [status]",
        summary=Words("help", "retune"),
        example="retune",
        handler=retune.answer,
        roles=frozenset({Role.MARKETER, Role.MANAGER, Role.ADMIN}),
        aliases=("learn",),
        shares=False,
        shown_by="retune status",
    ),
    Subcommand(
        name="preview",
        usage="preview",
        summary=Words("help", "preview"),
        example="preview",
        handler=preview.answer,
    ),
    Subcommand(
        name="definitions",
        usage="definitions [figure]",
        summary=Words("help", "definitions"),
        example="definitions",
        handler=terms.definitions,
        aliases=("agreement", "definition"),
    ),
    Subcommand(
        name="digest",
        usage="digest [personal|DATE]",
        summary=Words("help", "digest"),
        example="digest personal",
        handler=digest.answer,
    ),
    Subcommand(
        name="review",
        usage="review [week|month|quarter] [period]",
        summary=Words("help", "review"),
        example="review month",
        handler=review.answer,
        aliases=("reviews",),
    ),
    Subcommand(
        name="away",
        usage="away [who] [days]",
        summary=Words("help", "away"),
        example="away from 24 Dec to 2 Jan",
        handler=away.answer,
        aliases=("leave", "vacation", "holiday"),
        runs=False,
        shares=False,
        shown_by="away",
    ),
    Subcommand(
        name="back",
        usage="back [who]",
        summary=Words("help", "back"),
        example="back",
        handler=away.back,
        runs=False,
        shares=False,
        shown_by="away",
    ),
    Subcommand(
        name="settings",
        usage="settings",
        summary=Words("help", "settings"),
        example="settings",
        handler=settings.answer,
        aliases=("setting", "preferences"),
        shares=False,
    ),
    Subcommand(
        name="help",
        usage="help",
        summary=Words("help", "help"),
        example="help",
        handler=_help,
        shares=False,
    ),
)
"""Everything that may be asked. The dispatch, the help, the suggestions, the command lists of the
platforms and a test of the README read this table."""

_BY_NAME = {name: one for one in SUBCOMMANDS for name in (one.name, *one.aliases)}


def answer(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Answer the words after `/leads` privately. Nothing at all is the asker's open leads for a
    rep and the help for everybody else."""
    question = _tidy(subject)
    place = ctx.place
    may_share = place is not None and not place.is_private
    return Tell(card=card_for(ctx, Asking(question=question, may_share=may_share)))


def card_for(ctx: Context, asking: Asking) -> Card:
    """The answer to `asking.question` as its actor may have it."""
    first, rest = _first(ctx, asking.question)
    subcommand = _BY_NAME.get(first.casefold())
    if subcommand is None:
        return unknown(ctx, SUBCOMMANDS, first, rest)
    if not may_ask(ctx, subcommand) and subcommand.name != "mine":
        return help_for(ctx, SUBCOMMANDS)
    return subcommand.handler(ctx, asking, rest)


def to_ask_again(question: str) -> str:
    """The question whose answer shows how things are after `question` was asked: itself, but for
    words that do something."""
    first, _, _ = _tidy(question).partition(" ")
    subcommand = _BY_NAME.get(first.casefold())
    return subcommand.shown_by if subcommand and subcommand.shown_by else question


def _first(ctx: Context, question: str) -> tuple[str, str]:
    """The subcommand as it was written and the words after it. A number alone is a lead's, and
    nothing at all is what the asker most likely wants."""
    first, _, rest = question.partition(" ")
    if not first:
        is_rep = ctx.actor is not None and Role.REP in ctx.actor.roles
        return ("mine" if is_rep else "help"), ""
    if first.removeprefix("#").isdecimal():
        return "lead", first
    return first, rest.strip()


def share(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Post the answer to `subject` for everybody in the conversation where it was asked, if it is
    one that may be shared; a second press within the minute posts nothing more."""
    place, question = ctx.place, _tidy(subject)
    if place is None or place.is_private or ctx.actor is None:
        return Tell(card=private_place())
    subcommand = _BY_NAME.get(_first(ctx, question)[0].casefold())
    if subcommand is None or not subcommand.shares:
        return Nothing()
    email = ctx.actor.email
    outbox.post(
        ctx.session,
        kind=CardKind.ANSWER.value,
        subject=f"{email} {question}",
        platform=place.platform.value,
        destination=f"channel:{place.conversation}",
        stream=f"answer:{email}",
        dedupe_key=f"share:{place.conversation}:{email}:{question}:{ctx.now:%Y-%m-%dT%H:%M}",
        now=ctx.now,
    )
    return Nothing()


def present_answer(ctx: Context, subject: str) -> Card | None:
    """The shared answer to the question in `subject` (after the e-mail of who shared it), as that
    person may have it; None when they have left the team."""
    email, _, question = subject.partition(" ")
    sharer = ctx.setup.team.find(email)
    if sharer is None:
        return None
    asking = Asking(question=question, shared_by=mention_of(ctx, email))
    return card_for(replace(ctx, actor=sharer), asking)


def _tidy(question: str) -> str:
    """One line without the command itself, short enough for a button to carry."""
    words = question.split()
    if words and words[0].casefold() == "/leads":
        words = words[1:]
    return " ".join(words)[:LONGEST_QUESTION]
