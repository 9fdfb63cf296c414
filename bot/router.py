"""From what somebody did to what they are answered: who it was, which command, one transaction."""

import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import assert_never

from bot.directory import Account, Directory
from bot.intent import (
    Asked,
    Changed,
    Intent,
    OpenedHome,
    Pressed,
    Said,
    ShowedStatus,
    Submitted,
)
from bot.routes import ROUTES, SUBJECTS, Route, Routes, Subject
from cards import misunderstandings
from cards.actions import Action
from commands.context import Context, NeedsToWrite, Place, Platform, Setup
from commands.delivery import Throttled, Undeliverable, Unreachable
from commands.reading import for_asker
from commands.reply import Nothing, Reply, Tell
from commands.typed import storable
from leads.person import Person
from storage import inbox, outbox
from storage.database import Database

logger = logging.getLogger("baton.router")

_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_LONGEST_SUBJECT = 2000
_RECENT_KEYS = 10_000
_NO_VALUES: Mapping[str, str] = {}


@dataclass(frozen=True, kw_only=True)
class _Errand:
    route: Route
    subject: str
    values: Mapping[str, str] = field(default_factory=dict)

    def storable(self) -> "_Errand":
        """The errand with texts that every database takes, whatever was typed."""
        values = {name: storable(value) for name, value in self.values.items()}
        return replace(self, subject=storable(self.subject), values=values)


class Router:
    """Carries out intents. Every effect is committed when `handle` returns, and a key that was
    handled before does nothing again."""

    def __init__(
        self,
        database: Database,
        setup: Setup,
        clock: Callable[[], datetime],
        directories: Mapping[Platform, Directory],
        on_commit: Callable[[], None] | None = None,
        routes: Routes = ROUTES,
    ) -> None:
        self._database = database
        self._setup = setup
        self._clock = clock
        self._directories = directories
        self._on_commit = on_commit
        self._routes = routes
        self._recent: OrderedDict[str, None] = OrderedDict()

    async def handle(self, intent: Intent) -> Reply:
        """Does what was meant and returns what the person is to be answered. The sender must have
        been verified. Whatever a command raises is raised here, with nothing done."""
        errand = self._errand(intent)
        if errand is None:
            logger.info("router.not_understood platform=%s", intent.sender.platform)
            return Tell(card=misunderstandings.old_button())
        sender = intent.sender
        directory = self._directories[sender.platform]
        if isinstance(intent.deed, ShowedStatus) and not directory.has_met(sender.user_id):
            return Nothing()  # the whole workspace shows statuses; nobody is looked up for one
        try:
            account = await directory.account_of(sender.workspace, sender.user_id)
        except (Throttled, Unreachable, Undeliverable) as error:
            logger.warning("router.sender_unknown cause=%s", type(error).__name__)
            return Tell(card=misunderstandings.who_are_you(), again=True)
        actor = self._setup.team.find(account.email)
        if actor is None:
            if isinstance(intent.deed, Said | Changed | ShowedStatus):
                return Nothing()  # not said to Baton, or not the first thing they do here
            errand = self._greeting(account)
        return await self._carry_out(errand.storable(), intent, actor)

    async def is_card_thread(self, place: Place) -> bool:
        """Whether the thread of `place` hangs on one of our cards."""
        thread = place.thread
        if thread is None:
            return False
        copy = await self._database.read(
            lambda session: outbox.copy_at(session, place.conversation, thread)
        )
        return copy is not None

    def _errand(self, intent: Intent) -> _Errand | None:
        match intent.deed:
            case Pressed(action=action, subject=subject):
                return _checked(self._routes.pressed, action, subject, _NO_VALUES)
            case Changed(action=action, subject=subject, values=values):
                return _checked(self._routes.changed, action, subject, values)
            case Submitted(action=action, subject=subject, values=values):
                return _checked(self._routes.submitted, action, subject, values)
            case Asked(text=text):
                return _Errand(route=self._routes.asked, subject=text)
            case Said(text=text, thread=thread, message=message):
                values = {"text": text, "message": message}
                return _Errand(route=self._routes.said, subject=thread, values=values)
            case OpenedHome():
                return _Errand(route=self._routes.opened_home, subject="")
            case ShowedStatus(text=text, sign=sign, until=until, change=change):
                values = {"text": text, "sign": sign, "until": until.isoformat() if until else ""}
                return _Errand(route=self._routes.showed_status, subject=change, values=values)
            case _:
                assert_never(intent.deed)

    def _greeting(self, account: Account) -> _Errand:
        return _Errand(
            route=self._routes.stranger,
            subject=account.email or account.user_id,
            values={"name": account.name or "", "user_id": account.user_id},
        )

    async def _carry_out(self, errand: _Errand, intent: Intent, actor: Person | None) -> Reply:
        if errand.route.reads and self._is_repeated(intent.key):
            return Nothing()
        try:
            reply = await self._run(errand, intent, actor)
        except BaseException:
            self._recent.pop(intent.key, None)  # it will come again, and is to be answered then
            raise
        return reply

    async def _run(self, errand: _Errand, intent: Intent, actor: Person | None) -> Reply:
        context = partial(
            Context, now=self._clock(), setup=self._setup, actor=actor, place=intent.place
        )
        if errand.route.reads:
            with suppress(NeedsToWrite):
                return await self._database.read(
                    lambda session: _ask(context(session=session, reads_only=True), errand)
                )
        reply = await self._database.write(
            lambda session: _do_once(context(session=session), errand, intent.key)
        )
        if self._on_commit:
            self._on_commit()
        return reply

    def _is_repeated(self, key: str) -> bool:
        """Whether a question came before. Reading leaves no trace in the database, so this is
        known only within the process: a repeat elsewhere is answered twice, nothing worse."""
        if not key:
            return False
        if key in self._recent:
            return True
        self._recent[key] = None
        if len(self._recent) > _RECENT_KEYS:
            self._recent.popitem(last=False)
        return False


def _ask(ctx: Context, errand: _Errand) -> Reply:
    return for_asker(ctx, errand.route.handler(ctx, errand.subject, errand.values))


def _do_once(ctx: Context, errand: _Errand, key: str) -> Reply:
    if key and not inbox.first_time(ctx.session, key, ctx.now):
        return Nothing()
    return _ask(ctx, errand)


def _checked(
    table: Mapping[Action, Route], action: Action, subject: str, values: Mapping[str, str]
) -> _Errand | None:
    """The errand; None when the action can't be done this way or its subject makes no sense."""
    route = table.get(action)
    if route is None:
        return None
    match SUBJECTS[action]:
        case Subject.NUMBER:
            fits = _NUMBER.fullmatch(subject) is not None
        case Subject.NAME:
            fits = 0 < len(subject) <= _LONGEST_SUBJECT
        case Subject.QUESTION:
            fits = len(subject) <= _LONGEST_SUBJECT
        case other:
            assert_never(other)
    return _Errand(route=route, subject=subject, values=values) if fits else None
