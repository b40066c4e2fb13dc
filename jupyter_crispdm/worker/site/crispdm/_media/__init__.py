"""Pictures, histograms, texts, tables, figures with a step: a file each below `media/`, a line in `media.jsonl`."""

from .histograms import histogram
from .pictures import figure, image
from .tables import table, text

__all__ = ["figure", "histogram", "image", "table", "text"]
