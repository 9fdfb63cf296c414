"""chat.*, reactions.*, files.*: everything that leaves a message."""

from dataclasses import replace

from sandbox.answers import file_json, message_json
from sandbox.api import Api, Method
from sandbox.arguments import Arguments, SlackError
from sandbox.posting import content_of, metadata_of, post_as_bot
from sandbox.records import File, Json, Message, Reaction
from sandbox.workspace import BOT_USER_ID


def post_message(api: Api, args: Arguments) -> Json:
    conversation = api.writable(args)
    message = post_as_bot(
        api.workspace,
        conversation,
        content_of(api.workspace, args),
        thread_ts=args.text("thread_ts") or None,
        metadata=metadata_of(args),
    )
    return {
        "channel": conversation.id,
        "ts": message.ts,
        "message": message_json(api.workspace, message),
    }


def post_ephemeral(api: Api, args: Arguments) -> Json:
    conversation = api.writable(args)
    user = args.required("user", "user_not_found")
    if user not in conversation.members:
        raise SlackError("user_not_in_channel")
    content = content_of(api.workspace, args)
    thread_ts = args.text("thread_ts") or None
    message = post_as_bot(
        api.workspace, conversation, content, thread_ts=thread_ts, ephemeral_to=user
    )
    return {"message_ts": message.ts}


def update(api: Api, args: Arguments) -> Json:
    old = _own(api, args, "cant_update_message")
    text, blocks = content_of(api.workspace, args)
    metadata = metadata_of(args) or old.metadata
    new = api.workspace.post(replace(old, text=text, blocks=blocks, metadata=metadata))
    answer = message_json(api.workspace, new)
    return {"channel": new.channel, "ts": new.ts, "text": new.text, "message": answer}


def delete(api: Api, args: Arguments) -> Json:
    old = _own(api, args, "cant_delete_message")
    api.workspace.delete(old.channel, old.ts)
    return {"channel": old.channel, "ts": old.ts}


def get_permalink(api: Api, args: Arguments) -> Json:
    message = api.message(args, "message_ts")
    link = f"{api.base_url}/?channel={message.channel}&ts={message.ts}"
    return {"channel": message.channel, "permalink": link}


def add_reaction(api: Api, args: Arguments) -> Json:
    message = api.message(args, "timestamp")
    name = args.required("name", "invalid_name")
    given = {one.name: one for one in message.reactions}
    users = given[name].users if name in given else ()
    if BOT_USER_ID in users:
        raise SlackError("already_reacted")
    given[name] = Reaction(name=name, users=(*users, BOT_USER_ID))
    api.workspace.post(replace(message, reactions=tuple(given.values())))
    return {}


def get_upload_url(api: Api, args: Arguments) -> Json:
    name = args.required("filename")
    if args.number("length", 0) <= 0:
        raise SlackError("invalid_arguments", ["[ERROR] must be more than 0: length"])
    file_id = api.workspace.next_id("F")
    api.workspace.files[file_id] = File(id=file_id, name=name, title=name, mimetype=_mimetype(name))
    return {"upload_url": f"{api.base_url}/upload/{file_id}", "file_id": file_id}


def complete_upload(api: Api, args: Arguments) -> Json:
    wanted = args.nested("files")
    if not isinstance(wanted, list) or not wanted:
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: files"])
    # What is shared at once is there at once; what isn't, a moment later.
    files = tuple(_finished(api, one, bool(args.text("channel_id"))) for one in wanted)
    if args.text("channel_id"):
        conversation = api.writable(Arguments(given={"channel": args.text("channel_id")}))
        post_as_bot(
            api.workspace,
            conversation,
            (args.text("initial_comment"), ()),
            thread_ts=args.text("thread_ts") or None,
            files=tuple(file.id for file in files),
        )
    return {"files": [file_json(file) for file in files]}


def file_info(api: Api, args: Arguments) -> Json:
    file = api.workspace.files.get(args.required("file"))
    if file is None:
        raise SlackError("file_not_found")
    api.workspace.files[file.id] = replace(file, taken_in=bool(file.content))
    return {"file": file_json(file)}  # the first look comes too soon, as it does at Slack


def _own(api: Api, args: Arguments, error: str) -> Message:
    message = api.message(args)
    if not message.by_bot:
        raise SlackError(error)
    return message


def _finished(api: Api, wanted: Json, taken_in: bool) -> File:
    file = api.workspace.files.get(str(wanted.get("id")))
    if file is None or not file.content:
        raise SlackError("file_not_found")
    titled = replace(file, title=str(wanted.get("title") or file.title), taken_in=taken_in)
    api.workspace.files[file.id] = titled
    return titled


def _mimetype(name: str) -> str:
    known = {
        "png": "image/png",
        "jpg": "image/jpeg",
        "jpeg": "image/jpeg",
        "gif": "image/gif",
        "csv": "text/csv",
    }
    return known.get(name.rpartition(".")[2].lower(), "application/octet-stream")


METHODS: dict[str, Method] = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
    "reactions.add": add_reaction,
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
    "files.info": file_info,
}
