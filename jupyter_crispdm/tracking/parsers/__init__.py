"""The metrics that a program prints, found in its log: by the lines of known libraries, and by rules of one's own."""

from .parser import LogParser
from .rules import Rule, RuleError, RuleSet
from .templates import Template

__all__ = ["LogParser", "Rule", "RuleError", "RuleSet", "Template"]
