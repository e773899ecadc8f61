"""Python API: open runs, plan and run sweeps, import scores, from scripts and notebooks.

    import culture_ray as cr

    run = cr.open_run("results/quickstart")
    run.main_cells                              # pandas; run.arrow("cells"), run.polars("cells")
    plan = cr.plan("experiment=paper", "model=[gemma_2_9b]", "judge=[gemma_2_9b]")
    run = cr.sweep("experiment=quickstart")
    run = cr.import_scores("scored.csv", run="theirs", columns={"model": "model_name"})
    run.analyse().report()

Arguments are the overrides of the command line (`culture-ray sweep --help`). No function exits,
prints anything but the progress of a sweep, or changes `sys.argv`, the environment or the caller's
Hydra state. Faulty input raises an error of `culture_ray.errors` with a message of one sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from culture_ray.api.calls import own_environment, written_command
from culture_ray.api.plans import Plan
from culture_ray.api.runs import Run
from culture_ray.config.compose import compose
from culture_ray.config.import_choices import with_constants
from culture_ray.config.imported import imported_run
from culture_ray.config.run_settings import settings_from
from culture_ray.engines.factory import make_engine
from culture_ray.plan.engines import models_and_judges
from culture_ray.redaction.console import SafeConsole
from culture_ray.stages.context import RunContext
from culture_ray.stages.embedded_model import prepare_embedded_models
from culture_ray.stages.sweep import sweep as sweep_stages
from culture_ray.sweep.progress.progress import Progress
from culture_ray.tools.scored.commit import import_scored

__all__ = ["Plan", "Run", "import_scores", "open_run", "plan", "sweep"]


def open_run(folder: str | Path) -> Run:
    """Return the run in a directory, such as results/quickstart.

    Raises NoSuchRun, and RunMismatch if it cannot be read.
    """
    return Run(Path(folder).expanduser())


def plan(*overrides: str) -> Plan:
    """Return the plan of a sweep; writes nothing.

    Raises UserError if the sweep could not start.
    """
    content, experiment = compose(overrides)
    return Plan(RunContext(settings_from(content, experiment, written_command("plan", *overrides))))


def sweep(*overrides: str) -> Run:
    """Run or resume a sweep in this process, and return its run.

    Progress is shown on the terminal or in the notebook. Raises UserError before anything is
    written. Models that cannot finish raise no error; they are listed in `Run.failed_models`.
    """
    content, experiment = compose(overrides)
    settings = settings_from(content, experiment, written_command("sweep", *overrides))
    context = RunContext(settings, max_processes=1)
    cap, live = settings.spending.cap_dollars, settings.run.folder / "live"
    with own_environment(), Progress(SafeConsole(), live, cap) as progress:
        context.check()
        models = models_and_judges(settings.models, settings.judges)
        prepare_embedded_models(models.values(), progress, loads=context.asks_models)
        result = sweep_stages(context, make_engine, progress)
    return Run(settings.run.folder, result.failed_models)


def import_scores(
    file: str | Path | Sequence[str | Path],
    *overrides: str,
    run: str,
    columns: Mapping[str, str | Sequence[str]] | None = None,
    constants: Mapping[str, str] | None = None,
) -> Run:
    """Commit responses that were scored elsewhere as a run, and return it.

    `file` is a file, a folder, or several of these. `columns` names their columns for model,
    language, topic, value_polarity and whatever else conf/import.yaml lists; `constants` states
    what holds for every row. Raises BadTable, UnknownName, WrongValue and RunMismatch.
    """
    content, experiment = compose([f"run={run}", *with_constants(overrides)], root="import")
    files = [str(file)] if isinstance(file, str | Path) else [str(one) for one in file]
    content |= {
        "file": files,
        "columns": {**content["columns"], **(columns or {})},
        "constants": {**content["constants"], **(constants or {})},
    }
    command = written_command("import", f"run={run}", f"file=[{','.join(files)}]", *overrides)
    context, scored = imported_run(content, experiment, command)
    import_scored(context, scored)
    return open_run(context.settings.run.folder)
