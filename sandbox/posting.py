"""How content becomes a message: what Slack checks on every way of posting one."""

from dataclasses import replace
from typing import Any

from sandbox.arguments import Arguments, SlackError
from sandbox.blockkit import problems_of_blocks, with_ids
from sandbox.records import Conversation, Json, Message
from sandbox.workspace import BOT_USER_ID, Workspace

TEXT_LIMIT = 40_000


def checked_blocks(workspace: Workspace, blocks: Any) -> tuple[Json, ...]:
    if not blocks:
        return ()
    problems = problems_of_blocks(blocks)
    for index, block in enumerate(blocks):
        shown = block.get("slack_file") if isinstance(block, dict) else None
        if shown and not _can_be_shown(workspace, shown):
            problems.append(f"[ERROR] invalid slack file [json-pointer:/blocks/{index}/slack_file]")
    if problems:
        raise SlackError("invalid_blocks", problems)
    return with_ids(blocks, workspace.next_id)


def _can_be_shown(workspace: Workspace, shown: Json) -> bool:
    file = workspace.files.get(str(shown.get("id")))
    return file is not None and file.taken_in


def content_of(workspace: Workspace, args: Arguments) -> tuple[str, tuple[Json, ...]]:
    text = args.text("text")
    blocks = checked_blocks(workspace, args.nested("blocks"))
    if not text and not blocks:
        raise SlackError("no_text")
    if len(text) > TEXT_LIMIT:
        raise SlackError("msg_too_long")
    return text, blocks


def metadata_of(args: Arguments) -> Json | None:
    metadata = args.nested("metadata")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not {"event_type", "event_payload"} <= metadata.keys():
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata["event_payload"], dict):
        raise SlackError("invalid_metadata_schema")
    return metadata


def open_thread(
    workspace: Workspace, conversation: Conversation, thread_ts: str | None
) -> str | None:
    """The root that a reply belongs to; the root learns that it has a thread."""
    if not thread_ts:
        return None
    root = workspace.message(conversation.id, thread_ts)
    if root is None or root.ephemeral_to:
        raise SlackError("thread_not_found")
    if root.thread_ts is None:
        workspace.post(replace(root, thread_ts=root.ts))
    return root.thread_ts or root.ts


def post_as_bot(
    workspace: Workspace,
    conversation: Conversation,
    content: tuple[str, tuple[Json, ...]],
    *,
    thread_ts: str | None = None,
    ephemeral_to: str | None = None,
    metadata: Json | None = None,
    files: tuple[str, ...] = (),
) -> Message:
    text, blocks = content
    return workspace.post(
        Message(
            channel=conversation.id,
            ts=workspace.next_ts(),
            user=BOT_USER_ID,
            by_bot=True,
            text=text,
            blocks=blocks,
            thread_ts=open_thread(workspace, conversation, thread_ts),
            ephemeral_to=ephemeral_to,
            metadata=metadata,
            files=files,
        )
    )
