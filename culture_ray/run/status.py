"""Status of a run: requests done, failed and left per stage and model, read from its directory."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

from culture_ray.labels.read import RULE
from culture_ray.run.row_counts import count_requests, count_rule_labels, count_shards
from culture_ray.settings.stages import Stage
from culture_ray.store.provenance import recorded
from culture_ray.store.run_directory import RunDirectory


@dataclass(frozen=True)
class StageStatus:
    """Status of one stage of one model."""

    stage: str
    model: str
    requests: int
    done: int
    """Requests with a row, including failed ones."""
    failures: Mapping[str, int] = field(default_factory=dict)
    """Number of failed requests by kind of failure."""
    unparsable: int = 0
    """Number of labels for which the judge's answer could not be read."""
    without_response: int = 0
    """Number of labels of failed responses, for which the judge was not asked."""

    def with_more(self, other: StageStatus) -> StageStatus:
        """Return the status of two kinds of requests of one stage and model together."""
        return replace(
            self,
            requests=self.requests + other.requests,
            done=self.done + other.done,
            failures=Counter(self.failures) + Counter(other.failures),
            unparsable=self.unparsable + other.unparsable,
            without_response=self.without_response + other.without_response,
        )

    @property
    def failed(self) -> int:
        """Return the number of failed requests."""
        return sum(self.failures.values())

    @property
    def unusable(self) -> bool:
        """Return True if requests are done, and every one of them failed."""
        return 0 < self.done == self.failed

    @property
    def summary(self) -> str:
        """Return the failures in words, the most frequent kinds first."""
        kinds = sorted(self.failures.items(), key=lambda kind: (-kind[1], kind[0]))
        named = ", ".join(f"{count:,} {kind}" for kind, count in kinds[:3])
        return f"{self.failed:,} of {self.done:,} failed: {named}"

    @property
    def left(self) -> int:
        """Return the number of requests without a row."""
        return self.requests - self.done


def stage_statuses(run: RunDirectory, judges: list[str]) -> list[StageStatus]:
    """Return the status of each stage and model, ordered by stage.

    Shards that cannot be read count as not done; the next sweep sets them aside and makes them
    again.
    """
    requests_of = {
        folder.name.split("=", 1)[1]: _requests_in(list(folder.glob("*.arrow")))
        for folder in sorted((run.folder / "requests").glob("model=*"))
    }
    statuses = []
    for model, (requests, _, _) in requests_of.items():
        answered = count_shards(run.shards(f"responses/model={model}"))
        statuses.append(StageStatus("elicit", model, requests, answered.rows, answered.failures))
    statuses += _benchmark_statuses(run)
    rated = _rating_statuses(run, judges)
    readers = [(judge, 1) for judge in judges] + [(RULE, 2)]
    for judge, column in readers:
        for model, counts in requests_of.items():
            requests = counts[column]
            ratings = rated.pop((judge, model), None)
            if not requests:
                statuses += [ratings] if ratings else []
                continue
            labels = _read(judge, model, requests, f"labels/judge={judge}/model={model}", run)
            statuses.append(labels if ratings is None else labels.with_more(ratings))
    return [*statuses, *rated.values()]


def done_requests(
    statuses: Sequence[StageStatus], *, retried: Collection[Stage] = ()
) -> Counter[tuple[str, str]]:
    """Return the number of requests with a row by stage and by the model, or judge, asked.

    What failed in `retried` stages is asked once more and does not count, nor do the labels of such
    responses.
    """
    done: Counter[tuple[str, str]] = Counter()
    for status in statuses:
        again = status.failed if _stage(status) in retried else 0
        if {Stage.ELICIT, Stage.JUDGE} <= set(retried):
            again += status.without_response
        done[_asked(status)] += status.done - again
    return done


def failed_requests(
    statuses: Sequence[StageStatus], stages: Collection[Stage]
) -> Counter[tuple[str, str]]:
    """Return the number of failed requests of some stages, as `done_requests`; none that is 0."""
    failed: Counter[tuple[str, str]] = Counter()
    for status in statuses:
        if _stage(status) in stages:
            failed[_asked(status)] += status.failed
    return +failed


def _stage(status: StageStatus) -> Stage:
    name = status.stage.partition(" ")[0]
    return next(stage for stage in Stage if stage == name)


def _asked(status: StageStatus) -> tuple[str, str]:
    """Return the stage, and the model or judge that it asks."""
    stage, _, judge = status.stage.partition(" ")
    return stage, judge if judge and stage == Stage.JUDGE else status.model


def resume_command(run: RunDirectory, statuses: Sequence[StageStatus]) -> str:
    """Return the command that resumes a run: its last command, with all unfinished stages.

    A run of an earlier version that Slurm ran has recorded the sweep within the job, whose Ray is
    gone: it is submitted again.
    """
    words = shlex.split(str(recorded(run).get("command", f"culture-ray sweep run={run.name}")))
    if words[1:2] == ["sweep"] and (run.folder / "slurm").is_dir():
        kept = [word for word in words if not word.startswith("cluster.address=")]
        words = kept if kept == words else [words[0], "submit", *kept[2:]]
    left = {status.stage.split()[0] for status in statuses if status.left}
    dropped = [w for w in words if w.startswith("stages=") and any(s not in w for s in left)]
    return shlex.join([word for word in words if word not in dropped])


def _benchmark_statuses(run: RunDirectory) -> list[StageStatus]:
    """Return the status of each benchmark and model."""
    statuses = []
    for facts in sorted((run.folder / "benchmarks").glob("*/benchmark.json")):
        content = json.loads(facts.read_text(encoding="utf-8"))
        for model in content["models"]:
            shards = run.shards(f"benchmarks/{facts.parent.name}/answers/model={model}")
            answered, stage = count_shards(shards), f"benchmark {content['benchmark']}"
            requests = content["requests_per_model"]
            statuses.append(StageStatus(stage, model, requests, answered.rows, answered.failures))
    return statuses


def _rating_statuses(
    run: RunDirectory, judges: Sequence[str]
) -> dict[tuple[str, str], StageStatus]:
    """Return the status of the ratings by judge and model, those of all benchmarks together."""
    statuses: dict[tuple[str, str], StageStatus] = {}
    for facts in sorted((run.folder / "benchmarks").glob("*/benchmark.json")):
        content = json.loads(facts.read_text(encoding="utf-8"))
        requests = content.get("ratings_per_model", 0)
        for judge, model in product(judges, content["models"] if requests else ()):
            shards = f"benchmarks/{facts.parent.name}/ratings/judge={judge}/model={model}"
            own = _read(judge, model, requests, shards, run)
            before = statuses.get((judge, model))
            statuses[judge, model] = own if before is None else before.with_more(own)
    return statuses


def _requests_in(tables: list[Path]) -> tuple[int, int, int]:
    """Return the numbers of requests, of those with a judge, and of labels made by rule."""
    judged, unjudged = count_requests(tables)
    return judged + unjudged, judged, count_rule_labels(tables) if unjudged else 0


def _read(judge: str, model: str, requests: int, shards: str, run: RunDirectory) -> StageStatus:
    """Return the status of what a judge read of a model, from the shards of a folder."""
    found = count_shards(run.shards(shards))
    return StageStatus(
        f"judge {judge}",
        model,
        requests,
        found.rows,
        found.failures,
        unparsable=found.statuses.get("unparsable", 0),
        without_response=found.statuses.get("failed", 0),
    )
