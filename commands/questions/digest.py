"""`/leads digest [personal|DATE]`: today's digest on demand, that of another day, or one's own."""

from zoneinfo import ZoneInfo

from cards.asking import Asking
from cards.digest_card import digest_card
from cards.help_card import Expected, not_understood, nothing_to_tell
from cards.model import Card
from cards.personal_digest_card import no_part, nothing_personal, personal_digest_card
from commands.compose_digest import compose
from commands.compose_personal import compose as compose_personal
from commands.context import Context
from commands.counting import local_day
from commands.questions.subcommand import zone
from leads import periods
from leads.periods import UnknownPeriod
from leads.person import Role

_PERSONAL = frozenset({"personal", "mine", "me", "my"})
_HAVE_ONE = frozenset({Role.REP, Role.MARKETER, Role.MANAGER})


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """What the channel was or is told on a day, with what is late as of now; or the asker's own
    digest, which nobody can share."""
    if words.casefold() in _PERSONAL:
        # A shared answer is drawn as its asker, and would show the mirror to everybody.
        return _personal(ctx) if asking.shared_by is None else nothing_personal()
    today = local_day(ctx, ctx.now)
    day = today
    if words:
        try:
            asked = periods.parse(words, ctx.now, zone(ctx))
        except UnknownPeriod:
            asked = None
        if asked is None or asked.days != 1 or asked.first > today:
            return not_understood(words, Expected.DAY, ("digest", "digest yesterday"))
        day = asked.first
    view = compose(ctx, day)
    return digest_card(view) if view else nothing_to_tell()


def _personal(ctx: Context) -> Card:
    actor = ctx.actor
    if actor is None or not actor.roles & _HAVE_ONE:
        return no_part()
    day = ctx.now.astimezone(ZoneInfo(actor.timezone)).date()
    view = compose_personal(ctx, actor, day, since=None)
    return personal_digest_card(view) if view else nothing_personal()
