"""The hands and eyes of one person, for tests: what they see, press, choose, fill in and type."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Unpack

from sandbox.delivery import Tampering
from sandbox.forms import by_name, find_input
from sandbox.hands import Answered, Click, Hands, Submission
from sandbox.reading import elements_of
from sandbox.records import Conversation, Member, Message, Status, View
from sandbox.workspace import Workspace


class Persona:
    """Every act goes to the app as a signed request and returns once the app has answered."""

    def __init__(self, *, member: Member, workspace: Workspace, hands: Hands) -> None:
        self.member = member
        self._workspace = workspace
        self._hands = hands

    @property
    def id(self) -> str:
        return self.member.id

    def messages(self) -> list[Message]:
        """The direct messages with the app, oldest first, ephemerals included."""
        return self.sees(self._workspace.direct(self.id).id)

    def sees(self, channel: str) -> list[Message]:
        """A channel as this person sees it, with ephemerals for them and for nobody else."""
        return self._workspace.messages(self._conversation(channel).id, seen_by=self.id)

    @property
    def modal(self) -> View | None:
        return self._workspace.modal(self.id)

    @property
    def home(self) -> View | None:
        return self._workspace.homes.get(self.id)

    async def click(
        self, where: Message | View, button: str, **tampering: Unpack[Tampering]
    ) -> Click:
        """Presses a button by its label or action_id, also on a message that has changed since."""
        return await self._act(where, _find(where, _is_button(button), button), None, tampering)

    async def choose(
        self, where: Message | View, menu: str, option: object, **tampering: Unpack[Tampering]
    ) -> Click:
        """Chooses by an option's label or value in a menu found by action_id or placeholder.

        An overflow menu is also found by one of its options' labels, or by "…".
        """
        return await self._act(where, _find(where, _is_menu(menu), menu), option, tampering)

    async def change(
        self, view: View, name: str, value: object, **tampering: Unpack[Tampering]
    ) -> Click:
        """Enters a value; the app hears of it at once when the input dispatches actions."""
        block, element = find_input(view, name)
        return await self._hands.act_on_view(
            self.member, self._current(view), (block, element), value, tampering=tampering
        )

    async def submit(
        self, view: View, fields: Mapping[str, object] | None = None, **tampering: Unpack[Tampering]
    ) -> Submission:
        """Fields by block_id, action_id or label; menus by an option's value or label."""
        current = self._current(view)
        return await self._hands.submit(
            self.member, current, by_name(current, fields or {}), tampering
        )

    async def close(self, view: View, **tampering: Unpack[Tampering]) -> Click:
        return await self._hands.close(self.member, view, tampering)

    async def command(
        self, typed: str, channel: str | None = None, **tampering: Unpack[Tampering]
    ) -> Answered:
        """Sends a slash command from a channel, or from the direct messages when none is given."""
        return await self._hands.command(self.member, self._conversation(channel), typed, tampering)

    async def say(
        self,
        text: str,
        channel: str | None = None,
        thread: Message | None = None,
        **tampering: Unpack[Tampering],
    ) -> Message:
        """Writes a message; `@Name` is a mention. A thread decides the channel by itself."""
        where = (
            self._workspace.conversations[thread.channel] if thread else self._conversation(channel)
        )
        root = (thread.thread_ts or thread.ts) if thread else None
        return await self._hands.say(self.member, where, text, root, tampering)

    async def open_home(self, **tampering: Unpack[Tampering]) -> View | None:
        """Opens the app's Home tab; what the app published by the time it answered."""
        await self._hands.open_home(self.member, tampering)
        return self.home

    async def show_status(
        self,
        text: str = "",
        emoji: str = "",
        until: datetime | None = None,
        **tampering: Unpack[Tampering],
    ) -> None:
        """Shows a status such as ":palm_tree:" beside the name; without words, none any more."""
        status = Status(text=text, emoji=emoji, expires=int(until.timestamp()) if until else 0)
        await self._hands.show_status(self.member, status, tampering)

    async def _act(
        self,
        where: Message | View,
        target: tuple[Mapping[str, Any], Mapping[str, Any]],
        chosen: object,
        tampering: Tampering,
    ) -> Click:
        if isinstance(where, Message):
            return await self._hands.act_on_message(self.member, where, target, chosen, tampering)
        return await self._hands.act_on_view(
            self.member, where, target, chosen, tampering=tampering
        )

    def _conversation(self, channel: str | None) -> Conversation:
        found = (
            self._workspace.conversation(channel) if channel else self._workspace.direct(self.id)
        )
        if found is None:
            raise LookupError(f"no channel {channel!r}")
        return found

    def _current(self, view: View) -> View:
        return self._workspace.view(view.id) or view


def _find(
    where: Message | View, fits: Callable[[Mapping[str, Any]], bool], name: str
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    for block, element in elements_of(where.blocks):
        if fits(element):
            return block, element
    there = [element["action_id"] for _, element in elements_of(where.blocks)]
    raise LookupError(f"no {name!r} here; there is {where.buttons()} and {there}")


def _is_button(name: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda element: (
        element["type"] == "button" and name in (element["text"]["text"], element["action_id"])
    )


def _is_menu(name: str) -> Callable[[Mapping[str, Any]], bool]:
    def fits(element: Mapping[str, Any]) -> bool:
        names = {element["action_id"], element.get("placeholder", {}).get("text")}
        if element["type"] == "overflow":
            names |= {"…", *(option["text"]["text"] for option in element["options"])}
        return element["type"] != "button" and name in names

    return fits
