"""What MLflow's own client sees of the runs of an experiment, as JSON: run by the Python that has MLflow."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(uri: str, experiment: str) -> None:
    """Print every run: name, status, times, parameters, tags, curves, files."""
    from mlflow import MlflowClient, artifacts

    client = MlflowClient(uri)
    found = client.get_experiment_by_name(experiment)
    assert found is not None
    told = []
    for run in client.search_runs([found.experiment_id]):
        id = run.info.run_id
        curves = {
            name: [(one.step, str(one.value), one.timestamp) for one in client.get_metric_history(id, name)]
            for name in run.data.metrics
        }
        files = {}
        for one in client.list_artifacts(id, "crispdm"):
            path = artifacts.download_artifacts(run_id=id, artifact_path=one.path, tracking_uri=uri)
            files[one.path] = Path(path).read_text()
        told.append({"id": id, "name": run.info.run_name, "status": run.info.status, "began": run.info.start_time,
                     "ended": run.info.end_time, "params": run.data.params, "tags": run.data.tags, "curves": curves,
                     "files": files})  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
