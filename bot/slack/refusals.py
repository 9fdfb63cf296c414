"""What Slack's error codes mean for us, and what an admin can do about each.

Source: the error tables of chat.postMessage, chat.update, users.lookupByEmail and views.open at
https://docs.slack.dev/reference/methods"""

from commands.delivery import Undeliverable, Unreachable


class SlackRefused(Undeliverable):
    """Slack said no. `code` is Slack's word for it."""

    def __init__(self, code: str, reason: str, advice: str) -> None:
        super().__init__(reason, advice)
        self.code = code


_TOKEN = (
    "Slack doesn't accept the bot's token",
    "Reinstall the app to the workspace, put the new token in SLACK_BOT_TOKEN and restart Baton.",
)
_GONE = (
    "the message isn't there any more",
    "Somebody deleted it. Nothing needs to be done; the lead itself is unharmed.",
)
_LAYOUT = (
    "Slack refused the layout of the message",
    "This is a defect of Baton. Please report it with the number of the delivery.",
)
_FORBIDDEN = (
    "the workspace doesn't let the bot write there",
    "Ask a Slack admin to let Baton post in that channel, or name another channel in team.toml.",
)

_REFUSALS: dict[str, tuple[str, str]] = {
    "channel_not_found": (
        "Slack knows no such channel, or the bot isn't in it",
        "Check the name under [channels] in team.toml; in a private channel, type /invite @Baton.",
    ),
    "not_in_channel": (
        "the bot isn't in the channel",
        "Open the channel in Slack and type /invite @Baton.",
    ),
    "is_archived": (
        "the channel is archived",
        "Unarchive it in Slack, or name another channel in team.toml and restart Baton.",
    ),
    "user_not_found": (
        "Slack knows no such person",
        "Check the e-mail in team.toml: it must be the one of the person's Slack account.",
    ),
    "users_not_found": (
        "no Slack account has this e-mail",
        "Check the e-mail in team.toml: it must be the one of the person's Slack account.",
    ),
    "account_inactive": _TOKEN,
    "invalid_auth": _TOKEN,
    "not_authed": _TOKEN,
    "token_expired": _TOKEN,
    "token_revoked": _TOKEN,
    "missing_scope": (
        "the bot lacks a permission in Slack",
        "Paste slack_manifest.yaml into the app's manifest, reinstall the app, restart Baton.",
    ),
    "cannot_dm_bot": (
        "the e-mail belongs to a bot",
        "Put a person's e-mail in team.toml.",
    ),
    "messages_tab_disabled": (
        "direct messages to the bot are switched off",
        "Switch on the messages tab under App Home of the Slack app (see slack_manifest.yaml).",
    ),
    "user_disabled": (
        "the person's Slack account is deactivated",
        "Take the person out of team.toml, or have the account reactivated.",
    ),
    "message_not_found": _GONE,
    "cant_update_message": _GONE,
    "edit_window_closed": (
        "the workspace doesn't let messages be edited that late",
        "Ask a Slack admin to allow message editing at any time.",
    ),
    "thread_not_found": _GONE,
    "restricted_action": _FORBIDDEN,
    "restricted_action_read_only_channel": _FORBIDDEN,
    "restricted_action_thread_only_channel": _FORBIDDEN,
    "ekm_access_denied": _FORBIDDEN,
    "team_access_not_granted": _FORBIDDEN,
    "invalid_blocks": _LAYOUT,
    "invalid_blocks_format": _LAYOUT,
    "invalid_arguments": _LAYOUT,
    "msg_too_long": _LAYOUT,
    "msg_blocks_too_long": _LAYOUT,
    "no_text": _LAYOUT,
    "expired_url": (
        "the address Slack lent for the answer has expired",
        "Nothing needs to be done.",
    ),
}

_TRANSIENT = frozenset(
    {
        "fatal_error",
        "internal_error",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
        "external_channel_migrating",
    }
)


def refusal(code: str) -> SlackRefused | Unreachable:
    """The error of ours for one of Slack's; codes that Slack calls temporary are Unreachable."""
    if code in _TRANSIENT:
        return Unreachable(code, uncertain=True)
    reason, advice = _REFUSALS.get(
        code,
        (
            f"Slack refused it as “{code}”",
            "Run `python app.py doctor`, which checks the connection to Slack line by line.",
        ),
    )
    return SlackRefused(code, reason, advice)
