"""The table: every behaviour, in all its parts."""

from __future__ import annotations

from tests.providers.behaviours.answers import ANSWERS
from tests.providers.behaviours.batch_files import BATCH_FILES
from tests.providers.behaviours.batches import BATCHES
from tests.providers.behaviours.bills import BILLS
from tests.providers.behaviours.dialects import DIALECTS
from tests.providers.behaviours.hostile import HOSTILE
from tests.providers.behaviours.limits import LIMITS
from tests.providers.behaviours.outages import OUTAGES
from tests.providers.behaviours.parameters import PARAMETERS
from tests.providers.behaviours.refusals import REFUSALS
from tests.providers.behaviours.responses import RESPONSES_ANSWERS
from tests.providers.behaviours.thoughts import THOUGHTS
from tests.providers.behaviours.transport import TRANSPORT
from tests.providers.behaviours.usage import USAGE

TABLE = (
    *ANSWERS,
    *RESPONSES_ANSWERS,
    *DIALECTS,
    *THOUGHTS,
    *USAGE,
    *BILLS,
    *REFUSALS,
    *PARAMETERS,
    *TRANSPORT,
    *OUTAGES,
    *LIMITS,
    *BATCHES,
    *BATCH_FILES,
    *HOSTILE,
)
"""One line per behaviour."""

CASES = tuple((behaviour, mode) for behaviour in TABLE for mode in behaviour.modes)
"""Each behaviour in each of its modes."""
