"""Verbs that make inputs of a study: populations, capability, translate, vary."""

from __future__ import annotations

from culture_ray.cli.verbs.verb import Verb

_TEXTS = (
    "model", "cluster", "only", "again", "tries", "sampling", "spending", "run", "results",
    "conf_dir",
)  # fmt: skip
"""Keys that translate and vary share."""

POPULATIONS = Verb(
    name="populations",
    code="populations:act",
    summary="compute ground truth from a survey's file",
    description=(
        "Reads a survey's file as its archive publishes it (text, SPSS, Stata, Parquet or "
        "Feather, possibly packed; it is licensed and not part of culture-ray), using its mapping "
        "in conf/survey. Writes the weighted value polarity of populations and the distributions "
        "of their answers, with standard errors that follow the sample's design. Without survey=, "
        "the survey is recognised by the file's columns, the EVS/WVS joint file first. Sweeps use "
        "the result with populations=NAME."
    ),
    examples=(
        (
            "culture-ray populations file=EVS_WVS_Joint.csv recode=symmetric name=joint",
            "countries, language groups and the world, without middle answers",
        ),
        (
            "culture-ray populations file=joint.sav 'by=[country,language,country/X001]'",
            "also the women and men of each country",
        ),
        (
            "culture-ray populations survey=wvs7 file=WVS_Cross-National_Wave_7_csv_v6_0.csv",
            "the World Values Survey, wave 7, alone",
        ),
    ),
    root="populations",
)

CAPABILITY = Verb(
    name="capability",
    code="capability:act",
    summary="turn results of benchmark harnesses into capability figures",
    description=(
        "Reads result files of EuroEval, lm_eval or any program that writes Every Eval Ever, and "
        "writes the score of every benchmark by model and language, with its standard error. "
        "With capability=NAME, sweep and analyse use the mean over a language's benchmarks. It "
        "prints a line for everything that is left out: models that are not in conf/model "
        "(name them with rename={THEIRS: OURS}), tasks of an unknown language (describe them with "
        "tasks={TASK: {language: da, metric: acc}}), and benchmarks that only some models have."
    ),
    examples=(
        (
            "culture-ray capability from=euroeval file=euroeval_benchmark_results.jsonl",
            "EuroEval's results; then: analyse run=NAME capability=euroeval",
        ),
        (
            "culture-ray capability from=lm_eval 'file=[small,large]' name=theirs "
            "'rename={my/finetune: gemma_2_2b}'",
            "every results_*.json in two folders",
        ),
        (
            "culture-ray capability from=every_eval_ever file=records name=shared",
            "records of Every Eval Ever: results of Inspect, HELM and others",
        ),
    ),
    root="capability",
)

TRANSLATE = Verb(
    name="translate",
    code="texts:translate",
    summary="translate the texts of a language with a model, for review",
    description=(
        "Translates every text that a language file lacks, checks it with a back-translation and "
        "a second reading of its polarity, and adds it with reviewed: false. Existing texts stay "
        "as they are, unless again=true. A second model can check the texts: "
        "model=[maker,checker]. Run the same command again to resume."
    ),
    examples=(
        ("culture-ray translate language=ca 'model=[gemma_2_27b]'", "Catalan, from English"),
        (
            "culture-ray translate language=ca 'model=[gemma_2_27b]' 'only=[topics.f120]'",
            "one topic",
        ),
    ),
    root="translate",
    keys=("language", "target", "source", "name", "native_name", *_TEXTS),
)

VARY = Verb(
    name="vary",
    code="texts:vary",
    summary="write new wordings or templates with a model, for review",
    description=(
        "Asks a model for new wordings of every topic, or for new templates, in one language, "
        "checks the polarity of each in a second reading, and adds them with reviewed: false. "
        "Use translate to add them to other languages."
    ),
    examples=(
        (
            "culture-ray vary language=en what=wordings 'model=[gemma_2_27b]' count=2",
            "two more wordings of each topic",
        ),
    ),
    root="translate",
    keys=("language", "target", "what", "count", *_TEXTS),
)
