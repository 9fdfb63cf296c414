"""Teams when Baton speaks first: cards posted, kept up to date, and a sign on what was noted."""

from collections.abc import Mapping

from bot.directory import Directory
from bot.mentions import pinged
from bot.teams.activities import message
from bot.teams.connector import ANSWER_SECONDS, ConnectorApi
from bot.teams.conversations import Conversations
from bot.teams.late import LateAnswers
from bot.teams.refusals import TeamsRefused
from bot.teams.viewers import NoViewers, Viewers
from cards import work_notices
from cards.model import Card
from cards.teams import Frame
from commands.context import Platform
from commands.delivery import NO_PICTURES, MessageRef, Pictures, Undeliverable
from storage.conversations import ConversationKind, ConversationRef

_THREAD = ";messageid="
_SIGNS = {"memo": "1f4dd_memo"}
"""Teams' names for our signs: https://learn.microsoft.com/microsoftteams/platform/agents-in-teams/reactions-reference"""


class UnknownDestination(Undeliverable):
    """A destination that is neither `person:…` nor `channel:…`: a mistake of ours."""

    def __init__(self, destination: str) -> None:
        super().__init__(f"nowhere to go: {destination!r}", "Please report this defect.")


class TeamsChat:
    """`commands.delivery.Chat` for Teams. A message is in `MessageRef.conversation`, which is the
    channel itself for a post in one; `thread` is the post that it answers."""

    platform = Platform.TEAMS

    def __init__(
        self,
        connector: ConnectorApi,
        conversations: Conversations,
        directory: Directory,
        viewers: Viewers | NoViewers,
        *,
        patience: float = ANSWER_SECONDS,
    ) -> None:
        self._connector = connector
        self._conversations = conversations
        self._directory = directory
        self._viewers = viewers
        self._late = LateAnswers(patience)

    async def post(
        self,
        destination: str,
        card: Card,
        *,
        thread: MessageRef | None,
        outbox_id: int,
        pictures: Pictures = NO_PICTURES,
    ) -> MessageRef:
        """See `commands.delivery.Chat`. A channel may be named or an id."""
        return await self._late.wait(outbox_id, self._post(destination, card, thread, pictures))

    async def update(self, ref: MessageRef, card: Card, pictures: Pictures = NO_PICTURES) -> None:
        """See `commands.delivery.Chat`."""
        place = await self._place_of(ref)
        activity = await self._activity(card, place, pictures)
        conversation = _conversation(place, ref.thread or ref.message)
        await self._connector.update(place.service_url, conversation, ref.message, activity)

    async def react(self, ref: MessageRef, sign: str) -> None:
        """See `commands.delivery.Chat`. Where Teams doesn't let bots react, which it has in
        preview, a line in the thread says the same."""
        place = await self._place_of(ref)
        conversation = _conversation(place, ref.thread or ref.message)
        try:
            wanted = _SIGNS.get(sign, sign)
            await self._connector.react(place.service_url, conversation, ref.message, wanted)
        except TeamsRefused as error:
            if not _is_about_reacting(error):
                raise
            line = await self._activity(work_notices.kept_as_note(), place)
            await self._reply(place, ref.thread or ref.message, line)

    async def find_posted(
        self, destination: str, ref_hint: MessageRef | None, outbox_id: int
    ) -> MessageRef | None:
        """See `commands.delivery.Chat`. Teams can't be searched by a bot: this only knows answers
        that came late."""
        return self._late.arrived(outbox_id)

    async def _post(
        self, destination: str, card: Card, thread: MessageRef | None, pictures: Pictures
    ) -> MessageRef:
        place = await (self._place_of(thread) if thread else self._place(destination))
        activity = {
            **await self._activity(card, place, pictures),
            "channelData": {"notification": {"alert": True}},
        }
        root = (thread.thread or thread.message) if thread else None
        if root:
            sent = await self._reply(place, root, activity)
        elif place.kind is ConversationKind.CHANNEL:
            made = await self._connector.create_post(
                place.service_url,
                place.conversation,
                activity,
                bot_id=place.bot_id,
                tenant_id=place.tenant_id,
            )
            sent = made.message or made.conversation.partition(_THREAD)[2]
        else:
            sent = await self._connector.send(place.service_url, place.conversation, activity)
        return MessageRef(
            platform=Platform.TEAMS,
            workspace=place.tenant_id,
            conversation=place.conversation,
            message=sent,
            thread=root,
        )

    async def _reply(
        self, place: ConversationRef, root: str, activity: Mapping[str, object]
    ) -> str:
        """In channels the root is part of the conversation's id; chats have no threads, and show
        the message as any other."""
        if place.kind is ConversationKind.CHANNEL:
            conversation = _conversation(place, root)
            return await self._connector.send(place.service_url, conversation, activity)
        reply = {**activity, "replyToId": root}
        return await self._connector.send(
            place.service_url, place.conversation, reply, reply_to=root
        )

    async def _activity(
        self, card: Card, place: ConversationRef, pictures: Pictures = NO_PICTURES
    ) -> Mapping[str, object]:
        for email in pinged(card):
            if email not in self._directory.users:
                await self._directory.user_of(email)
        frame = Frame(viewers=self._viewers.of(place))
        return message(card, self._directory.users, frame, pictures)

    async def _place_of(self, ref: MessageRef) -> ConversationRef:
        place = await self._conversations.at(ref.conversation)
        if place is None:
            raise Undeliverable(
                "Baton isn't in that conversation any more",
                "Add the Baton app to the team or chat again; nothing else needs to be done.",
            )
        return place

    async def _place(self, destination: str) -> ConversationRef:
        kind, _, name = destination.partition(":")
        if kind == "person":
            return await self._person(name)
        if kind != "channel" or not name.strip("#"):
            raise UnknownDestination(destination)
        place = await self._conversations.channel(name)
        if place is None:
            raise Undeliverable(
                f"Baton is in no team that has a channel {name}",
                "Add the Baton app to that team in Teams, or name another channel in team.toml.",
            )
        return place

    async def _person(self, email: str) -> ConversationRef:
        """Somebody's own chat with Baton, begun if Teams allows it: the app must be installed for
        the person, or in a team that they are in."""
        place = await self._conversations.personal(email)
        if place:
            return place
        user_id = await self._directory.user_of(email)
        if user_id is None:
            raise Undeliverable(
                f"nobody whom Baton has met in Teams has the e-mail {email}",
                "Correct the e-mail in team.toml; or have the person open the Baton app in Teams, "
                "or add the app to a team that they are in.",
            )
        place = await self._conversations.person(user_id)
        return place or await self._begin(user_id)

    async def _begin(self, user_id: str) -> ConversationRef:
        anchors = await self._conversations.anchors()
        if not anchors:
            raise Undeliverable(
                "Baton is in no conversation in Teams yet",
                "Add the Baton app to a team in Teams, or have the person open it.",
            )
        anchor = await self._conversations.where_met(user_id) or anchors[0]
        conversation = await self._connector.create_personal(
            anchor.service_url,
            bot_id=anchor.bot_id,
            tenant_id=anchor.tenant_id,
            user_id=user_id,
        )
        begun = ConversationRef(
            tenant_id=anchor.tenant_id,
            conversation=conversation,
            kind=ConversationKind.PERSONAL,
            service_url=anchor.service_url,
            bot_id=anchor.bot_id,
            user_id=user_id,
        )
        await self._conversations.learn(begun)
        return begun


def _is_about_reacting(error: TeamsRefused) -> bool:
    """Whether a bot can't react there at all, rather than now or to this."""
    match error.status:
        case 404 | 405:
            return error.code != "ActivityNotFoundInConversation"
        case 403:
            return not error.is_of_credentials
        case _:
            return False


def _conversation(place: ConversationRef, root: str) -> str:
    """The id by which the connector knows the thread of `root`."""
    if place.kind is ConversationKind.CHANNEL:
        return f"{place.conversation}{_THREAD}{root}"
    return place.conversation
