"""From what a stream's specification says to what does it."""

from __future__ import annotations

from collections.abc import Mapping

from ..alarms.book import Watched
from ..alarms.condition import Limits
from ..types import Alert, ThresholdDetector, TreesDetector, ZScoreDetector
from ..types import Detector as DetectorSpec
from .model import Model
from .port import Detector
from .rolling import ZScore
from .threshold import Threshold
from .trees import HalfSpaceTrees

ALERT = "alert"
"""What events call the page's own threshold."""


def make(spec: DetectorSpec, environ: Mapping[str, str]) -> Detector:
    """A detector as specified. river is imported when one needs it."""
    if isinstance(spec, ThresholdDetector):
        return Threshold(spec.field, _limits(spec))
    if isinstance(spec, ZScoreDetector):
        return ZScore(spec.field, spec.window)
    if isinstance(spec, TreesDetector):
        return HalfSpaceTrees(spec.fields, spec.window, spec.trees, spec.height, spec.seed)
    return Model(spec.model, spec.fields, spec.output, environ)


def names(specs: list[DetectorSpec]) -> list[str]:
    """What events call each detector: its name, or its kind; the second of a name is numbered."""
    found: list[str] = []
    for spec in specs:
        wanted = spec.name or str(spec.__struct_config__.tag)
        taken = sum(1 for name in found if name == wanted or name.startswith(f"{wanted} "))
        found.append(f"{wanted} {taken + 1}" if taken or wanted == ALERT else wanted)
    return found


def watched(alert: Alert | None, specs: list[DetectorSpec]) -> list[Watched]:
    """What raises alarms: the alert and each detector that has a limit."""
    found = [] if alert is None else [Watched(ALERT, alert.field, _limits(alert))]
    for name, spec in zip(names(specs), specs, strict=True):
        limits = _limits(spec)
        if limits.over is not None or limits.under is not None:
            found.append(Watched(name, _what(spec), limits))
    return found


def _limits(spec: DetectorSpec | Alert) -> Limits:
    if isinstance(spec, ThresholdDetector | Alert):
        return Limits(spec.over, spec.under, spec.hysteresis, spec.samples, spec.seconds, spec.quiet)
    return Limits(over=spec.limit, samples=spec.samples, seconds=spec.seconds, quiet=spec.quiet)


def _what(spec: DetectorSpec) -> str:
    if isinstance(spec, ThresholdDetector):
        return spec.field
    if isinstance(spec, ZScoreDetector):
        return f"The distance of {spec.field} in standard deviations"
    if isinstance(spec, TreesDetector):
        return f"The rarity of {', '.join(spec.fields)}"
    return f"The score of the model {spec.model}"
