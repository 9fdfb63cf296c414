"""What every Web API method has in common: the workspace it works on and how it is looked up."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.arguments import Arguments, SlackError
from sandbox.records import Conversation, ConversationKind, Json, Message
from sandbox.tickets import Tickets
from sandbox.workspace import BOT_USER_ID, Workspace


@dataclass(frozen=True, kw_only=True)
class Api:
    workspace: Workspace
    tickets: Tickets
    scopes: tuple[str, ...]
    base_url: str

    def conversation(self, args: Arguments) -> Conversation:
        """Any conversation the bot may know of; private channels without it are hidden."""
        found = self.workspace.conversation(args.required("channel", "channel_not_found"))
        if found is None or (
            found.kind is ConversationKind.PRIVATE and BOT_USER_ID not in found.members
        ):
            raise SlackError("channel_not_found")
        return found

    def writable(self, args: Arguments) -> Conversation:
        found = self.workspace.conversation(args.required("channel", "channel_not_found"))
        if found is None:
            raise SlackError("channel_not_found")
        if found.is_archived:
            raise SlackError("is_archived")
        everywhere = "chat:write.public" in self.scopes and found.kind is ConversationKind.CHANNEL
        if BOT_USER_ID not in found.members and not everywhere:
            raise SlackError("not_in_channel")
        return found

    def message(self, args: Arguments, ts: str = "ts") -> Message:
        message = self.workspace.message(self.conversation(args).id, args.required(ts))
        if message is None or message.ephemeral_to:
            raise SlackError("message_not_found")
        return message


Method = Callable[[Api, Arguments], Json]
