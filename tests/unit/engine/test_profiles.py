"""The profiles and the measured values beside the weights."""

import json
from pathlib import Path

import pytest

from engine.errors import EngineError
from engine.profiles import MINI, OHLORA_V1, OHLORA_V4, PROFILES, find_profile, load_profile


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
def test_every_role_has_an_adapter_on_a_known_base(profile) -> None:  # type: ignore[no-untyped-def]
    assert profile.roles.keys() == profile.adapters.keys()
    assert {adapter.base for adapter in profile.adapters.values()} == profile.bases.keys()


def test_published_limits() -> None:
    answer = OHLORA_V4.roles["output_message"]
    assert OHLORA_V4.gate_tokens == 40
    assert answer.room(prompt_tokens=30) == 98
    assert answer.room(prompt_tokens=120) == 48  # a long composed input still leaves room
    assert OHLORA_V4.roles["memory"].room(100) == 24
    assert OHLORA_V1.roles["output_message"].attempts == 30


def test_strictness_moves_the_thresholds_but_not_the_veto() -> None:
    lenient, strict = OHLORA_V4.thresholds("lenient"), OHLORA_V4.thresholds("strict")
    assert lenient.love > OHLORA_V4.ethics.love > strict.love
    assert lenient.normal_veto == strict.normal_veto == 0.5
    assert OHLORA_V4.thresholds("normal") == OHLORA_V4.ethics
    assert lenient.of("love") <= 1.0


def test_measured_values_replace_the_built_in_ones(tmp_path: Path) -> None:
    (tmp_path / "profile.json").write_text(
        json.dumps({"memory_threshold": 0.71, "ethics_thresholds": {"paedrip": 0.66, "normal_veto": 0.4}})
    )
    profile = load_profile("mini", tmp_path)
    assert profile.memory_threshold == 0.71
    assert (profile.ethics.paedrip, profile.ethics.normal_veto) == (0.66, 0.4)
    assert profile.ethics.love == MINI.ethics.love
    assert load_profile("mini", tmp_path / "elsewhere") == MINI


@pytest.mark.parametrize("text", ["{", "[]", '{"memory_threshold": "high"}', '{"ethics_thresholds": {"rude": 1}}'])
def test_a_broken_profile_file_is_one_clear_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "profile.json").write_text(text)
    with pytest.raises(EngineError, match=r"profile\.json"):
        load_profile("mini", tmp_path)


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(EngineError, match="ohlora-v4"):
        find_profile("v9")
