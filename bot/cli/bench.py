"""`run_bot.py bench`: our way beside the sequential way of the published program, in one run."""

from __future__ import annotations

import dataclasses
import json

import click

from bot.cli.progress import Bar
from bot.cli.starting import start


@click.group("bench")
def command() -> None:
    """Measure our way beside the sequential way."""


@command.command("face")
@click.option("--frames", default=32, show_default=True, type=click.IntRange(2, 1000))
@click.option("--repeats", default=3, show_default=True, type=click.IntRange(1, 100))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def face(frames: int, repeats: int, as_json: bool) -> None:
    """Frames per second of a clip at full size with fake weights, as a ratio over the sequential way.

    The two ways' pictures may differ by at most one level of 255, else the bench fails.
    """
    from engine.bench_face import bench_face

    start(quiet=True)
    result = bench_face(Bar().show, frames=frames, repeats=repeats)
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(result)))
        return
    ratio, different, ours, theirs = result.ratio, result.ratio_without_repeats, result.ours_fps, result.sequential_fps
    click.echo(f"{result.frames} frames on {result.device}, {result.threads} thread(s), {repeats} runs each")
    click.echo(f"ratio       {ratio.median:.2f}x ({ratio.low:.2f} to {ratio.high:.2f}), a clip there and back")
    click.echo(
        f"            {different.median:.2f}x ({different.low:.2f} to {different.high:.2f}), no two frames alike"
    )
    click.echo(f"ours        {ours.median:.2f} frames/s ({ours.low:.2f} to {ours.high:.2f})")
    click.echo(f"sequential  {theirs.median:.2f} frames/s ({theirs.low:.2f} to {theirs.high:.2f})")
    click.echo(f"whole clip  {result.long_clip_frames} frames drawn and encoded in {result.long_clip_s:.1f} s")
    click.echo(f"pictures differ by at most {result.most_levels_apart} level(s)")
    click.echo(f"memory      {result.peak_memory_mib:.0f} MiB peak; a clip adds {result.long_clip_memory_mib:.0f} MiB")
