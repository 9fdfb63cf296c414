"""Every card and form there is, by the examples that card modules end with."""

import importlib
import pkgutil
from collections.abc import Mapping

import cards
from cards.model import Card, Form


def examples() -> Mapping[str, Card | Form]:
    """All EXAMPLES by `<module>__<example>`, in the order of their names."""
    found: dict[str, Card | Form] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(cards.__path__)):
        loaded = importlib.import_module(f"cards.{module}")
        for name, example in getattr(loaded, "EXAMPLES", {}).items():
            found[f"{module}__{name}"] = example
    return dict(sorted(found.items()))
