"""Cards as Slack messages, modals and home pages, and what comes back from their forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from cards import ids, limits, words
from cards.actions import Action
from cards.charts import Chart
from cards.dialects import SLACK_MRKDWN, SLACK_PLAIN, SLACK_SUMMARY, Reader
from cards.ids import BadPayload, strings
from cards.model import Block, Card, Choice, DateInput, Form, Heading, NumberInput, TextInput, Words
from cards.slack_blocks import BlockWriter, Json, mrkdwn
from cards.slack_forms import input_blocks, values_of

decode_button = ids.decode
encode_button = ids.encode

_CLOSE = Words("parts", "close")
_CANCEL = Words("parts", "cancel")
_UNTITLED = Words("parts", "untitled")
_LEFT_OUT = Words("parts", "left_out")
_NO_FILES: Mapping[Chart, str] = {}
_INPUTS = (TextInput, NumberInput, DateInput, Choice)


@dataclass(frozen=True, kw_only=True)
class SlackMessage:
    """What `chat.postMessage` and `chat.update` take. Send it with `parse="none"`,
    `link_names=False`, `unfurl_links=False` and `unfurl_media=False`."""

    text: str
    blocks: list[Json]


@dataclass(frozen=True, kw_only=True)
class SubmittedView:
    """What a form of ours says. `values` are by input id; days are ISO dates; a field that was
    left empty is not there."""

    action: Action
    subject: str
    values: Mapping[str, str]


def message(
    card: Card, accounts: Mapping[str, str], files: Mapping[Chart, str] = _NO_FILES
) -> SlackMessage:
    """The card as a message; `accounts` are Slack user ids by e-mail, `files` the ids of uploaded
    pictures."""
    reader = Reader(accounts=accounts, locale=card.locale)
    summary = words.render(card.summary, SLACK_SUMMARY, reader)
    text = limits.shorten(summary, limits.SLACK_TEXT, SLACK_SUMMARY)
    return SlackMessage(
        text=text or words.render(_UNTITLED, SLACK_SUMMARY),
        blocks=_blocks(
            card.blocks, BlockWriter(reader, tables=True, files=files), limits.SLACK_MESSAGE_BLOCKS
        ),
    )


def modal(content: Form | Card, accounts: Mapping[str, str]) -> Json:
    """A form, or a card as a page, for `views.open`, `views.update` and `views.push`."""
    reader = Reader(accounts=accounts, locale=content.locale)
    writer = BlockWriter(reader, tables=False)
    if isinstance(content, Card):
        return _page(content, writer)
    return {
        "type": "modal",
        "title": writer.plain_text(content.title, limits.SLACK_TITLE),
        "submit": writer.plain_text(content.submit, limits.SLACK_TITLE),
        "close": writer.plain_text(_CANCEL, limits.SLACK_TITLE),
        "private_metadata": limits.fitting_id(
            ids.encode(content.action, content.subject), limits.SLACK_METADATA
        ),
        "blocks": list(
            chain.from_iterable(
                input_blocks(part, writer) if isinstance(part, _INPUTS) else writer.write(part)
                for part in content.blocks
            )
        )[: limits.SLACK_VIEW_BLOCKS],
    }


def home(card: Card, accounts: Mapping[str, str]) -> Json:
    """The card as a home page, for `views.publish`."""
    writer = BlockWriter(Reader(accounts=accounts, locale=card.locale), tables=False)
    return {"type": "home", "blocks": _blocks(card.blocks, writer, limits.SLACK_VIEW_BLOCKS)}


def errors(said: Mapping[str, Words]) -> dict[str, str]:
    """The `errors` of a `response_action`: what to mend, by block id."""
    return {
        input_id: limits.shorten(words.render(leaf, SLACK_PLAIN), limits.SLACK_HINT, SLACK_PLAIN)
        for input_id, leaf in said.items()
    }


def decode_view(view: object) -> SubmittedView:
    """The `view` of a `view_submission`, or of `block_actions` in an open form; raises
    BadPayload where it isn't a form of ours."""
    parts = strings(view)
    metadata = parts.get("private_metadata")
    if not isinstance(metadata, str):
        raise BadPayload("a view without private_metadata")
    action, subject = ids.decode(metadata)
    return SubmittedView(action=action, subject=subject, values=values_of(parts.get("state")))


def is_link(action_id: str) -> bool:
    """Whether this is the id of a link: Slack tells of the press, and there is nothing to do."""
    return action_id.startswith("link:")


def _page(card: Card, writer: BlockWriter) -> Json:
    """A page is titled by its first heading. One that is too long for a title stays on the page,
    which is then titled by its short form, or by our name."""
    blocks = card.blocks
    first = next((block for block in blocks if isinstance(block, Heading)), None)
    title = _UNTITLED
    if first and writer.fits(first.text, limits.SLACK_TITLE):
        title = first.text
        blocks = tuple(block for block in blocks if block is not first)
    elif first and first.short and writer.fits(first.short, limits.SLACK_TITLE):
        title = first.short
    return {
        "type": "modal",
        "title": writer.plain_text(title, limits.SLACK_TITLE),
        "close": writer.plain_text(_CLOSE, limits.SLACK_TITLE),
        "blocks": _blocks(blocks, writer, limits.SLACK_VIEW_BLOCKS),
    }


def _blocks(parts: Sequence[Block], writer: BlockWriter, most: int) -> list[Json]:
    return _at_most(list(chain.from_iterable(map(writer.write, parts))), most)


def _at_most(blocks: list[Json], most: int) -> list[Json]:
    """The first blocks that fit and the last row of buttons, and in between that more is left
    out."""
    if len(blocks) <= most:
        return blocks
    last = [block for block in blocks[most - 2 :] if block["type"] == "actions"][-1:]
    note: Json = {
        "type": "context",
        "elements": [mrkdwn(words.render(_LEFT_OUT, SLACK_MRKDWN))],
    }
    return [*blocks[: most - 1 - len(last)], note, *last]
