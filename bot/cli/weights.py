"""`run_bot.py weights`: what is published, what of it is here, fetching and checking it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.cli.starting import start, weights_folder
from weights.checked import Checked
from weights.embedded import EMBEDDED_FOLDER, has_embedded_face, record_embedded, verify_embedded
from weights.errors import WeightsError
from weights.layout import EMBEDDED_PROFILE, PublishedModel, Selection, profile_selection, published_layout, select
from weights.presence import face_engines_here, model_presence, vectors_presence
from weights.published_tree import take_over
from weights.verify import verify_folder

HUB = "https://huggingface.co"
profile_option = click.option("--profile", help="mini, ohlora-v4 or ohlora-v1; default: OHLORA_PROFILE.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
# Whose weights folder the models of a version belong in when no profile is named.
_HOST_PROFILE = {"v1": "ohlora-v1"}


class HubSettings(BaseSettings):
    """Where and how to fetch, under the names that the hub's own tools use; from the environment and `.env`."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    hf_endpoint: str = HUB
    hf_token: SecretStr | None = None
    ohlora_vectors_url: str | None = None


@click.group("weights")
def command() -> None:
    """List, fetch and check the models' weights."""


def folder_of(profile: str) -> Path:
    """Return the weights folder of a profile.

    Raises:
        WeightsError: there is no such profile.
        bot.errors.BotError: a setting is unusable.
    """
    profile_selection(profile)
    return weights_folder(start(quiet=True, profile=profile))


def _profile(name: str | None) -> str:
    return name or start(quiet=True).profile


@command.command("list")
@profile_option
@json_option
def list_weights(profile: str | None, as_json: bool) -> None:
    """List every published model, what each is for, and whether it is here."""
    layout = published_layout()
    rows = [_model_row(model, profile) for model in _listed(profile)]
    vectors = []
    for table in layout.vectors.values() if profile is None else profile_selection(profile).vectors:
        folder = folder_of(profile or _HOST_PROFILE.get(table.version, "ohlora-v4"))
        vectors.append({"id": f"vectors/{table.engine}", "folder": str(folder / table.local_folder)})
        vectors[-1] |= {"files": str(len(table.files)), "state": vectors_presence(table, folder)}
    names = (EMBEDDED_PROFILE, *layout.profiles) if profile is None else (profile,)
    profiles = [_profile_row(name) for name in names]
    data_sets = [
        {"version": row.version, "role": row.role, "repo": row.repo, "count": row.count, "folder": row.local_folder}
        for row in layout.data_sets
    ]
    if as_json:
        table_of_all = {"profiles": profiles, "models": rows, "vectors": vectors, "data_sets": data_sets}
        click.echo(json.dumps(table_of_all, ensure_ascii=False, indent=2))
        return
    _show("Profiles", profiles, ("profile", "state", "folder"))
    _show("Published models", rows, ("id", "state", "needed", "role", "home"))
    _show("Vectors of the faces", vectors, ("id", "state", "files"))
    if profile is None:
        _show("Data sets (not needed to run)", data_sets, ("version", "count", "role", "repo"))
    click.echo("`weights pull --profile NAME` fetches what a profile needs; --with v3.1 adds the v3.1 faces.")


def _listed(profile: str | None) -> tuple[PublishedModel, ...]:
    return tuple(published_layout().models.values()) if profile is None else profile_selection(profile).models


def _model_row(model: PublishedModel, profile: str | None) -> dict[str, Any]:
    folder = folder_of(profile or _HOST_PROFILE.get(model.version, "ohlora-v4"))
    homes = [f"{home.repo}/{home.folder}".rstrip("/") for home in model.homes]
    return {
        "id": model.model_id,
        "version": model.version,
        "kind": model.kind,
        "role": model.role,
        "needed": model.needed,
        "state": model_presence(model, folder),
        "home": homes[0] if homes else "(not published by itself)",
        "homes": homes,
        "files": list(model.needed_files),
        "base": model.base,
        "folder": str(folder / model.local_folder),
    }


def _profile_row(name: str) -> dict[str, Any]:
    folder, selection = folder_of(name), profile_selection(name)
    if name == EMBEDDED_PROFILE:
        engines = [EMBEDDED_PROFILE] if has_embedded_face(folder) else []
        return {"profile": name, "state": "here" if engines else "partly", "folder": str(folder), "faces": engines}
    states = [model_presence(model, folder) for model in selection.models]
    states += [vectors_presence(table, folder) for table in selection.vectors]
    state = "here" if set(states) == {"here"} else "absent" if set(states) == {"absent"} else "partly"
    engines = [engine for engine, here in face_engines_here(folder).items() if here and engine != EMBEDDED_PROFILE]
    return {"profile": name, "state": state, "folder": str(folder), "faces": engines}


def _show(title: str, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    if not rows:
        return
    words = {True: "yes", False: "no"}
    cells = [[words.get(row[name], str(row[name])) for name in columns] for row in rows]
    widths = [max(len(name), *(len(line[at]) for line in cells)) for at, name in enumerate(columns)]
    click.secho(title, bold=True)
    for line in (list(columns), *cells):
        click.echo("  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


@command.command("pull")
@profile_option
@click.option("--from", "tree", type=click.Path(path_type=Path), help="Take files placed as the documents say.")
@click.option("--with", "beside", multiple=True, metavar="NAME", help="Also this model, version (v3.1) or vectors/v9.")
@click.option("--only", multiple=True, metavar="NAME", help="This alone, instead of what the profile needs.")
@click.option("--hub", metavar="URL", help="The model hub or a mirror of it; default: HF_ENDPOINT.")
@click.option("--vectors-url", metavar="URL", help="A mirror of the public repository; default: OHLORA_VECTORS_URL.")
@click.option("--timeout", "timeout_s", default=30.0, show_default=True, help="Longest silence of a link, seconds.")
def pull(
    profile: str | None,
    tree: Path | None,
    beside: tuple[str, ...],
    only: tuple[str, ...],
    hub: str | None,
    vectors_url: str | None,
    timeout_s: float,
) -> None:
    """Fetch what a profile needs, check it and convert it once; what is here already stays.

    A download that was cut goes on where it stopped. HF_TOKEN holds the hub's token where a model asks for one.
    """
    name = _profile(profile)
    selection = select(name, beside, only)
    if not selection.models and not selection.vectors:
        click.echo(
            f"{name} is embedded in {EMBEDDED_FOLDER}; nothing to pull. Others: --profile ohlora-v4 or ohlora-v1"
        )
        return
    folder = folder_of(name)
    if folder.resolve() == EMBEDDED_FOLDER:
        raise WeightsError("published models do not go into the embedded weights; add --profile ohlora-v4 or ohlora-v1")
    if tree is not None:
        _take(selection, tree, folder)
    else:
        given = {"hf_endpoint": hub, "ohlora_vectors_url": vectors_url}
        settings = HubSettings(**{key: value for key, value in given.items() if value is not None})  # type: ignore[arg-type]
        _fetch(selection, folder, settings, timeout_s)
    click.echo(f"the weights of {name} are in {folder}")


def _take(selection: Selection, tree: Path, folder: Path) -> None:
    from weights.progress import Bars
    from weights.pull import one_pull

    with Bars() as bars, one_pull(folder) as lock:
        taken = take_over(selection, tree, lock, bars)
    if taken.absent:
        click.echo(f"not in {tree}: {', '.join(taken.absent)}; `weights pull` without --from fetches them", err=True)


def _fetch(selection: Selection, folder: Path, settings: HubSettings, timeout_s: float) -> None:
    from weights.file_host import FileHost
    from weights.progress import Bars
    from weights.pull import Hosts, Puller, one_pull

    bases = (settings.ohlora_vectors_url,) if settings.ohlora_vectors_url else published_layout().vector_bases
    token = settings.hf_token.get_secret_value() if settings.hf_token is not None else None
    with (
        Bars() as bars,
        one_pull(folder) as lock,
        FileHost(token=token, timeout_s=timeout_s) as models,
        FileHost(timeout_s=timeout_s) as plain,
    ):
        Puller(lock, Hosts(models, settings.hf_endpoint, plain, bases), bars).pull(selection)


@command.command("verify")
@profile_option
@json_option
@click.option("--record", is_flag=True, help="Write the sums of the embedded weights anew (after training them).")
def verify(profile: str | None, as_json: bool, record: bool) -> None:
    """Check the hash of every file; exit status 1 when one is wrong or missing."""
    name = _profile(profile)
    folder = folder_of(name)
    if record:
        if name != EMBEDDED_PROFILE:
            raise click.UsageError("--record is for --profile mini; a pull pins the others")
        click.echo(f"recorded the sums of {record_embedded(folder)} files")
        return
    rows = verify_embedded(folder) if name == EMBEDDED_PROFILE else verify_folder(profile_selection(name), folder)
    wrong = [row for row in rows if not row.ok]
    if as_json:
        click.echo(json.dumps([{"ok": row.ok, "name": row.name, "text": row.text} for row in rows], indent=2))
    else:
        _show_checks(rows, wrong, folder)
    if wrong:
        sys.exit(1)


def _show_checks(rows: list[Checked], wrong: list[Checked], folder: Path) -> None:
    for row in wrong:
        click.echo(f"WRONG {row.name}: {row.text}", err=True)
    click.echo(f"{len(rows) - len(wrong)} file(s) as they should be, {len(wrong)} wrong or missing, in {folder}")


@command.command("path")
@profile_option
def path(profile: str | None) -> None:
    """Print the weights folder of a profile."""
    click.echo(folder_of(_profile(profile)))
