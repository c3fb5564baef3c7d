"""The 360 dye colours."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

HUES = 360


@lru_cache(maxsize=1)
def hue_table() -> npt.NDArray[np.uint8]:
    """Return (360, 3) uint8, RGB: the colour of hue k degrees with full saturation and value, truncated.

    Source: the sector formula of HSV to RGB.
    """
    sector, fraction = np.divmod(np.arange(HUES) / 60.0, 1.0)
    rising, falling = 255.0 * fraction, 255.0 * (1.0 - fraction)
    full, none = np.full(HUES, 255.0), np.zeros(HUES)
    by_sector = np.stack(
        [
            np.stack([full, rising, none], axis=1),
            np.stack([falling, full, none], axis=1),
            np.stack([none, full, rising], axis=1),
            np.stack([none, falling, full], axis=1),
            np.stack([rising, none, full], axis=1),
            np.stack([full, none, falling], axis=1),
        ]
    )
    table: npt.NDArray[np.uint8] = by_sector[sector.astype(int), np.arange(HUES)].astype(np.uint8)
    table.flags.writeable = False
    return table


def hue_index(hue: float) -> int:
    """Return the table index of a hue in [0, 1); 1.0 is red again."""
    return int(hue * HUES) % HUES
