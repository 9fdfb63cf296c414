"""The small company beside the large one."""

from tests.commands.conftest import story

__all__ = ["story"]
