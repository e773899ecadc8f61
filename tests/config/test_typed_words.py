"""Words on the command line that name topics or languages are understood, or explained."""

from __future__ import annotations

import pytest

from culture_ray.config.compose import compose
from culture_ray.errors import UserError


@pytest.mark.slow
def test_a_composed_configuration_has_the_ids() -> None:
    content, _ = compose(["experiment=quickstart", "language=[]", "topics.only=[abortion,F118]"])
    assert content["topics"]["only"] == ["f120", "f118"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("danish", "did you mean 'da' (Danish)?"),
        ("Dansk", "did you mean 'da' (Danish)?"),
        ("ca", "there are no texts in Catalan ('ca') yet: culture-ray translate language=ca"),
        ("dk", "unknown language 'dk': did you mean 'da'?"),
    ],
)
def test_a_language_without_a_file_is_told_from_a_mistyped_one(code: str, said: str) -> None:
    with pytest.raises(UserError) as refused:
        compose(["experiment=quickstart", f"language=[{code}]"])
    assert said in str(refused.value)
