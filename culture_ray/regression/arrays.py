"""Names for the arrays of this room."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]
Positions = NDArray[np.int_]
