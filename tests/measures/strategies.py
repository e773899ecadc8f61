"""Small cells with heavy ties, and populations with gaps, as hypothesis draws them."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

TOPICS = 6
OPINIONS = (0.0, 0.25, 1 / 3, 0.5, 2 / 3, 1.0)


@st.composite
def responses(draw, min_size=1, max_size=30):
    """Topic indices and value polarities of some responses."""
    size = draw(st.integers(min_size, max_size))
    topics = draw(hnp.arrays(np.int64, size, elements=st.integers(0, TOPICS - 1)))
    polarity = draw(hnp.arrays(np.float64, size, elements=st.sampled_from(OPINIONS)))
    return topics, polarity


@st.composite
def ground_truths(draw, populations=3):
    """Ground truth (populations, TOPICS) with ties and missing figures."""
    elements = st.sampled_from((np.nan, 0.1, 0.2, 0.2, 0.45, 0.7, 0.9))
    return draw(hnp.arrays(np.float64, (populations, TOPICS), elements=elements))
