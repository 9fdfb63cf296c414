"""People who act only on what they have been shown in chat, each in their own way."""

import heapq
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from bot.intent import Deed, Intent, Pressed, Sender, Submitted
from bot.router import Router
from cards.actions import Action
from cards.work_forms import outcome_id
from commands.context import Place, Platform
from commands.reply import Ask, Nothing, Reply
from leads.agreement import Unit, WorkDuration
from leads.person import Person, Role
from leads.rejection import RejectionAnswer, Verdict
from leads.touch import OUTCOMES, TouchKind
from leads.worktime import WorkCalendar
from tests.conftest import Clock
from tests.quarter.chat import WORKSPACE, Message, QuarterChat
from tests.quarter.company import ENTERPRISE, REPS, TEAM

Act = Callable[[], Awaitable[None]]

IGNORE = frozenset({"Kim", "Zara", "Ichi", "Flor"})
"""Who never decide."""
FORGET = frozenset({"Ugo", "Lily", "Dora"})
"""Who accept and then do nothing."""
SLOW = frozenset({"Lou", "Ned", "Anil", "Kai", "Emil"})
"""Who take their time."""

_REASONS = ("too_small", "not_now", "not_now", "later", "territory", "other", "bad_data")
_FILLED: Mapping[Action, Mapping[str, Sequence[str]]] = {
    Action.SNOOZE: {"until": ("1h", "3h", "morning")},
    Action.OPPORTUNITY: {"amount": ("800", "1200.4", "9000")},
    Action.WIN: {"amount": ("800", "1200.4", "9000")},
    Action.LOSE: {"reason": ("price", "competitor", "silent")},
    Action.ANSWER_REJECTION: {"answer": tuple(RejectionAnswer), "text": ("Mended",)},
    Action.CONTEST_REJECTION: {"evidence": ("They asked for a quote on the phone",)},
    Action.JUDGE_REJECTION: {"verdict": tuple(Verdict), "text": ("So be it",)},
    Action.EXTEND: {"time": ("1h", "4h", "1d"), "why": ("On the road",)},
}
"""What is filled into the forms, one of each."""


@dataclass
class People:
    """Everybody's intentions: who looks at which message when."""

    clock: Clock
    random: Random
    chat: QuarterChat
    router: Router
    calendar: Callable[[Person], WorkCalendar]
    """When somebody works, as they know it by now."""
    agenda: list[tuple[datetime, int, Act]] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    _numbers: "count[int]" = field(default_factory=count)

    def at(self, moment: datetime, act: Act) -> None:
        """Have `act` happen then."""
        heapq.heappush(self.agenda, (moment, next(self._numbers), act))

    def next_at(self) -> tuple[datetime, ...]:
        """When somebody does something next."""
        return tuple(at for at, _, _ in self.agenda[:1])

    async def act(self, until: datetime) -> None:
        """Everybody does what they wanted to do until then, each at their own minute."""
        while self.agenda and self.agenda[0][0] <= until:
            at, _, act = heapq.heappop(self.agenda)
            self.clock.now = max(self.clock.now, at)
            await act()

    def notice(self) -> None:
        """Look at what came since."""
        for message in self.chat.take_news():
            offers = message.offers()
            for person in _readers(message):
                if wait := self._wait(person, offers):
                    self._look_in(person, message, wait)

    def _look_in(self, person: Person, message: Message, wait: timedelta) -> None:
        minutes = max(1, round(wait.total_seconds() / 60))
        length = WorkDuration(amount=minutes, unit=Unit.MINUTES)
        moment = self.calendar(person).after(self.clock.now, length)

        async def look() -> None:
            if self.calendar(person).is_working(self.clock.now - timedelta(minutes=1)):
                await self._look(person, message)
            else:  # away all of a sudden
                self._look_in(person, message, timedelta(minutes=30))

        self.at(moment, look)

    def _wait(self, person: Person, offers: Mapping[Action, str]) -> timedelta | None:
        """After how much of their working time the person sees to it; None when never."""
        name, lot = person.name.split()[0], self.random.random()
        if Role.REP in person.roles:
            if Action.ACCEPT not in offers and Action.TOUCH not in offers:
                return None
            if name in IGNORE or lot < 0.04:
                return None
            longest = 300 if name in SLOW else 75
            return timedelta(minutes=self.random.randint(2, longest))
        if Action.JUDGE_REJECTION in offers and lot < 0.85:
            return timedelta(hours=self.random.randint(1, 12))
        if Action.ANSWER_REJECTION in offers and lot < 0.75:
            return timedelta(hours=self.random.randint(1, 14))
        if Action.EXTEND in offers and lot < 0.4:
            return timedelta(minutes=self.random.randint(5, 90))
        if Action.ACCEPT in offers and lot < 0.15:
            return timedelta(minutes=self.random.randint(10, 200))
        return None

    async def _look(self, person: Person, message: Message) -> None:
        """Press one of the buttons that are there now, and come back to it later."""
        offers = message.offers()
        if Role.REP in person.roles or Action.ACCEPT in offers:
            act = self._rep_wants(person, offers)
        else:
            act = self._office_wants(offers)
        if act is None:
            return
        values = self._values(person, act)
        is_done = await self.press(person, act, offers[act], values)
        if not is_done:
            return
        if act in _MAY_BE_REGRETTED and self.random.random() < 0.05:
            self._regret(person, message, offers[act])
            return
        if act is Action.SNOOZE:
            self._look_in(person, message, timedelta(minutes=self.random.randint(61, 200)))
        if act is Action.ACCEPT and person.name.split()[0] in FORGET:
            return
        if act is Action.ACCEPT or (act in _GOES_ON and self.random.random() < 0.45):
            self._look_in(person, message, timedelta(minutes=self.random.randint(30, 700)))

    def _regret(self, person: Person, message: Message, subject: str) -> None:
        async def undo() -> None:
            if await self.press(person, Action.UNDO, subject, None):
                self._look_in(person, message, timedelta(minutes=5))

        self.at(self.clock.now + timedelta(minutes=self.random.randint(1, 12)), undo)

    def _rep_wants(self, person: Person, offers: Mapping[Action, str]) -> Action | None:
        wishes = _DECIDES if Action.ACCEPT in offers else _WORKS
        able = {act: n for act, n in wishes.items() if act in offers}
        if not able:
            return None
        return self.random.choices(tuple(able), weights=tuple(able.values()))[0]

    def _office_wants(self, offers: Mapping[Action, str]) -> Action | None:
        if Action.JUDGE_REJECTION in offers:
            return Action.JUDGE_REJECTION
        if Action.CONTEST_REJECTION in offers and self.random.random() < 0.3:
            return Action.CONTEST_REJECTION
        wanted = (Action.ANSWER_REJECTION, self.random.choice((Action.EXTEND, Action.REASSIGN)))
        return next((act for act in wanted if act in offers), None)

    def _values(self, person: Person, act: Action) -> dict[str, str] | None:
        """What they fill into the form that a button opens; None where it opens none."""
        random = self.random
        match act:
            case Action.REJECT | Action.RELEASE:
                return self._no(person, act)
            case Action.PASS:
                return {"person": self._colleague(person), "note": "Yours, I think"}
            case Action.TOUCH:
                kind = random.choice(tuple(TouchKind))
                return {"kind": kind.value, outcome_id(kind): random.choice(OUTCOMES[kind]).value}
            case Action.REASSIGN:
                to = random.choice(("rules", self._colleague(person)))
                return {"person": to, "note": "Please"}
            case _:
                filled = _FILLED.get(act)
                if filled is None:
                    return None
                return {name: random.choice(some) for name, some in filled.items()}

    def _no(self, person: Person, act: Action) -> dict[str, str]:
        random = self.random
        until = (self.clock.now + timedelta(days=random.randint(2, 35))).date()
        reasons = ("later", "not_now") if act is Action.RELEASE else _REASONS
        return {
            "reason": random.choice(reasons),
            "until": until.isoformat(),
            "text": "They supply us",
            "person": self._colleague(person) if random.random() < 0.4 else "",
        }

    def _colleague(self, person: Person) -> str:
        others = [
            one
            for one in REPS
            if one is not person
            and one.timezone == person.timezone
            and one.name.split()[0] not in ENTERPRISE
        ]
        return self.random.choice(others or REPS).email

    async def press(
        self, person: Person, act: Action, subject: str, values: Mapping[str, str] | None
    ) -> bool:
        """Press a button, and fill in the form that it opens; whether it was done."""
        reply = await self.send(person, Pressed(action=act, subject=subject))
        if values is not None and isinstance(reply, Ask):
            reply = await self.send(person, Submitted(action=act, subject=subject, values=values))
        is_done = isinstance(reply, Nothing)
        (self.did if is_done else self.refused)[act.value] += 1
        return is_done

    async def send(self, person: Person, deed: Deed) -> Reply:
        """What the router makes of somebody's deed."""
        number = next(self._numbers)
        return await self.router.handle(
            Intent(
                deed=deed,
                sender=Sender(
                    platform=Platform.SLACK, workspace=WORKSPACE, user_id=f"U-{person.email}"
                ),
                place=Place(platform=Platform.SLACK, workspace=WORKSPACE, conversation="D"),
                key=f"press-{number}",
            )
        )


_DECIDES = {Action.ACCEPT: 62, Action.REJECT: 20, Action.PASS: 6, Action.SNOOZE: 8}
_WORKS = {
    Action.TOUCH: 36,
    Action.QUALIFY: 22,
    Action.OPPORTUNITY: 22,
    Action.WIN: 22,
    Action.LOSE: 7,
    Action.RELEASE: 6,
}
_MAY_BE_REGRETTED = frozenset({Action.ACCEPT, Action.REJECT, Action.RELEASE, Action.PASS})
_GOES_ON = frozenset({Action.ACCEPT, Action.TOUCH, Action.QUALIFY, Action.OPPORTUNITY})


def _readers(message: Message) -> tuple[Person, ...]:
    """Who hears of a message: whose chat it is in, or who is mentioned."""
    return TEAM.named([message.to] if message.to else sorted(message.pings()))
