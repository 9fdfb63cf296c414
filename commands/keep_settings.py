"""Somebody chooses how Baton talks to them: where, when, and in whose numbers."""

from collections.abc import Mapping
from datetime import time

from cards import settings_card as cards
from cards.locales import OFFERED
from cards.model import Card, Words
from cards.settings_card import NEVER, NONE, TEAMS_OWN, THREAD, USUAL, SettingsView
from commands import clocks, post_personal
from commands.context import Context
from commands.reply import Ask, Correct, Reply, Tell
from leads.person import Person
from storage.preferences import Preferences, keep, preferences_of


def show(ctx: Context, person: Person, *, is_saved: bool = False) -> Card:
    """This person's choices as they are."""
    return cards.settings_card(_view(ctx, person, is_saved=is_saved))


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form with the choices of the asker, whose e-mail `subject` must be."""
    actor = ctx.actor
    if actor is None or actor.email != subject:
        return Tell(card=cards.not_yours())
    return Ask(form=cards.settings_form(_view(ctx, actor)))


def choose(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Keep what the form says, or say what to mend."""
    actor = ctx.actor
    if actor is None or actor.email != subject:
        return Tell(card=cards.not_yours())
    errors = _errors(values)
    if errors:
        return Correct(errors=errors)
    quiet_from, quiet_to = _hour(values, "quiet_from"), _hour(values, "quiet_to")
    digest, locale = values.get("digest_at", USUAL), values.get("locale", TEAMS_OWN)
    chosen = Preferences(
        in_thread=values.get("place") == THREAD,
        quiet_from=quiet_from,
        quiet_to=quiet_to,
        digest_at=None if digest == USUAL else digest,
        locale=None if locale == TEAMS_OWN else locale,
    )
    keep(ctx.session, actor.email, chosen, ctx.now)
    return Tell(card=show(ctx, actor, is_saved=True))


def _errors(values: Mapping[str, str]) -> dict[str, Words]:
    """What no choice of the form can say is refused too: values come from outside."""
    errors: dict[str, Words] = {}
    for field in ("quiet_from", "quiet_to", "digest_at"):
        value = values.get(field, NONE)
        if value not in (NONE, USUAL, NEVER) and not _is_time(value):
            errors[field] = cards.mend("unknown")
    if values.get("locale", TEAMS_OWN) not in (TEAMS_OWN, *OFFERED):
        errors["locale"] = cards.mend("unknown")
    begins, ends = _hour(values, "quiet_from"), _hour(values, "quiet_to")
    if begins and not ends:
        errors.setdefault("quiet_to", cards.mend("end_missing"))
    elif ends and not begins:
        errors.setdefault("quiet_from", cards.mend("begin_missing"))
    elif begins and begins == ends:
        errors.setdefault("quiet_to", cards.mend("same"))
    return errors


def _hour(values: Mapping[str, str], field: str) -> str | None:
    value = values.get(field, NONE)
    return None if value == NONE else value


def _is_time(value: str) -> bool:
    try:
        return time.fromisoformat(value).strftime("%H:%M") == value
    except ValueError:
        return False


def _view(ctx: Context, person: Person, *, is_saved: bool = False) -> SettingsView:
    chosen = preferences_of(ctx.session, person.email)
    return SettingsView(
        email=person.email,
        in_thread=chosen.in_thread,
        quiet_from=chosen.quiet_from,
        quiet_to=chosen.quiet_to,
        digest_at=chosen.digest_at,
        locale=chosen.locale,
        usual_digest=post_personal.USUAL,
        team_locale=ctx.setup.agreement.locale,
        today=clocks.calendar(ctx, person).local_day(ctx.now),
        has_channel=ctx.setup.team.channels.handoffs is not None,
        is_saved=is_saved,
    )
