"""Who of those that see a card may see it differently from others."""

from bot.directory import Directory
from leads.person import Role, Team
from storage.conversations import ConversationKind, ConversationRef


class Viewers:
    """Their clients ask for the card again when they show it (`refresh`), so that a person's own
    chat is never out of date, and reps in a channel see the buttons that they may press."""

    def __init__(self, directory: Directory, team: Team) -> None:
        self._directory = directory
        self._reps = tuple(person.email for person in team.with_role(Role.REP))

    def of(self, ref: ConversationRef) -> tuple[str, ...]:
        """The person's own user id, or those of all reps: the clients of those who aren't in this
        conversation never show its cards. `cards.teams` takes the first sixty."""
        if ref.kind is ConversationKind.PERSONAL:
            return (ref.user_id,) if ref.user_id else ()
        users = self._directory.users
        return tuple(users[email] for email in self._reps if email in users)


class NoViewers:
    """For the playground, which doesn't know `refresh` and says so under each card."""

    def of(self, ref: ConversationRef) -> tuple[str, ...]:
        """Nobody."""
        return ()
