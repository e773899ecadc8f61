"""Log of a run in MLflow: one MLflow run per run, which is updated when it is logged again."""

from __future__ import annotations

import importlib.util
import os
import re
import time
from typing import Any

from culture_ray.errors import MissingExtra, TrackingProblem
from culture_ray.tools.tracking.tracked_run import TrackedRun

_RUN, _STARTED = "culture_ray.run", "culture_ray.started"
"""Tags by which a run is found again."""


def log_to_mlflow(tracked: TrackedRun, place: str, experiment: str) -> str:
    """Write a run to MLflow and return the id of its MLflow run.

    `place` is a folder or the address of a server. Raises MissingExtra, and TrackingProblem with
    the library's first line for whatever it refuses.
    """
    if importlib.util.find_spec("mlflow") is None:
        raise MissingExtra("logging to MLflow", "mlflow")
    # The plain files of a folder are all that is wanted of it, also where MLflow prefers databases.
    os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow.tracking import MlflowClient

    try:
        return _log(MlflowClient(tracking_uri=place), tracked, experiment)
    except Exception as problem:
        words = str(problem).strip().splitlines() or [type(problem).__name__]
        raise TrackingProblem(
            f"run '{tracked.name}' cannot be logged to {place}: {words[0]}; the run itself is "
            f"unchanged, and the same command tries again"
        ) from problem


def _log(client: Any, tracked: TrackedRun, experiment: str) -> str:
    from mlflow.entities import Metric, Param

    known = client.get_experiment_by_name(experiment)
    place = client.create_experiment(experiment) if known is None else known.experiment_id
    found = _logged_before(client, place, tracked)
    if found is None:
        tags = {**tracked.tags, _RUN: tracked.name, _STARTED: tracked.started}
        made = client.create_run(place, run_name=tracked.name, tags=tags)
        found = str(made.info.run_id)
        # MLflow lets no parameter change; those of a run do not.
        params = [Param(key, value) for key, value in tracked.params.items()]
        client.log_batch(found, params=params)
    now = int(1000 * time.time())
    metrics = [Metric(_name(key), value, now, 0) for key, value in tracked.metrics.items()]
    client.log_batch(found, metrics=metrics)
    for path in tracked.files:
        client.log_artifact(found, str(path))
    client.set_terminated(found, "FINISHED" if tracked.finished else "KILLED")
    return found


def _logged_before(client: Any, experiment: str, tracked: TrackedRun) -> str | None:
    quoted = tracked.name.replace("'", "")
    runs = client.search_runs(
        [experiment],
        f"tags.`{_RUN}` = '{quoted}' and tags.`{_STARTED}` = '{tracked.started}'",
        max_results=1,
    )
    return str(runs[0].info.run_id) if runs else None


def _name(key: str) -> str:
    """Return the name of a metric in the characters that MLflow allows.

    A slash is not kept: in a folder of MLflow, `a/b` could not stand beside `a`.
    """
    return re.sub(r"[^\w\-. ]", "_", key)
