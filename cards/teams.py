"""Cards and forms as Adaptive Cards 1.5 for Teams, and what comes back from them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import assert_never, cast

from cards import ids, limits, words
from cards.actions import Action
from cards.dialects import TEAMS_PLAIN, Reader
from cards.ids import BadPayload
from cards.model import (
    Card,
    Choice,
    DateInput,
    Form,
    Input,
    Note,
    NumberInput,
    Style,
    TextInput,
    Words,
)
from cards.plain_characters import editable
from cards.teams_blocks import ElementWriter, Json, action_set, execute, pressed

_SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
_INPUT = "in_"  # before the id of every input, so that none collides with `v` and `h`
_SENT = {"f": 1}  # a form may be sent with every input empty, and is no button all the same
_NEEDED = Words("parts", "needed")
_PICK = Words("parts", "pick")
_LEFT_OUT = Words("parts", "left_out")
_BACK = Words("parts", "back")
_REFRESH = Words("parts", "refresh")
_INPUTS = (TextInput, NumberInput, DateInput, Choice)
# (characters of one text, rows of a table): what is tried until the card fits
_SIZES = ((limits.TEAMS_TEXT, 99), (2000, 40), (800, 20), (300, 10), (120, 5))


REDRAW = "redraw"
"""The verb of what isn't one of our actions: the client's own refresh, and the way back."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What Teams needs around a card, beside what it says.

    `viewers` are the user ids (29:…) whose clients ask for the card again when they show it.
    `back` adds a button to the card that this one stands in the place of. `asked` is the question
    that the card answers and `asked_in` the conversation where: every button carries them."""

    viewers: tuple[str, ...] = ()
    back: bool = False
    asked: str | None = None
    asked_in: str | None = None


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """What came back from a button. `action` is None for a redraw; `sent` is true for a form's."""

    action: Action | None
    subject: str
    values: Mapping[str, str]
    sent: bool = False
    asked: str | None = None
    asked_in: str | None = None


BARE = Frame()


def adaptive_card(content: Card | Form, accounts: Mapping[str, str], frame: Frame = BARE) -> Json:
    """The card or form in at most 28 KB; `accounts` are Teams user ids by e-mail."""
    card: Json = {}
    for longest_text, most_rows in _SIZES:
        reader = Reader(accounts=accounts, locale=content.locale)
        writer = ElementWriter(reader, longest_text=longest_text, most_rows=most_rows)
        card = _framed(_written(content, writer, reader), writer, frame)
        if _size(card) <= limits.TEAMS_CARD:
            return card
    return _without_middle(card, rows=2 if frame.back else 1)


def decode(verb: str, data: object) -> Pushed:
    """The `verb` and `data` of an Action.Execute; of the inputs, an empty one is not there. Raises
    BadPayload."""
    payload = ids.strings(data)
    subject = payload.get("h")
    if payload.get("v") != ids.VERSION or not isinstance(subject, str):
        raise BadPayload("not the data of one of our actions")
    values = {
        key.removeprefix(_INPUT): value
        for key, given in payload.items()
        if key.startswith(_INPUT) and (value := _value(given))
    }
    return Pushed(
        action=None if verb == REDRAW else ids.named(verb),
        subject=subject,
        values=values,
        sent=payload.get("f") == 1,
        asked=_value(payload.get("q")) or None,
        asked_in=_value(payload.get("c")) or None,
    )


def _value(given: object) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return ""
    return str(given).strip()


def _written(content: Card | Form, writer: ElementWriter, reader: Reader) -> Json:
    match content:
        case Card():
            body = [*chain.from_iterable(map(writer.write, content.blocks))]
            fallback = writer.plain(content.summary, 300)
        case Form():
            body = [*_form(content, writer)]
            fallback = writer.plain(content.title, 300)
        case _:
            assert_never(content)
    return {
        "type": "AdaptiveCard",
        "$schema": _SCHEMA,
        "version": "1.5",
        "fallbackText": fallback,
        "body": body,
        "msteams": {"width": "Full", "entities": _entities(body, reader)},
    }


def _framed(card: Json, writer: ElementWriter, frame: Frame) -> Json:
    body = cast(list[Json], card["body"])
    if frame.back:
        body.extend(action_set([_redraw(_BACK, writer)]))
    if frame.viewers:
        shown_to = list(frame.viewers[: limits.TEAMS_VIEWERS])
        card["refresh"] = {"action": _redraw(_REFRESH, writer), "userIds": shown_to}
    carried = {"q": frame.asked, "c": frame.asked_in}
    carried = {key: ids.whole(value) for key, value in carried.items() if value}
    if carried:
        for action in _executes(card):
            cast(Json, action["data"]).update(carried)
    return card


def _redraw(title: Words, writer: ElementWriter) -> Json:
    return pressed(writer.plain(title), REDRAW, "") | {"associatedInputs": "none"}


def _executes(part: object) -> Iterator[Json]:
    """Every Action.Execute anywhere in the card."""
    if isinstance(part, dict):
        if part.get("type") == "Action.Execute":
            yield part
        for inner in part.values():
            yield from _executes(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _executes(inner)


def _form(form: Form, writer: ElementWriter) -> Iterator[Json]:
    """The title, the inputs, and the button; or, where one choice decides what is asked next, a
    button for each of its options."""
    title: Json = {"type": "TextBlock", "size": "Large", "weight": "Bolder", "wrap": True}
    yield title | {"style": "heading", "text": writer.markdown(form.title)}
    branching = next((part for part in form.blocks if isinstance(part, Choice) and part.then), None)
    for part in form.blocks:
        if isinstance(part, _INPUTS):
            if part is not branching:
                yield from _input(part, writer)
                yield from chain.from_iterable(_input(one, writer) for one in _asked_beside(part))
        else:
            yield from writer.write(part)
    if branching:
        label = {"type": "TextBlock", "wrap": True, "weight": "Bolder"}
        yield label | {"text": writer.markdown(branching.label)}
        yield from action_set([*_branches(form, branching, writer)])
    else:
        submit = writer.plain(form.submit)
        send = execute(submit, form.action, form.subject, style=Style.PRIMARY, carried=_SENT)
        yield from action_set([send])


def _asked_beside(asked: Input) -> Iterator[Input]:
    """What the options of a further choice ask: all of it at once, and none of it needed, since
    Teams shows nothing only for one option of an input."""
    if isinstance(asked, Choice):
        for following in chain.from_iterable(asked.then.values()):
            yield replace(following, optional=True)


def _branches(form: Form, choice: Choice, writer: ElementWriter) -> Iterator[Json]:
    """One action for each option: pressed it is done, or it shows what it asks first. The inputs
    of the form around it are sent along."""
    for option in choice.options:
        title = writer.plain(option.label)
        chosen = {**_SENT, f"{_INPUT}{choice.id}": option.value}
        following = choice.then.get(option.value, ())
        if not following:
            yield execute(title, form.action, form.subject, carried=chosen)
            continue
        inputs = chain.from_iterable(_input(part, writer) for part in following)
        submit = writer.plain(form.submit)
        send = execute(submit, form.action, form.subject, style=Style.PRIMARY, carried=chosen)
        yield {
            "type": "Action.ShowCard",
            "title": title,
            "card": {"type": "AdaptiveCard", "body": [*inputs, *action_set([send])]},
        }


def _input(asked: Input, writer: ElementWriter) -> Iterator[Json]:
    """An input, and its hint as small text under it."""
    shown: Json = {
        "id": f"{_INPUT}{asked.id}",
        "label": writer.plain(asked.label, 500),
        "isRequired": not asked.optional,
        **_kind(asked, writer),
    }
    if not asked.optional:
        shown["errorMessage"] = writer.plain(_NEEDED)
    yield shown
    if not isinstance(asked, Choice) and asked.hint:
        yield from writer.write(Note(text=asked.hint))


def _kind(asked: Input, writer: ElementWriter) -> Json:
    match asked:
        case TextInput():
            shown: Json = {
                "type": "Input.Text",
                "isMultiline": asked.multiline,
                "maxLength": asked.max_length,
            }
            initial = editable(asked.initial or "", min(asked.max_length, limits.TEAMS_INITIAL))
            return shown | ({"value": initial} if initial else {})
        case NumberInput():
            shown = {"type": "Input.Number", "min": 0}
            return shown if asked.initial is None else shown | {"value": asked.initial}
        case DateInput():
            shown = {"type": "Input.Date"}
            return shown | ({"value": asked.initial.isoformat()} if asked.initial else {})
        case Choice():
            return _choice(asked, writer)
        case _:
            assert_never(asked)


def _choice(asked: Choice, writer: ElementWriter) -> Json:
    shown: Json = {
        "type": "Input.ChoiceSet",
        "style": "expanded" if asked.expanded else "compact",
        "placeholder": writer.plain(_PICK),
        "choices": [
            {"title": writer.plain(option.label), "value": option.value} for option in asked.options
        ],
    }
    offered = any(option.value == asked.initial for option in asked.options)
    return shown | ({"value": asked.initial} if offered else {})


def _entities(body: Sequence[Json], reader: Reader) -> list[Json]:
    """Teams wants every `<at>` of the texts listed, and none that a cut took away. They are all
    ours: values can't contain one."""
    if not reader.mentioned:
        return []
    written = json.dumps(body, ensure_ascii=False)
    return [
        {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": account, "name": name}}
        for name, account in reader.mentioned.items()
        if json.dumps(f"<at>{name}</at>", ensure_ascii=False)[1:-1] in written
    ]


def _size(card: Json) -> int:
    return len(json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode())


def _without_middle(card: Json, *, rows: int) -> Json:
    """The card with as much of its beginning as fits; its last rows of buttons stay."""
    body = cast(list[Json], card["body"])
    last = [element for element in body if element["type"] == "ActionSet"][-rows:]
    said = words.render(_LEFT_OUT, TEAMS_PLAIN)
    note: Json = {"type": "TextBlock", "text": said, "wrap": True, "isSubtle": True}
    kept = [element for element in body if element not in last]
    while kept:
        kept.pop()
        shorter = card | {"body": [*kept, note, *last]}
        if _size(shorter) <= limits.TEAMS_CARD:
            return shorter
    return card | {"body": [note]}
