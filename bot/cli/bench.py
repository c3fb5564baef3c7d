"""`run_bot.py bench`: our way beside the sequential way of the published program, in one run."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib
import json
from collections.abc import Mapping
from typing import Any

import click

from bot.cli.progress import Bar
from bot.cli.starting import start, weights_folder
from bot.settings import Settings


class Counts(click.ParamType[tuple[int, ...]]):
    """Whole numbers above zero, separated by commas."""

    name = "numbers"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """Read the numbers; see `click.ParamType.convert`."""
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in str(value).split(",")]
        if not all(part.isdecimal() and 0 < int(part) <= 1000 for part in parts):
            self.fail(f"{value!r} is not a list such as 1,8,32 (each from 1 to 1000)", param, ctx)
        return tuple(dict.fromkeys(map(int, parts)))


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


@command.command("turn")
@click.option("--scale", type=click.Choice(["tiny", "full"]), default="tiny", show_default=True)
@click.option("--conversations", type=Counts(), default="1,8,32", show_default=True, help="How many at once.")
@click.option("--memories", type=Counts(), default="5,20,100", show_default=True, help="How many each person has.")
@click.option("--repeats", default=3, show_default=True, type=click.IntRange(1, 100), help="Pairs of runs a row.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def turn(scale: str, conversations: tuple[int, ...], memories: tuple[int, ...], repeats: int, as_json: bool) -> None:
    """Whole turns, ours beside one model call after the other with the same weights, texts and lengths.

    tiny: the embedded weights. full: random weights of the published sizes, for a GPU; nothing is fetched. Both ways
    must choose the same greedy tokens in float32, else the bench fails.
    """
    settings = start(quiet=True, profile="mini")
    result = asyncio.run(_turns(settings, scale, conversations, memories, repeats))
    if as_json:
        click.echo(json.dumps(result))
        return
    click.echo(f"{result['weights']} on {result['device']}, {result['threads']} thread(s), {repeats} pairs a row")
    for row in result["rows"]:
        click.echo(_row(row))


async def _turns(
    settings: Settings, scale: str, conversations: tuple[int, ...], memories: tuple[int, ...], repeats: int
) -> dict[str, Any]:
    load: dict[str, Any] = {"conversations": conversations, "memories": memories, "repeats": repeats}
    assembly = await asyncio.to_thread(importlib.import_module, "engine.assembly")
    device = assembly.choose_device(settings.device)
    threads = importlib.import_module("torch").get_num_threads()
    if scale == "full":
        from engine.bench_full_turn import bench_full_turn

        rows = await bench_full_turn(Bar().show, device=device, **load)
    else:
        from engine.bench_turn import bench_turn

        rows = await bench_turn(Bar().show, settings.profile, weights_folder(settings), device=device, **load)
    return {
        "scale": scale,
        "weights": "random weights of the published sizes" if scale == "full" else "the embedded weights",
        "device": str(device),
        "threads": threads,
        "repeats": repeats,
        "rows": [dataclasses.asdict(row) for row in rows],
    }


def _row(row: Mapping[str, Any]) -> str:
    ratio = row["ratio"]
    texts = row["batches"]["text"]
    return (
        f"{row['conversations']:>3} conversations, {row['memories']:>3} memories: {ratio['median']:.2f}x "
        f"({ratio['low']:.2f} to {ratio['high']:.2f}); "
        f"to answer {row['ours_to_answer_ms']:.0f} ms (sequential {row['sequential_to_answer_ms']:.0f}), "
        f"to image {row['ours_to_image_ms']:.0f} ms ({row['sequential_to_image_ms']:.0f}), "
        f"{row['ours_turns_per_s']:.2f} turns/s ({row['sequential_turns_per_s']:.2f}); "
        f"text batches of {texts['mean']:.1f}, at most {texts['largest']}; "
        f"{row['order_violations']} out of order; {row['peak_memory_mib']:.0f} MiB peak"
    )
