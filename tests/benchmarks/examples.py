"""Two complete benchmark files, as plain values."""

from __future__ import annotations

from typing import Any

import yaml

CHOICES = """
source:
  hub: CohereLabs/Global-MMLU
  path: "{language}/test-*.parquet"
  licence: Apache-2.0
  cite: "Singh et al. 2024, arXiv 2412.03304"
items:
  id: sample_id
  text: question
  options: [option_a, option_b, option_c, option_d]
  answer: answer
  groups: {sensitivity: cultural_sensitivity_label, subject: subject}
  keep: {sensitivity: [CS, CA]}
  per_group: {sensitivity: 200}
languages: {en: en, nl: nl, pt: pt}
orders: both
prompts:
  en: "{text}\\n{options}\\nAnswer:"
  nl: "{text}\\n{options}\\nAntwoord:"
  pt: "{text}\\n{options}\\nResposta:"
answer: {kind: option}
scores: {accuracy: {}, by: [sensitivity, subject], contrasts: {culture_gap: [CS, CA]}}
capability:
  use: accuracy
  where: {sensitivity: CA}
  also: {capability_sensitive: {sensitivity: CS}}
"""

STEPS = """
source: {files: worldview/questions.csv, licence: MIT}
items: {id: id, text: question, groups: {domain: domain}}
languages: {en: en}
lists:
  cultures: [Western, East Asian, Islamic, South Asian, African, Latin American, Orthodox]
conditions:
  baseline: {}
  contextual: {system: "Let several of the world's ways of thinking speak, each in its own terms."}
  agents:
    steps:
      views:
        for_each: cultures
        system: "You think from within the {each} tradition."
        prompt: "{text}"
      answer:
        system: "You bring views together without ranking them."
        prompt: "{text}\\n\\nViews:\\n{views}\\n\\nWrite one answer."
prompts: {en: "{text}"}
answer: {kind: text}
sampling: {temperature: 0.7, top_p: 0.95, max_tokens: 700}
samples: 3
rubric:
  prompt: "List every reference to a culture's thought, texts, people or practices."
  fields:
    references: {list: {culture: {one_of: cultures}, tone: {one_of: [positive, neutral, negative]}}}
  gold: worldview/gold.yaml
scores:
  distribution: {of: references.culture}
  entropy: {of: references.culture, normalised: true, over: item_then_mean}
  positive: {share: references.tone, is: positive}
  contrasts: {contextual_gain: [contextual, baseline], agents_gain: [agents, baseline]}
"""


def content(example: str, **changes: Any) -> dict[str, Any]:
    """Return an example as plain values, with some keys replaced; None removes a key."""
    values: dict[str, Any] = yaml.safe_load(example) | changes
    return {key: value for key, value in values.items() if value is not None}
