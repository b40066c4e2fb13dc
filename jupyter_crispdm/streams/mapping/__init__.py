"""From messages to columns: which field of a message fills which column."""

from .mapper import Mapped, Mapper
from .proposing import Proposal, propose

__all__ = ["Mapped", "Mapper", "Proposal", "propose"]
