"""A card and forms with everything in them, under any text."""

from collections.abc import Mapping
from datetime import date

from cards.actions import Action
from cards.gallery import examples
from cards.model import (
    Actions,
    Bullets,
    Button,
    Card,
    Choice,
    DateInput,
    Divider,
    Fact,
    Facts,
    Form,
    Heading,
    Input,
    LinkButton,
    Mention,
    Menu,
    Note,
    NumberInput,
    Option,
    Paragraph,
    Style,
    Table,
    TextInput,
    Words,
)

ACCOUNTS = {"mia@acme.example": "U0MIA", "ana@acme.example": "U0ANA"}


def said(text: object) -> Words:
    return Words("parts", "said", text=text)


def everything(text: str = "Ada Byron", *, many: int = 3) -> Card:
    """One of each block, `many` of what there can be many of."""
    accept = Button(label=said(text), action=Action.ACCEPT, subject="7", style=Style.PRIMARY)
    ask = Button(label=said(text), action=Action.ASK, subject=f"find {text[:1500]}")
    return Card(
        summary=said(text),
        blocks=(
            Heading(text=said(text)),
            Paragraph(text=said(text), button=accept),
            Paragraph(text=Words("parts", "passage", text=f"{text}\n{text}")),
            Paragraph(text=said(Mention(name=text, email="mia@acme.example", ping=True))),
            Paragraph(text=said(Mention(name=text, email="ana@acme.example"))),
            Facts(facts=(Fact(label=said(text), value=said(text)),) * 10),
            Bullets(lines=(said(text),) * many),
            Divider(),
            Table(
                head=(said("Rep"), said(text)),
                rows=((said(text), said(7)),) * min(many, 99),
                numeric=frozenset({1}),
            ),
            Note(text=said(text)),
            Actions(
                buttons=(
                    accept,
                    accept,
                    LinkButton(label=said(text), url="https://crm.acme.example/?q=a&b=c|d"),
                    LinkButton(label=said(text), url="javascript:alert(1)"),
                    Menu(buttons=(accept, accept, ask)),
                )
            ),
        ),
    )


def every_question(text: str = "Company too small", chosen: str | None = None) -> Form:
    """One of each input; the first choice asks on."""
    reasons = tuple(Option(value=code, label=said(text)) for code in ("small", "later", "other"))
    then: Mapping[str, tuple[Input, ...]] = {
        "later": (DateInput(id="until", label=said(text), hint=said(text)),),
        "other": (TextInput(id="why", label=said(text), multiline=True, initial=text),),
    }
    return Form(
        title=said(text),
        submit=said(text),
        action=Action.REJECT,
        subject="7",
        blocks=(
            Paragraph(text=said(text)),
            Choice(
                id="reason",
                label=said(text),
                options=reasons,
                initial=chosen,
                expanded=True,
                then=then,
            ),
            Choice(id="to", label=said(text), options=reasons, optional=True, initial="later"),
            NumberInput(id="amount", label=said(text), initial=1200.5, optional=True),
            DateInput(id="day", label=said(text), initial=date(2026, 11, 20)),
            TextInput(id="note", label=said(text), hint=said(text), optional=True),
        ),
    )


def all_examples() -> Mapping[str, Card | Form]:
    """The examples of the card modules, and ours of everything."""
    return {
        **examples(),
        "sample__everything": everything(),
        "sample__every_question": every_question(),
        "sample__second_question": every_question(chosen="later"),
    }
