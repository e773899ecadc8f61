"""Form of a judge's answers: a judge whose engine lacks it is refused."""

from __future__ import annotations

from culture_ray.errors import WrongValue
from culture_ray.settings.judging import Judge


def check_answers(name: str, judge: Judge) -> None:
    """Raise WrongValue for a form of answer that the engine lacks, or examples that have no use."""
    if judge.examples and (judge.answers == "choice" or not judge.model.chat):
        raise WrongValue(
            f"judge.{name}.examples",
            True,
            "false: a judge without a chat template, or with answers: choice, has the worked "
            "examples in its prompt in any case",
        )
    if judge.answers == "choice" and judge.model.thinks and not judge.model.reasoning_parser:
        raise WrongValue(
            f"judge.{name}.answers",
            "choice",
            "json or words: the choice of one word would apply to the thoughts of a model that "
            "thinks; or set its reasoning_parser",
        )
    if judge.answers == "choice" and judge.model.engine != "vllm":
        raise WrongValue(
            f"judge.{name}.answers",
            "choice",
            f"json or words: engine '{judge.model.engine}' cannot restrict an answer to one of "
            f"three words; words asks for JSON without a schema and counts unreadable answers",
        )
