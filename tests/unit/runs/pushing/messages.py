"""Reads pairs of request and answer from its input, as MLflow's own messages: run with mlflow-skinny."""

from __future__ import annotations

import json
import sys

VERBS = {
    "experiments/search": "SearchExperiments", "experiments/get-by-name": "GetExperimentByName",
    "experiments/create": "CreateExperiment", "runs/search": "SearchRuns", "runs/create": "CreateRun",
    "runs/log-batch": "LogBatch", "runs/set-tag": "SetTag", "runs/update": "UpdateRun",
    "metrics/get-history": "GetMetricHistory",
}  # fmt: skip


def main() -> None:
    """Raise for what MLflow would not understand, or not take; print how many pairs there were."""
    from google.protobuf.json_format import ParseDict
    from mlflow.entities import Metric, Param, RunTag
    from mlflow.protos import service_pb2
    from mlflow.utils.search_utils import SearchUtils
    from mlflow.utils.validation import _validate_batch_log_data, _validate_batch_log_limits

    pairs = json.load(sys.stdin)
    for verb, request, answer in pairs:
        kind = getattr(service_pb2, VERBS[verb])
        asked = ParseDict(request, kind())
        if answer is not None:
            ParseDict(answer, kind.Response())
        if verb in ("runs/log-batch", "runs/create"):
            metrics = [Metric.from_proto(one) for one in getattr(asked, "metrics", ())]
            params = [Param.from_proto(one) for one in getattr(asked, "params", ())]
            tags = [RunTag.from_proto(one) for one in asked.tags]
            _validate_batch_log_limits(metrics, params, tags)  # type: ignore[no-untyped-call]
            _validate_batch_log_data(metrics, params, tags)  # type: ignore[no-untyped-call]
        if verb == "runs/search":
            (found,) = SearchUtils.parse_search_filter(asked.filter)  # type: ignore[no-untyped-call]
            assert (found["type"], found["key"], found["comparator"]) == ("tag", "crispdm.push", "="), found
    print(len(pairs))


if __name__ == "__main__":
    main()
