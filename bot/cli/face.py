"""`run_bot.py face`: render a face, list the catalogue, and run the published image test."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from bot.cli.progress import Bar
from bot.cli.starting import start, weights_folder
from bot.errors import BotError

if TYPE_CHECKING:
    from engine.face.catalogue import FaceEntry
    from engine.face.encode import ClipFormat
    from engine.face.image_test import ImageTestResult

profile_option = click.option("--profile", help="mini, ohlora-v4 or ohlora-v1.")


@click.group("face")
def command() -> None:
    """Render, list and test faces."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_faces(as_json: bool) -> None:
    """Show every face with engine, number, group, published correlations, and whether its weights are here."""
    from engine.face.catalogue import mini_faces, published_faces
    from weights.presence import face_weights_here

    settings = start(quiet=True)
    named = (settings.weights_dir,) if settings.weights_dir else ()
    roots = (settings.data_dir / "weights", *named)
    rows: list[dict[str, object]] = []
    mini = Path(__file__).resolve().parents[2] / "weights" / "mini" / "face"
    engines: list[tuple[str, Sequence[FaceEntry]]] = [("mini", mini_faces(mini)), *published_faces().items()]
    for engine, faces in engines:
        here = any(face_weights_here(engine, root) for root in roots)
        rows += [
            {
                "face": face.face_id,
                "group": face.group,
                "correlations": face.selection,
                "retest": face.retest,
                "passed_retest": face.passed_retest,
                "here": here,
            }
            for face in faces
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    click.echo(f"{'face':10} {'group':6} {'eyes':>7} {'mouth':>7} {'pose':>7}  weights")
    for row in rows:
        figures = row["correlations"]
        numbers = [f"{value:7.4f}" for value in figures] if isinstance(figures, tuple) else ["      -"] * 3
        click.echo(f"{row['face']:10} {row['group']:6} {' '.join(numbers)}  {'here' if row['here'] else 'missing'}")


@command.command("render")
@click.argument("face_id", metavar="ID")
@click.option("--eyes", default=0.3, show_default=True, help="Score: 0 narrow to 1.2 very wide.")
@click.option("--mouth", default=0.6, show_default=True, help="Score: 0.4 closed to 1.6 very open.")
@click.option("--pose", default=0.0, show_default=True, help="Score: -0.6 to 1.8 turned far.")
@click.option("--hue", type=click.FloatRange(0, 1, max_open=True), help="Dye: 0 to 1 round the colour circle.")
@click.option("--height", type=click.FloatRange(0, 1), default=0.6, show_default=True)
@click.option("--gradient", type=click.FloatRange(0, 1), default=0.5, show_default=True)
@click.option("--animate", is_flag=True, help="The whole transition, as animated WebP (the smallest of the formats).")
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE")
@profile_option
def render(
    face_id: str,
    eyes: float,
    mouth: float,
    pose: float,
    hue: float | None,
    height: float,
    gradient: float,
    animate: bool,
    out: Path,
    profile: str | None,
) -> None:
    """Render catalogue face ID (such as mini:1 or v8:83) into FILE."""
    from engine.face_workshop import open_faces
    from engine.turn_types import Ombre

    settings = start(quiet=True, profile=profile)

    suffix = _suffix(out, animate)
    with open_faces(settings.profile, weights_folder(settings), settings.device, face_id) as faces:
        scores, ombre = (eyes, mouth, pose), Ombre(hue, height, gradient)
        if suffix == "png":
            data = faces.still(face_id, scores, ombre)
        else:
            data = faces.clip(face_id, scores, ombre, cast("ClipFormat", suffix))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(data)
    except OSError as error:
        raise BotError(f"cannot write {out} ({error.strerror}); choose another file") from error
    click.echo(f"{out} ({len(data) / 1024:.0f} KiB)")


def _suffix(out: Path, animate: bool) -> str:
    suffix = out.suffix.lower().removeprefix(".")
    allowed = ("webp", "gif", "mp4") if animate else ("png",)
    if suffix not in allowed:
        raise click.BadParameter(f"end it in .{', .'.join(allowed)}", param_hint="-o")
    return suffix


@command.command("test")
@click.argument("face_id", metavar="ID", required=False)
@click.option("--random", "count", type=click.IntRange(1, 100_000), help="Test so many random z instead.")
@click.option("--seed", default=2025, show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out/face-test"))
@profile_option
def test(face_id: str | None, count: int | None, seed: int, out: Path, profile: str | None) -> None:
    """Run the published image test on a face: 50 pictures, their scores, correlations, pass or fail.

    Writes a CSV of weights and scores and a contact sheet for each face under --out.
    """
    if (face_id is None) == (count is None):
        raise click.UsageError("give either ID or --random N")
    from engine.face_workshop import open_faces

    settings = start(quiet=True, profile=profile)
    passed = tested = 0
    show = Bar().show
    with open_faces(settings.profile, weights_folder(settings), settings.device, face_id) as faces:
        single = face_id is not None
        results = [faces.test(face_id, show)] if face_id is not None else faces.test_random(count or 0, seed, show)
        for result in results:
            tested += 1
            passed += result.passed
            _write(result, out)
            eyes, mouth, pose = result.correlations
            verdict = "pass" if result.passed else "fail"
            name = result.face_id if single else f"random z {tested}"
            click.echo(f"{name}: eyes {eyes:.4f} mouth {mouth:.4f} pose {pose:.4f} -> {verdict}")
    click.echo(f"{passed} of {tested} passed (cutoffs 0.92 / 0.88 / 0.88); see {out}")


def _write(result: ImageTestResult, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    name = result.face_id.replace(":", "-")
    with (out / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["eyes", "mouth", "pose", "eyes_score", "mouth_score", "pose_score"])
        writer.writerows([*row.weights, *row.scores] for row in result.rows)
    result.sheet.save(out / f"{name}.png")
