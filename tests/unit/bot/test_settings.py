"""Settings and their example file say the same."""

from pathlib import Path

from bot.cli.weights import HubSettings
from bot.settings import Settings
from tests.conftest import ROOT


def test_the_example_file_names_every_setting_and_no_other(tmp_path: Path) -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = {line.split("=", 1)[0].lower() for line in lines if line and not line.startswith("#")}
    known = {f"ohlora_{name}" for name in Settings.model_fields} | set(HubSettings.model_fields)
    assert named == known


def test_the_example_file_can_be_used_as_it_is_and_shows_the_defaults() -> None:
    from_example = Settings(_env_file=ROOT / ".env.example")  # type: ignore[call-arg]
    assert from_example == Settings(_env_file=None)  # type: ignore[call-arg]


def test_operators_are_pairs_of_platform_and_account() -> None:
    settings = Settings(_env_file=None, operators="discord:1, telegram:22,nonsense")  # type: ignore[call-arg]
    assert settings.operator_ids() == {("discord", "1"), ("telegram", "22")}
