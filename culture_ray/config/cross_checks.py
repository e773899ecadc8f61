"""Checks of a run's settings that need more than one value or name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.config.files import choices
from culture_ray.config.model_checks import check_models
from culture_ray.engines.model import Model
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.labels.judge_order import FIRST, MAJORITY
from culture_ray.labels.read import RULE
from culture_ray.plan.engines import is_asked
from culture_ray.prompts.protocols import find_protocol
from culture_ray.settings.design import ProtocolSettings
from culture_ray.settings.hardware import Hardware
from culture_ray.settings.inference import BAYESIAN_DRAWS, InferenceSettings
from culture_ray.settings.judging import Judge, JudgingSettings
from culture_ray.settings.run import Settings
from culture_ray.settings.stages import Stage
from culture_ray.stages.judge.answer_form import check_answers
from culture_ray.sweep.plan.cluster import Slurm


def check_choices(settings: Settings) -> None:
    """Raise WrongValue or UnknownName for the first choice that contradicts another one."""
    _check_protocols(settings.protocols)
    if settings.persona is not None:
        _check_one_person(settings.protocols)
    _check_not_empty("model", settings.models)
    _check_not_empty("language", settings.languages)
    if not settings.benchmarks:
        _check_not_empty("protocol", settings.protocols)
    _check_benchmarks(settings.benchmarks, list(settings.judges), settings.models)
    if settings.protocols and settings.capability.measured:
        _check_measured(settings.capability.name, settings.benchmarks)
    _check_judges(settings.judges)
    check_models(
        {f"model.{name}": model for name, model in settings.models.items()}
        | {f"judge.{name}.model": judge.model for name, judge in settings.judges.items()}
    )
    judged = any(find_protocol(name).judged for name in settings.protocols)
    if judged and "judge" in settings.stages:
        _check_not_empty("judge", settings.judges, ": the stage judge needs one")
    _check_judging(settings.judging, list(settings.judges))
    _check_shares(settings.judges, settings.judging.reference)
    spending, names = settings.spending, {*settings.models, *settings.judges}
    _check_capped("models", spending.models or {}, names)
    _check_capped("stages", spending.stages or {}, {s for s in Stage if s.asks_models})
    if settings.retry is not None and not any(stage.asks_models for stage in settings.stages):
        raise WrongValue("retry", settings.retry, "stages that ask models: add elicit or judge")
    if settings.redo and all(stage.asks_models for stage in settings.stages):
        expected = "false, or stages that ask no models: add measure, regress or report"
        raise WrongValue("redo", settings.redo, expected)
    if settings.print_figures and Stage.REPORT not in settings.stages:
        expected = "false, or stages with report, which draws the figures"
        raise WrongValue("print_figures", settings.print_figures, expected)
    models = [*settings.models.values(), *(judge.model for judge in settings.judges.values())]
    _check_hardware(settings.hardware, models)
    if settings.inference.design not in settings.inference.designs:
        raise UnknownName("inference.design", settings.inference.design, settings.inference.designs)
    _check_same_model(settings.inference, list(settings.models))
    if settings.inference.mode == "paper" and settings.inference.outcome != "responses":
        expected = "responses: inference=paper repeats the published analysis, which uses these"
        raise WrongValue("inference.outcome", settings.inference.outcome, expected)
    _check_smallest_effects(settings.inference)
    _check_bayesian(settings.inference)
    if settings.inference.mode == "paper" and settings.inference.topics != "random":
        expected = "random: inference=paper repeats the published analysis and has its own draws"
        raise WrongValue("inference.topics", settings.inference.topics, expected)
    if settings.cluster.slurm is not None:
        check_slurm(settings.cluster.slurm)


def _check_hardware(hardware: Hardware, models: Iterable[Model]) -> None:
    """Raise WrongValue if no model of a run is on the hardware that a session is limited to."""
    if hardware == "all" or any(is_asked(model, hardware) for model in models):
        return
    kind = "on GPUs" if hardware == "gpus" else "without GPUs"
    raise WrongValue("hardware", hardware, f"all, since the run has no model {kind}")


def _check_same_model(inference: InferenceSettings, models: Sequence[str]) -> None:
    key = "inference.same_model"
    groups = [list(group) for group in inference.same_model]
    if groups and inference.mode == "paper":
        raise WrongValue(key, groups, "none: the published analysis takes models as they are named")
    for group in groups:
        if len(group) < 2:
            raise WrongValue(key, groups, "groups of at least two models, as in [[first, second]]")
        for name in group:
            if name not in models:
                raise UnknownName(key, name, models)
    names = [name for group in groups for name in group]
    if len(set(names)) < len(names):
        raise WrongValue(key, groups, "no model twice")


def _check_smallest_effects(inference: InferenceSettings) -> None:
    for name in ("smallest_effect", "smallest_slope"):
        value = getattr(inference, name)
        if value is not None and inference.mode == "paper":
            expected = "null: standard errors of inference=paper are too small for such a test"
            raise WrongValue(f"inference.{name}", value, expected)


def _check_bayesian(inference: InferenceSettings) -> None:
    if inference.bayesian and inference.mode == "paper":
        expected = "false: it checks the valid inference; inference=paper repeats the published one"
        raise WrongValue("inference.bayesian", True, expected)
    if inference.bayesian_draws != BAYESIAN_DRAWS and not inference.bayesian:
        expected = f"{BAYESIAN_DRAWS}, its default, unless inference.bayesian=true makes use of it"
        raise WrongValue("inference.bayesian_draws", inference.bayesian_draws, expected)


def check_slurm(slurm: Slurm) -> None:
    """Raise WrongValue for a type of GPU that no option would request."""
    if slurm.gpu_option == "none" and slurm.gpu_type is not None:
        expected = "null, since cluster.slurm.gpu_option=none requests no GPUs"
        raise WrongValue("cluster.slurm.gpu_type", slurm.gpu_type, expected)


def _check_not_empty(key: str, chosen: Iterable[str], why: str = "") -> None:
    if not list(chosen):
        raise WrongValue(key, [], f"at least one of {', '.join(choices(key))}{why}")


def _check_protocols(protocols: Mapping[str, ProtocolSettings]) -> None:
    for name, protocol in protocols.items():
        key, countries = f"protocol.{name}.countries", protocol.countries
        if find_protocol(name).has_persona and not countries:
            raise WrongValue(key, [], "at least one country, such as [DK, US]")
        if countries and not find_protocol(name).has_persona:
            raise WrongValue(key, list(countries), "none: its prompts name no country")
        if len(set(countries)) != len(countries):
            raise WrongValue(key, list(countries), "no country twice")
        if protocol.groups is not None and not find_protocol(name).groups_topics:
            expected = f"no value: {name} asks each topic alone; sequence and battery group them"
            raise WrongValue(f"protocol.{name}.groups", protocol.groups, expected)


def _check_one_person(protocols: Mapping[str, ProtocolSettings]) -> None:
    """Raise WrongValue for a protocol that does not ask one person for one answer, or for none."""
    if not protocols:
        raise WrongValue("persona", "respondents", "a protocol, such as protocol=[direct_item]")
    for name in protocols:
        kind = find_protocol(name)
        if not kind.offers_options or kind.answers == "percentages":
            expected = (
                "protocols that ask one person a question with options, such as direct_item: "
                "persona=respondents answers as one respondent"
            )
            raise WrongValue("protocol", list(protocols), f"{expected}, unlike {name}")


def _check_benchmarks(
    benchmarks: Mapping[str, Benchmark], judges: Sequence[str], models: Mapping[str, Model]
) -> None:
    for name, benchmark in benchmarks.items():
        key = f"benchmark.{name}"
        unable = [own for own, model in models.items() if not model.reads_layers]
        if benchmark.answer.kind == "layers" and unable:
            expected = (
                f"models that run on a CPU, whose layers can be read: {', '.join(unable)} cannot"
            )
            raise WrongValue(f"{key}.answer.kind", "layers", expected)
        if benchmark.rubric is not None and not judges:
            expected = f"a judge, such as judge=[{choices('judge')[0]}]: {key} has a rubric"
            raise WrongValue("judge", [], expected)


def _check_measured(capability: str, benchmarks: Mapping[str, Benchmark]) -> None:
    """Raise WrongValue if none of the benchmarks measures the capability that a run is to."""
    if not any(benchmark.capability for benchmark in benchmarks.values()):
        expected = (
            "published scores, or a benchmark whose file has the key `capability`: "
            f"{', '.join(benchmarks) or 'no benchmark'} is chosen"
        )
        raise WrongValue("capability", capability, expected)


def _check_judges(judges: Mapping[str, Judge]) -> None:
    for name, judge in judges.items():
        if name == RULE:
            raise WrongValue(
                "judge", name, "another name: this one marks labels that were made without a judge"
            )
        if name in (FIRST, MAJORITY):
            raise WrongValue(
                f"judge.{name}", "a judge", f"another name: {name} is a value of judging.use"
            )
        check_answers(name, judge)


def _check_judging(judging: JudgingSettings, names: Sequence[str]) -> None:
    use, reference = judging.use, judging.reference
    if use == MAJORITY and len(names) < 2:
        raise WrongValue("judging.use", use, f"at least two judges to vote; the run has {names}")
    if use not in (FIRST, MAJORITY, *names):
        raise UnknownName("judging.use", use, (FIRST, MAJORITY, *names))
    if reference is None:
        return
    if reference not in names:
        raise UnknownName("judging.reference", reference, names)
    if reference == (names[0] if use == FIRST else use):
        expected = f"another judge than {reference}, whose labels figures and regressions use"
        raise WrongValue("judging.reference", reference, expected)


def _check_shares(judges: Mapping[str, Judge], reference: str | None) -> None:
    for name, judge in judges.items():
        if judge.share < 1 and name != reference:
            expected = (
                f"1: only the labels of a reference correct others from a sample; set "
                f"judging.reference={name} and another judge that labels all responses"
            )
            raise WrongValue(f"judge.{name}.share", judge.share, expected)


def _check_capped(group: str, capped: Iterable[str], known: Iterable[str]) -> None:
    keys = [f"spending.{group}.{name}" for name in known]
    for name in capped:
        if f"spending.{group}.{name}" not in keys:
            raise UnknownName("key", f"spending.{group}.{name}", keys)
