"""Parts of a playbook that several cards show."""

from collections.abc import Sequence

from cards.contact_links import web_link
from cards.model import Words
from leads.campaign import Objection


def objection_lines(objections: Sequence[Objection]) -> tuple[Words, ...]:
    """What leads say, the answer, and the content that proves it, as a link where it is one."""
    return tuple(
        Words(
            "playbook_parts",
            "objection",
            says=objection.says,
            answer=objection.answer,
            content=objection.content,
            url=web_link(objection.content),
        )
        for objection in objections
    )
