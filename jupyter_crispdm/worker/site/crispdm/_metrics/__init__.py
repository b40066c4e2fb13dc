"""Numbers over steps, as `crispdm.log` writes them."""

from .writer import begin_anew, log

__all__ = ["begin_anew", "log"]
