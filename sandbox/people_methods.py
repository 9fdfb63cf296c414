"""auth.*, team.*, users.*, conversations.*: who and where."""

from sandbox.answers import conversation_json, message_json, user_json
from sandbox.api import Api, Method
from sandbox.arguments import Arguments, SlackError, page_of
from sandbox.records import ConversationKind, Json
from sandbox.workspace import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID


def auth_test(api: Api, args: Arguments) -> Json:
    return {
        "url": api.base_url + "/",
        "team": api.workspace.team_name,
        "user": api.workspace.bot.handle,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def bots_info(api: Api, args: Arguments) -> Json:
    if args.text("bot", BOT_ID) != BOT_ID:
        raise SlackError("bot_not_found")
    bot = {"id": BOT_ID, "app_id": APP_ID, "user_id": BOT_USER_ID, "name": api.workspace.bot.name}
    return {"bot": bot | {"deleted": False, "updated": 0}}


def team_info(api: Api, args: Arguments) -> Json:
    name = api.workspace.team_name
    return {"team": {"id": TEAM_ID, "name": name, "domain": name.lower().replace(" ", "-")}}


def users_info(api: Api, args: Arguments) -> Json:
    member = api.workspace.members.get(args.required("user", "user_not_found"))
    if member is None:
        raise SlackError("user_not_found")
    return {"user": user_json(member, api.workspace.clock())}


def users_by_email(api: Api, args: Arguments) -> Json:
    member = api.workspace.member_by_email(args.required("email", "users_not_found"))
    if member is None:
        raise SlackError("users_not_found")
    return {"user": user_json(member, api.workspace.clock())}


def users_list(api: Api, args: Arguments) -> Json:
    members, metadata = page_of(list(api.workspace.members.values()), args)
    now = api.workspace.clock()
    return {"members": [user_json(one, now) for one in members], "response_metadata": metadata}


def conversations_list(api: Api, args: Arguments) -> Json:
    kinds = {
        "public_channel": ConversationKind.CHANNEL,
        "private_channel": ConversationKind.PRIVATE,
        "im": ConversationKind.DIRECT,
    }
    asked = {kinds.get(kind.strip()) for kind in args.text("types", "public_channel").split(",")}
    found = [
        one
        for one in api.workspace.conversations.values()
        if one.kind in asked
        and (one.kind is ConversationKind.CHANNEL or BOT_USER_ID in one.members)
        and not (args.flag("exclude_archived") and one.is_archived)
    ]
    some, metadata = page_of(found, args)
    return {
        "channels": [conversation_json(one, BOT_USER_ID) for one in some],
        "response_metadata": metadata,
    }


def conversations_info(api: Api, args: Arguments) -> Json:
    return {"channel": conversation_json(api.conversation(args), BOT_USER_ID)}


def conversations_members(api: Api, args: Arguments) -> Json:
    members, metadata = page_of(sorted(api.conversation(args).members), args)
    return {"members": list(members), "response_metadata": metadata}


def conversations_open(api: Api, args: Arguments) -> Json:
    if args.text("channel"):
        return {"channel": conversation_json(api.conversation(args), BOT_USER_ID)}
    users = args.required("users", "users_list_not_supplied").split(",")
    if len(users) != 1:
        raise SlackError("not_supported_by_the_sandbox")
    if users[0] not in api.workspace.members or users[0] == BOT_USER_ID:
        raise SlackError("user_not_found")
    direct = api.workspace.direct(users[0])
    channel = (
        conversation_json(direct, BOT_USER_ID) if args.flag("return_im") else {"id": direct.id}
    )
    return {"channel": channel}


def conversations_join(api: Api, args: Arguments) -> Json:
    found = api.conversation(args)
    if found.is_archived:
        raise SlackError("is_archived")
    if found.kind is not ConversationKind.CHANNEL:
        raise SlackError("method_not_supported_for_channel_type")
    return {"channel": conversation_json(api.workspace.join(found, BOT_USER_ID), BOT_USER_ID)}


def conversations_history(api: Api, args: Arguments) -> Json:
    """Newest first, without replies and ephemerals."""
    everything = api.workspace.messages(_readable(api, args), seen_by="")
    roots = [one for one in reversed(everything) if not one.is_reply and _within(one.ts, args)]
    some, metadata = page_of(roots, args, 100)
    full = args.flag("include_all_metadata")
    return {
        "messages": [message_json(api.workspace, one, with_metadata=full) for one in some],
        "has_more": bool(metadata["next_cursor"]),
        "response_metadata": metadata,
    }


def conversations_replies(api: Api, args: Arguments) -> Json:
    channel = _readable(api, args)
    root = api.workspace.message(channel, args.required("ts"))
    if root is None or root.ephemeral_to:
        raise SlackError("thread_not_found")
    thread = [
        one
        for one in api.workspace.thread(channel, root.thread_ts or root.ts)
        if not one.ephemeral_to
    ]
    some, metadata = page_of([root, *(one for one in thread if _within(one.ts, args))], args, 1000)
    full = args.flag("include_all_metadata")
    return {
        "messages": [message_json(api.workspace, one, with_metadata=full) for one in some],
        "has_more": bool(metadata["next_cursor"]),
        "response_metadata": metadata,
    }


def _readable(api: Api, args: Arguments) -> str:
    found = api.conversation(args)
    if BOT_USER_ID not in found.members:
        raise SlackError("not_in_channel")
    return found.id


def _within(ts: str, args: Arguments) -> bool:
    oldest, latest = args.text("oldest", "0"), args.text("latest") or "inf"
    if args.flag("inclusive"):
        return float(oldest) <= float(ts) <= float(latest)
    return float(oldest) < float(ts) < float(latest)


METHODS: dict[str, Method] = {
    "auth.test": auth_test,
    "bots.info": bots_info,
    "team.info": team_info,
    "users.info": users_info,
    "users.lookupByEmail": users_by_email,
    "users.list": users_list,
    "conversations.list": conversations_list,
    "conversations.info": conversations_info,
    "conversations.members": conversations_members,
    "conversations.open": conversations_open,
    "conversations.join": conversations_join,
    "conversations.history": conversations_history,
    "conversations.replies": conversations_replies,
}
