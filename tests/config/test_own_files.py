"""A user's own files, brought in by Hydra's --config-dir: what they can hold, what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from culture_ray.config.files import conf_folder
from tests.conftest import Said

PROTOCOL = "hypothetical_interviews"
SHORT = (
    "experiment=quickstart",
    f"protocol=[{PROTOCOL}]",
    "design.prompts_per_language=4",
    "topics.only=[f118,f120]",
)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder of a user's own choices."""
    folder = tmp_path / "mine"
    folder.mkdir()
    return folder


def write(own: Path, group: str, name: str, content: dict[str, Any]) -> None:
    """Write a choice NAME, for a language my_NAME, whose content stands under NAME."""
    path = own / group / (f"my_{name}.yaml" if group == "language" else f"{name}.yaml")
    path.parent.mkdir(exist_ok=True)
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    path.write_text(f"# @package {group}.{name}\n{text}", encoding="utf-8")


def texts(code: str = "en", topics: tuple[str, ...] = ("f118", "f120")) -> dict[str, Any]:
    """A short language file: two templates and these topics."""
    return {
        "code": code,
        "name": f"Language {code}",
        "native_name": code,
        "made_by": "a test",
        "reviewed": True,
        "protocols": {
            PROTOCOL: {
                "templates": {"t1": "Ask ten: {topic}", "t2": "Ten people hear: {topic} They say?"},
                "completion_lead": "Summaries:",
            }
        },
        "topics": {
            topic: {
                "pro": f"{topic} is right.",
                "con": f"{topic} is wrong.",
                "wordings": {"w1": f"Is {topic} right?", "w2": f"May one do {topic}?"},
            }
            for topic in topics
        },
    }


@pytest.mark.slow
def test_a_model_of_ones_own_is_one_file(own: Path, culture_ray: Callable[..., Said]) -> None:
    mine = {"engine": "vllm", "family": "mine", "source": "me/mine-1b", "parameters": 1e9}
    write(own, "model", "mine", mine)
    write(own, "language", "en", texts())
    said = culture_ray("plan", *SHORT, "model=[mine]", "language=[my_en]", f"--config-dir={own}")
    assert said.code == 0, said.err
    assert re.search(r"elicit +mine", said.out)
    assert "1.00 G" in said.out


@pytest.mark.slow
def test_a_template_without_its_topic_is_refused(
    own: Path, culture_ray: Callable[..., Said]
) -> None:
    content = texts()
    content["protocols"][PROTOCOL]["templates"]["t2"] = "Ten people hear a question."
    write(own, "language", "en", content)
    complaint = culture_ray("plan", *SHORT, "language=[my_en]", f"--config-dir={own}").complaint
    for name in ("language en", PROTOCOL, "t2", "{topic}"):
        assert name in complaint


def test_a_language_that_lacks_a_topic_of_the_other_is_refused(
    own: Path, culture_ray: Callable[..., Said]
) -> None:
    write(own, "language", "en", texts())
    write(own, "language", "da", texts("da", topics=("f118",)))
    complaint = culture_ray(
        "plan", *SHORT, "language=[my_en,my_da]", f"--config-dir={own}"
    ).complaint
    assert "language da: no texts for 1 of 2 topics: f120" in complaint
    assert "add them to topics in its file" in complaint
    assert "topics.only" in complaint


@pytest.mark.slow
def test_leaving_out_the_topic_that_one_language_lacks_is_enough(
    own: Path, culture_ray: Callable[..., Said]
) -> None:
    write(own, "language", "en", texts())
    write(own, "language", "da", texts("da", topics=("f118",)))
    said = culture_ray(
        "plan", *SHORT, "topics.only=[f118]", "language=[my_en,my_da]", f"--config-dir={own}"
    )
    assert said.code == 0, said.err
    assert "2 languages" in said.out


@pytest.mark.slow
def test_a_wording_that_one_language_lacks_is_asked_in_neither_and_said(
    own: Path, culture_ray: Callable[..., Said]
) -> None:
    content = texts("da")
    del content["topics"]["f120"]["wordings"]["w2"]
    write(own, "language", "da", content)
    write(own, "language", "en", texts())
    said = culture_ray("plan", *SHORT, "language=[my_en,my_da]", f"--config-dir={own}")
    assert said.code == 0, said.err
    assert "not asked, because some language lacks it: wording w2 of f120 in en" in said.out


@pytest.mark.slow
def test_portuguese_of_brazil_is_compared_with_brazil(
    own: Path, culture_ray: Callable[..., Said]
) -> None:
    write(own, "language", "pt-BR", texts("pt-BR"))
    said = culture_ray("plan", *SHORT, "language=[my_pt-BR]", f"--config-dir={own}")
    assert said.code == 0, said.err
    assert "detector" not in said.out


@pytest.mark.slow
def test_a_language_without_a_detector_is_said_once(
    own: Path, culture_ray: Callable[..., Said]
) -> None:
    figures = own / "figures.csv"
    rows = ["population,kind,languages,topic,value_polarity,std_error,n"]
    for name, kind, code in (("US", "country", "en"), ("speakers:tlh", "language", "tlh")):
        rows += [f"{name},{kind},{code},{topic},0.4,," for topic in ("f118", "f120")]
    figures.write_text("\n".join(rows) + "\n", encoding="utf-8")
    write(own, "language", "tlh", texts("tlh"))
    said = culture_ray(
        "plan", *SHORT, "language=[my_tlh]", f"--config-dir={own}", f"populations.table={figures}",
        "populations.compare=[all]",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert said.out.count("the language detector does not know tlh") == 1


def test_a_code_that_is_no_language_tag_is_refused(
    own: Path, culture_ray: Callable[..., Said]
) -> None:
    write(own, "language", "pt_BR", texts("pt_BR"))
    complaint = culture_ray("plan", *SHORT, "language=[my_pt_BR]", f"--config-dir={own}").complaint
    assert "pt_BR" in complaint
    assert "pt-BR" in complaint


def test_a_language_without_speakers_in_the_figures_is_refused(
    own: Path, culture_ray: Callable[..., Said]
) -> None:
    write(own, "language", "sv", texts("sv"))
    complaint = culture_ray("sweep", *SHORT, "language=[my_sv]", f"--config-dir={own}").complaint
    assert "speakers of 'sv'" in complaint
    assert "populations=" in complaint


@pytest.mark.slow
def test_keys_of_a_model_of_ones_own_that_are_mistyped_name_the_nearest(
    own: Path, culture_ray: Callable[..., Said]
) -> None:
    mine = {"engine": "vllm", "family": "mine", "source": "me/mine-1b", "paramters": 1e9}
    write(own, "model", "mine", mine)
    write(own, "language", "en", texts())
    words = ("plan", *SHORT, "model=[mine]", "language=[my_en]", f"--config-dir={own}")
    complaint = culture_ray(*words).complaint
    assert complaint == (
        "unknown key 'model.mine.paramters': did you mean 'model.mine.parameters'?"
    )
    assert "unknown key 'sed': did you mean 'seed'?" in culture_ray(*words, "sed=1").complaint


@pytest.mark.slow
def test_a_file_that_is_no_yaml_is_refused_in_one_line(
    own: Path, culture_ray: Callable[..., Said]
) -> None:
    (own / "model").mkdir()
    (own / "model" / "mine.yaml").write_text("# @package model.mine\nengine: [vllm\n")
    complaint = culture_ray("plan", *SHORT, "model=[mine]", f"--config-dir={own}").complaint
    assert "mine.yaml" in complaint


@pytest.mark.slow
def test_a_topic_without_ground_truth_for_the_chosen_population_is_refused(
    own: Path, culture_ray: Callable[..., Said]
) -> None:
    table = own / "figures.csv"
    header, *rows = (conf_folder() / "populations" / "evs_wvs_joint_v5.csv").read_text().split("\n")
    kept = [row for row in rows if not (row.startswith("DK,") and ",f120," in row)]
    assert len(kept) == len(rows) - 1
    table.write_text("\n".join([header, *kept]))
    write(own, "language", "en", texts())
    words = (
        "plan",
        *SHORT,
        "language=[my_en]",
        f"--config-dir={own}",
        f"populations.table={table}",
    )
    chosen = 'populations.compare=[US,DK,"speakers:en"]'
    complaint = culture_ray(*words, chosen).complaint
    assert "f120 in DK" in complaint
    assert "topics.only" in complaint
    assert "populations.compare" in complaint
    allowed = culture_ray(*words, chosen, "allow_missing_ground_truth=true")
    assert allowed.code == 0, allowed.err


@pytest.mark.slow
def test_a_comparison_without_the_speakers_of_a_language_is_refused(
    own: Path, culture_ray: Callable[..., Said]
) -> None:
    write(own, "language", "en", texts())
    complaint = culture_ray(
        "plan", *SHORT, "language=[my_en]", f"--config-dir={own}", "populations.compare=[US,world]"
    ).complaint
    assert "add 'speakers:en' to populations.compare" in complaint


@pytest.mark.slow
def test_a_table_that_is_not_there_is_named(own: Path, culture_ray: Callable[..., Said]) -> None:
    write(own, "language", "en", texts())
    complaint = culture_ray(
        "plan", *SHORT, "language=[my_en]", f"--config-dir={own}", "populations.table=/no/such.csv"
    ).complaint
    assert complaint.startswith("/no/such.csv: there is no such file")


@pytest.mark.slow
def test_benchmark_scores_that_cannot_be_read_are_refused_before_anything_is_asked(
    own: Path, culture_ray: Callable[..., Said]
) -> None:
    (own / "capability").mkdir()
    (own / "capability" / "ours.csv").write_text(
        "model,language,benchmark,score,source\ngemma_2_2b,en,reading,41,us\n"
    )
    write(own, "language", "en", texts())
    about = {"name": "ours", "source": "us", "table": "ours.csv"}
    path = own / "capability" / "ours.yaml"
    path.write_text("# @package capability\n" + yaml.safe_dump(about))
    words = (*SHORT, "language=[my_en]", "capability=ours", f"--config-dir={own}")
    assert "has to lie between 0 and 1" in culture_ray("plan", *words).complaint
    assert "has to lie between 0 and 1" in culture_ray("sweep", *words).complaint


@pytest.mark.slow
def test_every_language_that_comes_with_the_project_can_be_asked_in_one_sweep(
    own: Path, culture_ray: Callable[..., Said]
) -> None:
    shipped = sorted(path.stem for path in (conf_folder() / "language").glob("*.yaml"))
    protocols = "protocol=[hypothetical_interviews,persona,direct_item]"
    words = ("plan", *SHORT, protocols, f"language=[{','.join(shipped)}]")
    plan = culture_ray(*words, "allow_missing_ground_truth=true")
    assert plan.code == 0, plan.err
    assert "not asked, because some language lacks it" not in plan.out
    assert "no figures for the speakers of " in plan.out
