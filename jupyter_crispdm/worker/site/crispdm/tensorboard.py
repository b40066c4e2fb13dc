"""A twin of `torch.utils.tensorboard.SummaryWriter`: only the import changes, and what is added is on the screen.

    from crispdm.tensorboard import SummaryWriter

Writers of folders named train, val, test and the like put that before their tags, so that equal tags share a figure.
What has no place here (graphs, embeddings, meshes, sound, video) is passed over, and that is said once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from ._events import params
from ._harmless import harmless, tell
from ._libraries import as_number
from ._media import figure, histogram, image, text
from ._media.arrays import as_array
from ._metrics import log
from ._run import run_dir

_GROUPS = frozenset(["train", "training", "val", "valid", "validation", "test", "testing", "eval", "dev", "holdout"])
_PASSED_OVER = (
    "add_audio", "add_custom_scalars", "add_custom_scalars_marginchart", "add_custom_scalars_multilinechart",
    "add_embedding", "add_graph", "add_hparams_raw", "add_image_with_boxes", "add_mesh", "add_onnx_graph",
    "add_pr_curve", "add_pr_curve_raw", "add_tensor", "add_video",
)  # fmt: skip


def _nothing(*_: Any, **__: Any) -> None:
    return


class SummaryWriter:
    """Takes what the original takes; steps that are not given are counted, times are those of the calls."""

    def __init__(
        self, log_dir: Any = None, comment: str = "", purge_step: int | None = None, *_: Any, **__: Any
    ) -> None:
        folder = os.path.basename(os.path.normpath(os.fspath(log_dir))) if log_dir else ""
        self._before = f"{folder}/" if folder.lower() in _GROUPS else ""
        self.log_dir = os.fspath(log_dir) if log_dir else run_dir()
        self.purge_step = purge_step

    def get_logdir(self) -> str:
        """The folder that it was made with, in which nothing is written; else the run's."""
        return self.log_dir

    @harmless(_nothing)
    def add_scalar(self, tag: str, scalar_value: Any, global_step: int | None = None, *_: Any, **__: Any) -> None:
        """One number."""
        log({self._before + tag: scalar_value}, step=global_step)

    @harmless(_nothing)
    def add_scalars(
        self, main_tag: str, tag_scalar_dict: Mapping[str, Any], global_step: int | None = None, *_: Any, **__: Any
    ) -> None:
        """Several numbers of one figure."""
        log({f"{self._before}{main_tag}/{tag}": value for tag, value in tag_scalar_dict.items()}, step=global_step)

    @harmless(_nothing)
    def add_histogram(
        self, tag: str, values: Any, global_step: int | None = None, bins: Any = 64, *_: Any, **__: Any
    ) -> None:
        """How values are spread."""
        histogram(self._before + tag, values, global_step, bins=bins if isinstance(bins, int) else 64)

    @harmless(_nothing)
    def add_image(
        self, tag: str, img_tensor: Any, global_step: int | None = None, walltime: Any = None, dataformats: str = "CHW"
    ) -> None:
        """A picture."""
        image(self._before + tag, _channels_last("add_image", img_tensor, dataformats), global_step)

    @harmless(_nothing)
    def add_images(
        self, tag: str, img_tensor: Any, global_step: int | None = None, walltime: Any = None, dataformats: str = "NCHW"
    ) -> None:
        """Pictures of one step."""
        image(self._before + tag, _channels_last("add_images", img_tensor, dataformats), global_step)

    @harmless(_nothing)
    def add_figure(self, tag: str, figure_: Any, global_step: int | None = None, close: bool = True, *_: Any) -> None:
        """A figure of matplotlib, or several; closed afterwards as the original does."""
        for one in figure_ if isinstance(figure_, (list, tuple)) else [figure_]:
            figure(self._before + tag, one, global_step)
            plotting = sys.modules.get("matplotlib.pyplot")
            if close and plotting is not None:
                plotting.close(one)

    @harmless(_nothing)
    def add_text(self, tag: str, text_string: Any, global_step: int | None = None, *_: Any, **__: Any) -> None:
        """A text."""
        text(self._before + tag, text_string, global_step)

    @harmless(_nothing)
    def add_hparams(
        self, hparam_dict: Mapping[str, Any], metric_dict: Mapping[str, Any] | None = None, *_: Any, **__: Any
    ) -> None:
        """Parameters, and the numbers that came of them."""
        params(hparam_dict)
        log({self._before + tag: value for tag, value in (metric_dict or {}).items() if as_number(value) is not None})

    def __getattr__(self, name: str) -> Any:
        if name not in _PASSED_OVER:
            raise AttributeError(f"'SummaryWriter' object has no attribute {name!r}")
        tell(name, NotImplementedError("this has no place in a run"))
        return _nothing

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


def _channels_last(what: str, value: Any, form: str) -> Any:
    """An array with its axes as `form` names them, as (pictures,) height, width(, channels)."""
    array, form = as_array(what, value), form.upper()
    if sorted(form) != sorted(set(form)) or array.ndim != len(form) or not set("HW") <= set(form) <= set("NCHW"):
        raise ValueError(f"crispdm.{what}: an array of the shape {array.shape} is not {form!r}")
    return array.transpose([form.index(axis) for axis in "NHWC" if axis in form])
