"""`run_bot.py train`: make a set of weights again, step by step."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, cast

import click

from bot.cli.progress import Bar
from bot.cli.starting import start

ROOT = Path(__file__).resolve().parents[2]


@click.command("train")
@click.argument("step")
@click.argument("target", required=False)
@click.option("--profile", default="mini", show_default=True, help="mini or ohlora-v4.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where results and checkpoints go.")
@click.option("--budget", type=click.Choice(["tiny", "small", "full"]), default="small", show_default=True)
@click.option("--seed", default=2003, show_default=True)
@click.option("--corpora", type=click.Path(file_okay=False, path_type=Path), help="Folder of the licensed text.")
def command(
    step: str, target: str | None, profile: str, out: Path | None, budget: str, seed: int, corpora: Path | None
) -> None:
    """Run one training STEP (or `all`); TARGET narrows it: a role of lm-role, an encoder of sbert.

    Steps resume from their checkpoint under --out (default: out/train/PROFILE-BUDGET). `train list` names them. The
    licensed text is read from --corpora, else OHLORA_CORPORA_DIR, else ../shared/data.
    """
    from engine.training.context import StepContext, default_data_dir
    from engine.training.steps import STEPS

    if step == "list":
        click.echo("\n".join(STEPS))
        return
    if step != "all" and step not in STEPS:
        raise click.UsageError(f"there is no step {step!r}; choose one of all, {', '.join(STEPS)}")
    start(quiet=True)
    folder = out or ROOT / "out" / "train" / f"{profile}-{budget}"
    context = StepContext(
        out=folder,
        rows_dir=ROOT / "weights" / "mini" / "data",
        data_dir=corpora or default_data_dir(ROOT),
        budget=cast(Literal["tiny", "small", "full"], budget),
        seed=seed,
        profile=profile,
        target=target,
        progress=Bar().show,
    )
    for name in STEPS if step == "all" else (step,):
        click.echo(f"==> {name}")
        report = STEPS[name](context)
        path = report.write(folder)
        figures = ", ".join(f"{key} {value}" for key, value in report.figures.items())
        click.echo(f"    {report.seconds:.1f} s; {figures or 'no figures'}; {path}")
