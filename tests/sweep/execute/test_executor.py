"""Work reaches the store, and failures stay with the model they belong to; on a real Ray."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.engines.model import Model
from culture_ray.errors import DiskProblem, ModelDoesNotFit, NeedsGpu
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import read
from culture_ray.sweep.execute import local_ray
from culture_ray.sweep.execute.executor import Executor
from culture_ray.sweep.execute.gpu_memory import GpuMemory
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.units import StageWork, Unit
from tests.standin import StandInEngine
from tests.sweep.echo import Echo, echo_model, echo_units, ids_of, rows

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(1800)]


class Recorder:
    """Listener that records all events."""

    def __init__(self):
        self.events = []

    def __getattr__(self, name):
        return lambda *facts: self.events.append((name, *facts))

    def of(self, name):
        return [facts for kind, *facts in self.events if kind == name]


@pytest.fixture
def run(tmp_path):
    """Run units of several models in one run directory, on a Ray of its own."""

    def act(models, work, **cluster):
        listener = Recorder()
        with Executor(
            Cluster(**cluster), models, StandInEngine, RunDirectory(tmp_path), listener
        ) as executor:
            if isinstance(work[0], StageWork):
                return executor.run_together(work), listener
            return executor.run(Echo(), work), listener

    return act


def timeline(run):
    return read(run / "timeline.arrow").to_pylist()


def test_every_failure_stays_with_its_model_and_its_request(run, tmp_path):
    """One Ray for many faults: an engine that refuses, one that only dies, poison, a hang, ..."""
    once = tmp_path / "died"
    models = {
        "good": echo_model(seconds=0.05, bad="good-0-1", transient="good-1-2"),
        "refusing": echo_model(refuses="ValueError: this model is not for me"),
        "unmade": echo_model(seconds="soon"),
        "poisoned": echo_model(seconds=0.05, poison="poisoned-1-3"),
        "hanging": echo_model(seconds=0.05, hangs_once=once, hangs="hanging-0-0"),
    }
    work = [unit for name in models for unit in echo_units(tmp_path, name)]
    abandoned, listener = run(models, work, hang_after_s=5.0)

    assert abandoned == {
        "refusing": "ValueError: this model is not for me",
        "unmade": "ValueError: could not convert string to float: 'soon'",
    }
    found = rows(tmp_path)
    asked = {i for name in models if name not in abandoned for u in echo_units(tmp_path, name)
             for i in ids_of(u)}  # fmt: skip
    assert set(found) == asked
    failures = {key: row["failure"] for key, row in found.items() if row["failure"]}
    assert set(failures) == {"good-0-1", "poisoned-1-3"}
    assert failures["good-0-1"] == "ValueError: the prompt is too long"
    assert failures["poisoned-1-3"].startswith("the engine died each time it had this request")
    assert found["good-1-2"]["attempts"] == 2
    assert found["poisoned-1-3"]["attempts"] >= 4
    assert found["poisoned-1-2"]["text"] is not None

    events = timeline(tmp_path)
    kinds = {(event["event"], event["model"]) for event in events}
    assert {("load", "good"), ("unit", "good"), ("refusal", "refusing"), ("death", "poisoned"),
            ("death", "hanging"), ("join", None)} <= kinds  # fmt: skip
    hang = next(e for e in events if (e["event"], e["model"]) == ("death", "hanging"))
    assert hang["what"] == "it made no token for 5 s"
    assert sum(e["requests"] for e in events if e["event"] == "unit" and e["model"] == "good") == 12
    assert {facts[0] for facts in listener.of("model_abandoned")} == set(abandoned)
    done = [facts for facts in listener.of("chunk_done") if facts[0] == "poisoned"]
    assert sum(facts[1] for facts in done) == 12
    failures = [dict(facts[2].failures) for facts in done if facts[2].failures]
    assert failures == [{"engine died": 1}]
    bad = [dict(facts[2].failures) for facts in listener.of("chunk_done") if facts[0] == "good"]
    assert {"prompt too long": 1} in bad
    assert list((tmp_path / "claims").iterdir()) == []
    assert not list((tmp_path / "parts").rglob("*.arrow"))


def test_what_no_cluster_of_ours_can_place_is_said_before_anything_loads(run, tmp_path):
    gpus = Model(engine="vllm", family="f", source="x", gpus_per_replica=64)
    memory = Model(engine="vllm", family="f", source="x", gpus_per_replica=0, memory_gib=1e6)
    for spec, error, words in ((gpus, NeedsGpu, "64 GPUs"), (memory, ModelDoesNotFit, "1000000.0")):
        with pytest.raises(error, match=words):
            run({"big": spec}, echo_units(tmp_path, "big"))
    assert not list(tmp_path.rglob("responses/*.arrow"))


def test_a_disk_problem_on_a_replica_is_the_users_one_line(run, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    unit = Unit(Path(blocked / "unit.arrow"), "m", "m", "en", 4, 1.0)
    with pytest.raises(DiskProblem, match="a part of the path is a file"):
        run({"m": echo_model()}, [unit])


def test_stages_and_steps_that_run_together_load_each_model_once(run, tmp_path):
    """With place for one model at a time, stage after stage would load each of them twice."""
    models = {name: echo_model(seconds=0.02) for name in ("a", "b")}
    elicited, put = [], []
    for name in models:
        elicited += echo_units(tmp_path, name)
        before: tuple[Path, ...] = ()
        for unit in echo_units(tmp_path, f"{name}-step"):
            put.append(replace(unit, engine=name, model=name, needs=before))
            before = (unit.path,)
    work = [StageWork(Echo(), elicited), StageWork(Echo("benchmark"), put)]
    abandoned, listener = run(models, work, max_replicas=1)
    assert abandoned == {}
    assert len(rows(tmp_path)) == sum(unit.size for unit in [*elicited, *put])
    loads = [event["model"] for event in timeline(tmp_path) if event["event"] == "load"]
    assert sorted(loads) == ["a", "b"]
    stages = [facts[3] for facts in listener.of("chunk_done")]
    assert sorted(stages) == ["benchmark"] * 6 + ["elicit"] * 6
    ended = {event["unit"]: event["at"] for event in timeline(tmp_path) if event["event"] == "unit"}
    for name in models:
        own = [ended[f"{name}-step-{i}"] for i in range(3)]
        assert own == sorted(own)


def no_gpus() -> list[GpuMemory]:
    return []


def test_weights_are_read_ahead_and_a_judge_loads_while_the_last_responses_come(
    tmp_path, monkeypatch
):
    """Two GPUs in Ray's books: a third model waits for one of them, and a judge comes next."""
    weights = tmp_path / "weights"
    weights.mkdir()
    (weights / "config.json").write_text("{}")
    (weights / "model.safetensors").write_bytes(b"w" * (9 << 20))
    options = local_ray.options
    monkeypatch.setattr(local_ray, "options", lambda *given: options(*given) | {"num_gpus": 2})
    models = {
        "a": echo_model(gpus=1, seconds=0.1),
        "slow": echo_model(gpus=1, seconds=8.0),
        "waits": replace(echo_model(gpus=1, seconds=0.1), source=str(weights)),
        "judge": echo_model(gpus=1, seconds=0.1),
    }
    listener, run = Recorder(), RunDirectory(tmp_path / "run")
    work = [unit for name in ("a", "slow", "waits") for unit in echo_units(run.folder, name)]
    with Executor(Cluster(), models, StandInEngine, run, listener, None, no_gpus) as executor:
        executor.expect({"judge": 1e9})
        assert executor.run(Echo(), work) == {}
        workers = executor._session.workers
        read_ahead = workers._ray.get(workers._reading)
        assert sum(read_ahead) == 9 << 20, "only the weights that wait lie in files"
        early = [name for name, _ in listener.of("replica_loading")]
        assert early.count("judge") == 1
        executor.expect({})
        assert executor.run(Echo("judge"), echo_units(run.folder, "judge")) == {}
    assert len(rows(run.folder)) == 4 * 12
