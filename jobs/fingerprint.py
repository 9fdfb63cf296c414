"""A short digest of a card, to see whether it changed."""

from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from functools import cache
from hashlib import blake2b

from cards.model import Card


def fingerprint(card: Card) -> str:
    """The same for two cards exactly when they say the same, in every process."""
    return blake2b(_canonical(card).encode(), digest_size=16).hexdigest()


def _canonical(part: object) -> str:
    if isinstance(part, str):
        return repr(part)
    kind: type = type(part)
    names = _names(kind)
    if names is not None:
        inside = [f"{name}={_canonical(getattr(part, name))}" for name in names]
        return f"{type(part).__name__}({','.join(inside)})"
    if isinstance(part, Mapping):
        pairs = sorted((repr(name), _canonical(value)) for name, value in part.items())
        return f"{{{','.join(f'{name}:{value}' for name, value in pairs)}}}"
    if isinstance(part, Set):
        return f"<{','.join(sorted(_canonical(member) for member in part))}>"
    if isinstance(part, tuple | list):
        return f"[{','.join(_canonical(member) for member in part)}]"
    return repr(part)


@cache
def _names(kind: type) -> tuple[str, ...] | None:
    """The fields of a dataclass; None of anything else."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None
