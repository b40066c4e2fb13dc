"""The words of training logs: what is a metric, what says where one is, and what only looks like either."""

from __future__ import annotations

import re
from enum import Enum


class Kind(Enum):
    """What a name in front of a number is."""

    metric = "metric"
    ambiguous = "ambiguous"
    """A metric if it is written as measured, or stands beside a step: `error: 404` is none."""
    companion = "companion"
    """Shown beside metrics, or a step: a learning rate alone is a setting."""
    setting = "setting"
    unknown = "unknown"
    place = "place"
    """A step, or an epoch."""
    never = "never"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_METRICS = _words(
    "loss losses acc accuracy rmse mse mae mape smape rmsle msle r2 auc auroc auprc roc_auc logloss iou miou dice"
    " jaccard f1 f2 fscore perplexity ppl bpc bpb bleu sacrebleu rouge wer cer meteor cider nll elbo kl kld psnr"
    " ssim lpips fid reward rewards inertia objective kappa mcc recall sensitivity specificity gini ndcg mrr map50"
    " top1 top5 acc1 acc5 deviance likelihood hinge crossentropy xent nll_loss surprise fitness lossg lossd regret"
    " advantage gap divergence accuracies logloss1 em exact_match silhouette energy residual spearman pearson"
    " pearsonr "
)
_AMBIGUOUS = _words(
    "error err errors cost precision score scores return returns norm gnorm map ap obj entropy bias mean_error change"
    " correlation improvement improve wrong correct f p r"
)
_COMPANIONS = _words(
    "lr momentum temperature temp beta alpha epsilon eps gamma sigma tau wd loss_scale grad gradient gradients"
    " gradnorm learning_rate learningrate weight_decay scale value mfu"
)
_SETTINGS = _words(
    "threshold weight weights coef coefficient coefficients smoothing lambda tol tolerance patience fn func"
    " function type factor margin target decay warmup num n max_iter min_delta limit every interval schedule"
    " reduction config param params parameters ratio_target clip clipping dropout label_smoothing penalty l1_ratio"
    " initscore pavg"
)
_NEVER = _words(
    "skipped version v v_num pid ppid tid line lineno seed size sizes batch_size eta elapsed remaining duration dur"
    " port took runtime sec secs second seconds ms minutes min_time hour hours day days fps speed throughput memory mem"
    " max_mem gpu_mem ram rank world world_size workers threads device devices cuda gpu gpus cpu cpus node nodes"
    " id ids uid time timestamp ts date data_time iter_time total samples sample images image instances items"
    " files file bytes kb mb gb tb mib gib kib tokens words wps ups wpb bsz flops flos total_flos"
    " samples_per_second steps_per_second per_second sps progress percent columns rows shape index exit code"
    " status level python numpy cuda_version rate_limit train_wall gb_free wall cache length len offset row col"
    " column page host address release build revision rev hash count counts number best best_score features trees"
    " leaves depth examples documents docs vocab vocabulary layers layer params_m classes class nnzs nnz nsv nbsv"
    " rho support patience_left time_elapsed iterations episodes epochs total_timesteps n_updates steps_total"
    " nfev nevals n_eval n_evals ncall"
    " milliseconds microseconds us ns pct data completed done finished downloading receiving resolving counting"
    " compressing"
)
_PLACES = {
    "epoch": "epoch", "ep": "epoch", "epochs_done": "epoch",
    "step": "step", "steps": "step", "global_step": "step", "globalstep": "step", "iteration": "step", "iter": "step",
    "iters": "step", "itr": "step", "iterate": "step", "update": "step", "round": "step", "trial": "step",
    "episode": "step",
    "generation": "step", "timestep": "step", "timesteps": "step", "num_updates": "step", "num_timesteps": "step",
    "batch": "batch", "minibatch": "batch",
}  # fmt: skip
_SECTIONS = {
    "train": "train", "training": "train", "trn": "train", "val": "val", "valid": "val", "validation": "val",
    "test": "test",
    "testing": "test", "eval": "eval", "evaluation": "eval", "dev": "dev", "heldout": "held out", "holdout": "held out",
    "validating": "val", "learn": "learn", "evaluating": "eval",
}  # fmt: skip
#: Words in front of a metric that belong to its name.
_MODIFIERS = _words(
    "avg ave average mean median best min max running final total raw ema smoothed macro micro weighted balanced"
    " overall binary categorical sparse cross log mean_squared squared absolute root relative percentage top box"
    " cls class dfl obj seg mask pose lm mlm policy value critic actor generator discriminator reconstruction kl"
    " learning gradient grad weight teacher student pixel normalized per word char token pseudo lower upper"
    " explained lower_bound episode approx clip norm f1 roc pr area bbox segm inner outer cv oob sample last batch"
    " ewa ll init initial"
)
_RATES = ("per_second", "/s", "/sec", "_time", "/step", "_seconds", " time", "_ms")
_TOKEN = re.compile(r"[A-Za-z]+\d*|\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TITLE = re.compile(r"[A-Z][a-z]+\Z|LR\Z|LOSS\Z|ACC\Z")
_NAME = re.compile(r"[^\W\d][\w.@/'#%-]*\Z")
_METRIC_LIKE = re.compile(
    r"(?:^|_)(?:loss|acc|accuracy|error_rate|auc|m?ap\d{0,2}|[mr]?iou|f1|rmse|mae|mse|r2|bleu|rouge[12lLsum]*)"
    r"\d{0,2}(?:$|_)"
    r"|(?:loss|accuracy|entropy|likelihood|reward|logloss|rew_mean)\d?$|@\d"
)


def tokens(word: str) -> list[str]:
    """The parts of a name, in small letters: `valid_0's binary_logloss` has valid, 0, s, binary and logloss."""
    return [one.lower() for one in _TOKEN.findall(_CAMEL.sub("_", word))]


def kind_of(name: str) -> Kind:
    """What a name of one or several words is."""
    lowered = name.lower()
    underscored = re.sub(r"[\s-]+", "_", lowered)
    if underscored in _PLACES:
        return Kind.place
    if underscored in _NEVER or lowered.endswith(_RATES):
        return Kind.never
    if underscored in _COMPANIONS:
        return Kind.companion
    parts = tokens(name)
    if not parts:
        return Kind.never
    if "seconds" in parts or (parts[-1] in _NEVER and not _METRIC_LIKE.search(underscored)):
        return Kind.never
    if any(part in _SETTINGS for part in parts):
        return Kind.setting
    return _measured(parts, underscored)


def _measured(parts: list[str], underscored: str) -> Kind:
    if any(part in _METRICS for part in parts) or _METRIC_LIKE.search(underscored):
        return Kind.metric
    if any(part in _COMPANIONS for part in parts):
        return Kind.companion
    if any(part in _AMBIGUOUS for part in parts):
        return Kind.ambiguous
    return Kind.unknown


def place_of(word: str) -> str:
    """`epoch`, `step` or `batch` if a word says where one is; empty otherwise."""
    return _PLACES.get(re.sub(r"[\s-]+", "_", word.strip().lower()), "")


def section_of(word: str) -> str:
    """`train`, `val`, `test`, `eval`, `dev` or `held out` if a word says which part of the data is meant."""
    lowered = word.lower().strip("[]()<>:=-|. ")
    return _SECTIONS.get(re.sub(r"[\s_-]+", "", lowered), "")


def is_name(word: str) -> bool:
    """Whether a word could be the name of a number in a program."""
    return len(word) <= 64 and _NAME.match(word) is not None


def belongs(word: str) -> bool:
    """Whether a word in front of a metric's is part of its name."""
    lowered = word.lower().strip(".")
    return lowered in _MODIFIERS or bool(section_of(word)) or kind_of(word) in (Kind.metric, Kind.ambiguous)


def proper(words: list[str]) -> str:
    """The name of a series: a program's own name as it is, prose in small letters, `Val Loss` as `val/loss`."""
    section = ""
    if len(words) > 1 and words[0].endswith("'s"):  # LightGBM: valid_0's auc
        section, words = section_of(words[0][:-2]) or words[0][:-2], words[1:]
    elif len(words) > 1 and section_of(words[0]):
        section, words = section_of(words[0]), words[1:]
    elif len(words) > 2 and section_of(" ".join(words[:2])):
        section, words = section_of(" ".join(words[:2])), words[2:]
    if len(words) == 1:
        name = words[0].lower() if _TITLE.match(words[0]) else words[0]
    else:
        name = " ".join(word.lower().rstrip(".") for word in words)
    return f"{section}/{name}" if section else name
