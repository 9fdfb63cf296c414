"""The page behind a proposal: how it was tried on past weeks, and which leads it would move."""

from collections.abc import Iterator

from cards.model import (
    Block,
    Card,
    Fact,
    Facts,
    Heading,
    Note,
    Paragraph,
    Table,
    Words,
)
from cards.proposal_card import example_lines, tried
from cards.proposal_view import Examples, ProposalView
from leads.proposals import Proof

MOST_EXAMPLES = 8
"""Leads of a kind that the page names."""


def backtest_page(view: ProposalView, proof: Proof) -> Card:
    """Everything that is known of the effect, in the order in which somebody would doubt it."""
    blocks: tuple[Block, ...] = (
        Heading(text=_words("heading", version=view.version)),
        Paragraph(text=Words("proposal", "effect", proof=proof)),
        Note(text=_words("how", proof=proof)),
        Facts(facts=tuple(_facts(proof))),
        tried(proof, view.learned_from),
        *_by_score(proof),
        *_named("lost", view.lost),
        *_named("avoided", view.avoided),
        *_named("moves_in", view.moves_in),
        *_named("moves_out", view.moves_out),
        *_limits(proof),
    )
    return Card(summary=_words("summary", version=view.version), blocks=blocks)


def _facts(proof: Proof) -> Iterator[Fact]:
    yield Fact(label=_words("before"), value=_words("value", n=_hundred(proof.before)))
    yield Fact(label=_words("after"), value=_words("value", n=_hundred(proof.after)))
    yield Fact(label=_words("difference"), value=_words("value", n=_hundred(proof.delta)))
    low, high = _hundred(proof.low), _hundred(proof.high)
    yield Fact(label=_words("likely"), value=_words("range", low=low, high=high))


def _hundred(share: float) -> float:
    return round(100 * share, 1)


def _by_score(proof: Proof) -> Iterator[Block]:
    if not proof.calibration:
        return
    yield Paragraph(text=_words("by_score"))
    yield Table(
        head=tuple(_words(f"head_{name}") for name in ("band", "accepted", "expected", "n")),
        rows=tuple(
            (
                _words("band", low=one.low, high=one.high),
                _words("share", share=one.accepted),
                _words("share", share=one.expected),
                _words("value", n=one.n),
            )
            for one in reversed(proof.calibration)
        ),
        numeric=frozenset({1, 2, 3}),
    )


def _named(macro: str, found: Examples) -> Iterator[Block]:
    if not found.n and macro != "lost":
        return
    yield Paragraph(text=Words("proposal", macro, n=found.n))
    shown = found.leads[:MOST_EXAMPLES]
    yield from example_lines(shown)
    if found.n > len(shown) > 0:
        yield Note(text=_words("more", n=found.n - len(shown)))


def _limits(proof: Proof) -> Iterator[Block]:
    if proof.unknown_below is not None:
        yield Note(text=Words("proposal", "unknown", below=proof.unknown_below))
    yield Note(text=Words("proposal", "ranks", proof=proof))


def _words(macro: str, **values: object) -> Words:
    return Words("proposal_backtest", macro, **values)
