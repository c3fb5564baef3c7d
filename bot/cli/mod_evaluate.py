"""`run_bot.py mod evaluate`: the fairness report of a profile's judgement on labelled texts."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import Literal, cast

import click

from bot.cli.progress import Bar
from bot.cli.starting import start, weights_folder


@click.command("evaluate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--profile", help="mini, ohlora-v4 or ohlora-v1.")
@click.option("--strictness", type=click.Choice(["lenient", "normal", "strict"]), default="normal", show_default=True)
@click.option("--plain", is_flag=True, help="Leave the seventeen disguises out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(file: Path, profile: str | None, strictness: str, plain: bool, as_json: bool) -> None:
    """Judge the labelled texts of FILE (CSV: text,category) and report how fair the judgement is.

    Prints the confusion matrix, recall by category, false warnings with their 95 % upper bound, and the recall under
    seventeen disguises (spacing, split letters, emoji inside, zero-width signs, look-alikes, padding ...).
    """
    settings = start(quiet=True, profile=profile)
    from engine.evaluation.ethics_judge import load_judge
    from engine.evaluation.ethics_report import evaluate, read_labelled

    rows = read_labelled(file)
    judge, judged = load_judge(settings.profile, weights_folder(settings), settings.device)
    thresholds = judged.thresholds(cast(Literal["lenient", "normal", "strict"], strictness))
    report = dataclasses.asdict(asyncio.run(evaluate(judge, thresholds, rows, Bar().show, disguised=not plain)))
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else _text(report))


def _text(report: dict[str, object]) -> str:
    lines = [f"{name}: {value}" for name, value in report.items() if not isinstance(value, dict)]
    for name, table in report.items():
        if isinstance(table, dict):
            lines += ["", f"{name}:", *(f"  {key:20} {value}" for key, value in table.items())]
    return "\n".join(lines)
