"""People and systems outside of Baton, who go on as they do in the real world: a web form sends a
lead again when the line breaks, Slack delivers an event again, a person clicks again."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

import aiohttp

from sandbox import Click, Message, Persona, Sandbox, View
from tests import acme

_TRIES = 6
"""How often a person tries the same thing before they do something else."""
_UNDECIDED_AT_MOST = 9
ADDRESS_TIME_LIMIT = aiohttp.ClientTimeout(total=3)


@dataclass
class Doors:
    """Where Baton can be reached at the moment; nowhere when every process is dead."""

    sandbox: Sandbox
    random: Random
    addresses: dict[int, str] = field(default_factory=dict)
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self, pid: int, address: str) -> None:
        self.addresses[pid] = address
        self.sandbox.app_url = address
        self._open.set()

    def close(self, pid: int) -> None:
        self.addresses.pop(pid, None)
        self.sandbox.app_url = next(iter(self.addresses.values()), "")
        if not self.addresses:
            self._open.clear()

    async def one(self) -> str:
        """An address, any of those that are up, once there is one; Slack uses the same."""
        await self._open.wait()
        chosen = self.random.choice(list(self.addresses.values()))
        if chosen != self.sandbox.app_url:  # setting it counts as a change that people look at
            self.sandbox.app_url = chosen
        return chosen


@dataclass
class Crowd:
    """Everybody outside. What they were promised is to be read from `sandbox.deliveries`; the
    answers to leads and the notes they wrote are kept here."""

    sandbox: Sandbox
    doors: Doors
    random: Random
    leads: dict[str, str] = field(default_factory=dict)
    """External id to the lead id that was answered."""
    most_leads: int = 150
    _closing: bool = False
    _numbers: int = 0

    async def run(self) -> None:
        """Until `go_home`: leads come in and people work."""
        async with asyncio.TaskGroup() as group:
            for country in acme.COUNTRIES.values():
                group.create_task(self._send_leads(country))
            for rep in acme.REPS:
                group.create_task(self._keep_at_it(partial(self._decide, rep)))
                group.create_task(self._keep_at_it(partial(self._grab, rep)))
            group.create_task(self._keep_at_it(self._note))
            group.create_task(self._keep_at_it(self._ask))

    def go_home(self) -> None:
        """Let everybody finish what they are at."""
        self._closing = True
        self.sandbox.workspace.touch()

    async def _keep_at_it(self, act: Callable[[], Awaitable[object]]) -> None:
        while not self._closing:
            await self.doors.one()
            await asyncio.sleep(0)  # an act may end without having waited for anything
            seen = self.sandbox.workspace.revision
            if not await act():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.5):
                        await self.sandbox.workspace.changed_since(seen)

    # Systems

    async def _send_leads(self, country: str) -> None:
        async with aiohttp.ClientSession(timeout=ADDRESS_TIME_LIMIT) as http:
            while not self._closing and self._numbers < self.most_leads:
                if self._undecided() >= _UNDECIDED_AT_MOST:
                    seen = self.sandbox.workspace.revision
                    await self.sandbox.workspace.changed_since(seen)
                    continue
                self._numbers += 1
                await self._send(http, acme.lead(self._numbers, country))

    async def _send(self, http: aiohttp.ClientSession, lead: dict[str, object]) -> None:
        """Again and again until it is taken, as a web form's queue does; now and then twice."""
        times = self.random.choice((1, 1, 2))
        while times:
            address = await self.doors.one()
            try:
                async with http.post(
                    f"{address}/ingest/leads",
                    json=lead,
                    headers={"Authorization": f"Bearer {acme.INGEST_TOKEN}"},
                ) as answer:
                    if answer.status == 202:
                        (told,) = await answer.json()
                        self.leads[str(lead["external_id"])] = told["lead"]
                        times -= 1
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(0)

    def _undecided(self) -> int:
        return sum("Accept" in card.buttons() for rep in acme.REPS for card in self._cards(rep))

    # People

    def _person(self, email: str) -> Persona:
        return self.sandbox.persona(email)

    def _cards(self, rep: str) -> list[Message]:
        posted = [one for one in self._person(rep).messages() if one.by_bot and one.buttons()]
        return [one for one in posted if one.ephemeral_to is None]

    def _card(self, rep: str, button: str) -> Message | None:
        """One of the rep's newer cards with this button."""
        cards = [one for one in self._cards(rep) if button in one.buttons()]
        return self.random.choice(cards[-6:]) if cards else None

    async def _grab(self, rep: str) -> bool:
        """The same card is clicked from two devices, or by the rep and their manager, or by a
        colleague who may not, or an accept is undone."""
        card = self._card(rep, "Accept")
        if card is None or self.random.random() < 0.3:
            return await self._work(rep)
        others = (rep, acme.MIA, self.random.choice(acme.REPS), acme.NOAH)
        people = [self._person(rep), self._person(self.random.choice(others))]
        await asyncio.gather(*(self._insist(one, card, "Accept") for one in people))
        return True

    async def _insist(self, person: Persona, card: Message, button: str) -> Click | None:
        """Click until it is answered."""
        for _ in range(_TRIES):
            await self.doors.one()
            click = await person.click(card, button)
            if click.status == 200:
                return click
        return None

    async def _decide(self, rep: str) -> bool:
        act = self.random.choice(
            (
                *(self._reject, self._reject, self._snooze, self._pass, self._undo),
                *(self._touch, self._touch, self._give_back),
            )
        )
        return await act(rep)

    async def _work(self, rep: str) -> bool:
        card = self._card(rep, "Qualified")
        if card is None:
            return False
        await self._insist(self._person(rep), card, "Qualified")
        return True

    async def _undo(self, rep: str) -> bool:
        card = self._card(rep, "Undo")
        if card is not None:
            await self._insist(self._person(rep), card, "Undo")
            return True
        accepted = self._card(rep, "Log a touch")
        if accepted is None:
            return False
        for _ in range(_TRIES):
            await self.doors.one()
            try:
                if (await self._person(rep).choose(accepted, "…", "Undo")).status == 200:
                    return True
            except LookupError:
                return False  # it was worked since
        return True

    async def _reject(self, rep: str) -> bool:
        reason = self.random.choice(("too_small", "not_now", "wrong_territory", "other"))
        tomorrow = datetime.now(UTC).date() + timedelta(days=30)
        answers: dict[str, dict[str, object]] = {
            "not_now": {"until": tomorrow.isoformat()},
            "other": {"text": f"They merged {self.random.random()}"},
        }
        return await self._fill(
            rep, "Reject", {"reason": reason}, answers.get(reason, {}), changes="reason"
        )

    async def _give_back(self, rep: str) -> bool:
        """What was accepted, also what was never reached; too early for that, the form says so."""
        reason = self.random.choice(("too_small", "unreachable", "unreachable", "wrong_territory"))
        return await self._fill(rep, "Log a touch", {"reason": reason}, {}, menu="Give back")

    async def _snooze(self, rep: str) -> bool:
        return await self._fill(rep, "Snooze", {"until": self.random.choice(("1h", "3h"))}, {})

    async def _pass(self, rep: str) -> bool:
        to = self.random.choice([one for one in acme.REPS if one != rep])
        return await self._fill(rep, "Accept", {"person": to}, {}, menu="Pass to a colleague")

    async def _touch(self, rep: str) -> bool:
        note = {"note": f"touch {self.random.random()}"}
        fields = {"kind": "called", "outcome_called": "no_answer", **note}
        return await self._fill(rep, "Log a touch", fields, {})

    async def _fill(
        self,
        rep: str,
        button: str,
        fields: dict[str, str],
        answers: dict[str, object],
        *,
        changes: str = "",
        menu: str = "",
    ) -> bool:
        """Open the form of a card (by its button, or by an entry of its menu), fill it in, and
        send it until it is answered."""
        card, person = self._card(rep, button), self._person(rep)
        if card is None:
            return False
        self.sandbox.workspace.show_modals(person.id, [])  # closed, whatever was open
        await self.doors.one()
        try:
            click = await (person.choose(card, "…", menu) if menu else person.click(card, button))
        except LookupError:
            return False  # it has moved on since
        view = click.view
        if view is None or view.content.get("submit") is None:
            return True
        if changes and answers:
            await person.change(view, changes, fields[changes])
            view = person.modal or view
        await self._submit(person, view, {**fields, **answers})
        return True

    async def _submit(self, person: Persona, view: View, fields: dict[str, object]) -> None:
        for _ in range(_TRIES):
            await self.doors.one()
            try:
                sent = await person.submit(view, fields)
            except LookupError:
                return  # the form wasn't redrawn with what its reason asks
            if sent.status == 200 or (sent.status == 0 and sent.errors):
                return

    async def _note(self) -> bool:
        """Somebody writes in the thread of a lead's line; Slack tells Baton until it listens."""
        lines = [one for one in self.sandbox.messages("lead-handoffs") if not one.is_reply]
        if not lines:
            return False
        who = self._person(self.random.choice((*acme.REPS, acme.NOAH)))
        await who.say(f"Remember {self.random.random()}", thread=self.random.choice(lines))
        return True

    async def _ask(self) -> bool:
        who = self._person(self.random.choice((acme.ANA, acme.MIA, acme.NOAH)))
        await who.command(self.random.choice(("/leads", "/leads quality", "/leads help")))
        return False
