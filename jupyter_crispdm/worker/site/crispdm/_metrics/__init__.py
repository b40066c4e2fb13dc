"""Numbers over steps, as `crispdm.log` writes them."""

from .writer import begin_anew, log, newest_step

__all__ = ["begin_anew", "log", "newest_step"]
