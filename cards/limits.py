"""What Slack and Teams refuse, in one place, and how a text is cut to fit.

Slack: https://docs.slack.dev/reference/block-kit
Teams: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format
"""

from cards.dialects import Dialect
from cards.plain_characters import cut

SLACK_TEXT = 4000  # the `text` of a message: longer ones are allowed, and advised against
SLACK_MESSAGE_BLOCKS = 50
SLACK_VIEW_BLOCKS = 100
SLACK_HEADER = 150
SLACK_SECTION = 3000
SLACK_FIELD = 2000
SLACK_FIELDS = 10
SLACK_CONTEXT = 3000
SLACK_BUTTON = 75
SLACK_VALUE = 2000
SLACK_OPTION = 75
SLACK_OPTION_VALUE = 150
SLACK_OPTIONS = 100
SLACK_RADIO_OPTIONS = 10
SLACK_MENU = (2, 5)
SLACK_TITLE = 24
SLACK_LABEL = 2000
SLACK_HINT = 2000
SLACK_INITIAL = 3000
SLACK_PLACEHOLDER = 150
SLACK_METADATA = 3000
SLACK_ALT = 2000
SLACK_COLUMNS = 20
SLACK_ROWS = 100
SLACK_TABLE = 10_000  # characters of all cells of a message together
SLACK_ID = 255

TEAMS_CARD = 28 * 1024  # bytes of the JSON as UTF-8
TEAMS_TEXT = 6000
TEAMS_TITLE = 80
TEAMS_ACTIONS = 6  # shown in a row; the others go into its "…" menu
TEAMS_INITIAL = 3000
TEAMS_VIEWERS = 60  # of a refresh


class TooLong(Exception):
    """An id or a subject that doesn't fit: cutting it would make it another one."""


def length(text: str) -> int:
    """Characters as JavaScript and Java count them: an emoji may be two. No platform says how it
    counts, and none counts more."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def shorten(text: str, longest: int, dialect: Dialect) -> str:
    """`text`, or as much of it as fits with an ellipsis. Never ends inside an escape, a link, a
    mention or a date; emphasis that is open at the cut is closed."""
    if length(text) <= longest:
        return text
    kept: list[str] = []
    room = longest - 1 - sum(map(len, dialect.markers))
    opened: list[str] = []
    for found in dialect.tokens.finditer(text):
        token = found[0]
        room -= length(token)
        if room < 0:
            break
        kept.append(token)
        if token in dialect.markers:
            opened.remove(token) if token in opened else opened.append(token)
    written = "".join(kept).rstrip()
    if opened and written.endswith(opened[-1]):  # nothing is left to emphasise
        written = written.removesuffix(opened.pop()).rstrip()
    return _whole_characters(written) + "…" + "".join(reversed(opened))


def fitting_id(text: str, longest: int) -> str:
    """`text` itself; raises TooLong."""
    if length(text) > longest:
        raise TooLong(f"{text[:40]!r}… is longer than {longest} characters")
    return text


def _whole_characters(text: str) -> str:
    """Without a joiner at the end, which waits for what was cut off."""
    return cut(text, len(text)).rstrip("\u200d")
