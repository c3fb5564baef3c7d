"""Curves of the portrait renderer: smooth splines and tapered strokes as polygons."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]  # (N, 2), x to the right and y down, in pixels


def points(*pairs: tuple[float, float]) -> Points:
    """Build an (N, 2) array from coordinate pairs."""
    return np.asarray(pairs, dtype=np.float64)


def spline(controls: Points, *, closed: bool = False, steps: int = 10) -> Points:
    """Run a centripetal-like Catmull-Rom spline through the control points.

    Args:
        controls: (N, D) control points; the curve passes through each.
        closed: join the last point to the first.
        steps: samples per segment.

    Returns:
        (M, D) samples, the last control point included when open.
    """
    count = len(controls)
    if closed:
        padded = np.concatenate([controls[-1:], controls, controls[:2]])
        segments = count
    else:
        first = 2 * controls[0] - controls[1]
        last = 2 * controls[-1] - controls[-2]
        padded = np.concatenate([first[None], controls, last[None]])
        segments = count - 1
    t = (np.arange(steps) / steps)[:, None]
    pieces = []
    for index in range(segments):
        p0, p1, p2, p3 = padded[index : index + 4]
        pieces.append(
            0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
        )
    if not closed:
        pieces.append(controls[-1:])
    return np.concatenate(pieces)


def resample(curve: Points, count: int) -> Points:
    """Resample a polyline to `count` points evenly spaced along its length."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    at = np.linspace(0.0, lengths[-1], count)
    return np.stack([np.interp(at, lengths, curve[:, axis]) for axis in range(2)], axis=1)


def stroke(curve: Points, width: float, *, taper: tuple[float, float] = (0.0, 0.0), power: float = 0.7) -> Points:
    """Turn a centre line into a polygon that swells to `width` and thins towards its ends.

    Args:
        curve: (N, 2) centre line.
        width: full width in pixels at the thickest place.
        taper: share of `width` left at the start and at the end.
        power: below 1 keeps the stroke full for longer.
    """
    t = np.linspace(0.0, 1.0, len(curve))
    ends = taper[0] * (1 - t) + taper[1] * t
    profile = ends + (1 - ends) * np.sin(np.pi * t) ** power
    tangent = np.gradient(curve, axis=0)
    tangent /= np.maximum(np.hypot(tangent[:, 0], tangent[:, 1])[:, None], 1e-9)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    offset = normal * (0.5 * width * profile)[:, None]
    return np.concatenate([curve + offset, (curve - offset)[::-1]])


def moved(shape: Points, dx: float, dy: float) -> Points:
    """Shift points by whole or part pixels."""
    return shape + np.asarray([dx, dy])


def between(first: Points, second: Points, share: float) -> Points:
    """Blend two polylines of equal length point by point: 0 gives `first`, 1 gives `second`."""
    return first * (1 - share) + second * share
