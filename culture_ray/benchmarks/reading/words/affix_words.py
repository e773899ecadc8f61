"""Affixes and hedges that turn a value word into another one, as parts of regular expressions."""

from __future__ import annotations

from culture_ray.benchmarks.reading.words.answer_words import any_word

_HEDGE = (
    "almost/nearly/somewhat/kind of/sort of/kinda/sorta/more or less/so-called/supposedly/"
    "allegedly/seemingly/less/(?<!at\\s)least/semi/quasi/pseudo/half/beinahe/nahezu/fast/"
    "halbwegs/einigermaßen/sogenannt\\w*/angeblich/weniger/bijna/enigszins/min of meer/zogenaamd/"
    "minder/næsten/nesten/nogenlunde/såkaldt/mindre/nästan/någorlunda/presque/plus ou moins/"
    "soi-disant/quasiment/(?<!au\\s)(?<!du\\s)moins/casi/más o menos/supuestamente/"
    "(?<!al\\s)(?<!pelo\\s)menos/quase/mais ou menos/supostamente/più o meno/meno/aproape/prawie/"
    "niemal/rzekomo/téměř/skoro/почти/якобы/более-менее/менее/майже/нібито/σχεδόν/neredeyse/"
    "sözde/kısmen/melkein/lähes/majdnem/szinte/شبه/تقريبا/تقریبا/כמעט/लगभग/প্রায়/hampir/agak/"
    "gần như/เกือบ"
)
_UNSPACED_HEDGE = (
    "几乎/幾乎/差不多/半/所谓的?/所謂的?/有点/有點/ほぼ/ほとんど/やや/半ば/거의 ?/다소 ?"
)

HEDGE = rf"(?:{any_word(_HEDGE.split('/'))}|{_UNSPACED_HEDGE.replace('/', '|')})"
"""Words before a label that leave a part of its meaning."""
PREFIX = "un|non|anti|semi|quasi|pseudo|half|near|ex|fail|halb|halv|demi|mi|полу|напів|félig|yarı"
"""Parts of compounds, before a hyphen."""
SUFFIX = "like|esque|free|less|adjacent|ähnlich|artig|frei|agtig|aktig|achtig"
"""Parts of compounds, after a hyphen."""
UNSPACED_SUFFIX = (
    "性|感|率|度|隐患|隱患|问题|問題|风险|風險|リスク|っぽ|気味|ぎみ|"
    "성[이은을의과]?(?![가-힣])| ?문제| ?위험| ?리스크"
)
"""Words directly after a value that make another one of it: 安全性 is safety, 安全隐患 a danger."""
