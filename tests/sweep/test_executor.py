"""On a real Ray: work reaches the store, failures stay with the model they belong to."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from culture_ray.engines.interface import Request, Response, Sampling
from culture_ray.engines.model import Model
from culture_ray.errors import DiskProblem, EngineFailed, ModelDoesNotFit, NeedsGpu
from culture_ray.store.run import Run
from culture_ray.store.shards import read
from culture_ray.sweep.cluster import Cluster
from culture_ray.sweep.executor import Executor
from culture_ray.sweep.units import Loaded, Unit

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(1800)]

SIZE = 4
SCHEMA = pa.schema([("request_id", pa.string()), ("text", pa.string()), ("attempts", pa.int64())])


@dataclass(frozen=True)
class Echo:
    """A task whose shard holds what came back."""

    stage: str = "elicit"
    schema: pa.Schema = SCHEMA

    def load(self, unit):
        rows = pa.table({"request_id": [f"{unit.path.stem}-{i}" for i in range(unit.size)]})
        ids = rows["request_id"].to_pylist()
        return Loaded(rows, [Request(i, i, Sampling()) for i in ids])

    def table(self, loaded, responses, replica, attempts):
        texts = [r.text for r in responses]
        ids = loaded.rows["request_id"].combine_chunks()
        return pa.table([ids, texts, [attempts] * len(texts)], schema=SCHEMA)


class Scripted:
    """An engine that does what its model's source says."""

    def __init__(self, model):
        self.in_flight = model.in_flight
        self._script = model.source
        self._died = Path(model.env.get("DIED", "/nonexistent"))

    async def start(self):
        if self._script == "cannot start":
            raise EngineFailed("ValueError: this model is not for me")
        if self._script == "starts at the second try" and not self._died.exists():
            self._died.touch()
            raise EngineFailed("RuntimeError: the machine was busy")

    async def generate(self, request):
        if self._script == "dies always":
            os.kill(os.getpid(), signal.SIGKILL)
        if self._script == "dies once" and not self._died.exists():
            self._died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if self._script == "fails once" and not self._died.exists():
            self._died.touch()
            raise EngineFailed("EngineDeadError: the engine is gone")
        return Response(request.request_id, f"echo {request.prompt}", "stop")

    async def close(self):
        pass


class Recorder:
    """A listener that keeps what it is told."""

    def __init__(self):
        self.events = []

    def __getattr__(self, name):
        return lambda *facts: self.events.append((name, *facts))

    def count(self, name):
        return sum(event[0] == name for event in self.events)


def model(script, **values):
    return Model(
        engine="vllm", family="f", source=script, gpus_per_replica=0, in_flight=4, **values
    )


def units(folder, engine, count=3):
    return [
        Unit(folder / "responses" / f"{engine}-{i}.arrow", engine, engine, "en", SIZE, 1.0)
        for i in range(count)
    ]


@pytest.fixture
def run(tmp_path):
    """Run units of several models in one run directory."""

    def act(models, work, cluster=Cluster()):  # noqa: B008 - frozen
        listener = Recorder()
        with Executor(cluster, models, Scripted, Run(tmp_path), listener) as executor:
            return executor.run(Echo(), work), listener

    return act


def test_models_share_the_cluster_and_one_that_cannot_start_stops_only_itself(run, tmp_path):
    died = tmp_path / "died"
    models = {
        "good": model("echo"),
        "bad": model("cannot start"),
        "dying": model("dies once", env={"DIED": str(died)}),
        "poison": model("dies always"),
    }
    work = [unit for name in models for unit in units(tmp_path, name)]
    broken, listener = run(models, work)

    assert broken["bad"] == "ValueError: this model is not for me"
    assert set(broken) == {"bad", "poison"}
    assert "times in a row" in broken["poison"]
    for name in ("good", "dying"):
        for unit in units(tmp_path, name):
            table = read(unit.path)
            assert table["text"].to_pylist() == [f"echo {unit.path.stem}-{i}" for i in range(SIZE)]
    assert not list(tmp_path.glob("responses/bad*"))
    assert not list(tmp_path.glob("responses/poison*"))
    assert listener.count("unit_done") == 6
    again = {read(u.path)["attempts"][0].as_py() for u in units(tmp_path, "dying")}
    assert max(again) == 2


def test_an_engine_that_dies_within_a_living_replica_is_replaced(run, tmp_path):
    models = {"m": model("fails once", env={"DIED": str(tmp_path / "died")})}
    broken, listener = run(models, units(tmp_path, "m"))
    assert broken == {}
    assert listener.count("lost") == 1
    assert all(unit.path.exists() for unit in units(tmp_path, "m"))


def test_an_engine_that_fails_to_start_once_is_tried_again(run, tmp_path):
    script = "starts at the second try"
    models = {"m": model(script, env={"DIED": str(tmp_path / "died")})}
    broken, _ = run(models, units(tmp_path, "m"))
    assert broken == {}
    assert all(unit.path.exists() for unit in units(tmp_path, "m"))


def test_what_no_cluster_of_ours_can_place_is_said_before_anything_loads(run, tmp_path):
    for spec, error, words in (
        (Model(engine="vllm", family="f", source="x", gpus_per_replica=64), NeedsGpu, "64 GPUs"),
        (model("echo", memory_gib=1e6), ModelDoesNotFit, "1000000.0 GiB"),
    ):
        with pytest.raises(error, match=words):
            run({"big": spec}, units(tmp_path, "big"))
    assert not list(tmp_path.rglob("responses/*.arrow"))


def test_a_disk_problem_on_a_replica_is_the_users_one_line(run, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    unit = Unit(blocked / "unit.arrow", "m", "m", "en", SIZE, 1.0)
    with pytest.raises(DiskProblem, match="a part of the path is a file"):
        run({"m": model("echo")}, [unit])
