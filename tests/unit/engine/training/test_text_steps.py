from __future__ import annotations

import json
import lzma
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.training.context import Report, StepContext
from engine.training.errors import TrainingError
from engine.training.text.adapters import ADAPTER_FILE
from engine.training.text.corpora import documents, read_columns
from engine.training.text.dialogues import ROLES
from engine.training.text.formats import MARKERS
from engine.training.text.leakage import HeldOut
from engine.training.text.loop import Checkpoint, LoopPlan, optimise, rate_at
from engine.training.text.rank_correlation import rank_correlation
from engine.training.text.steps import TEXT_STEPS
from engine.training.text.thresholds import ethics_thresholds, hits, memory_threshold
from engine.training.text.tokenizer import train_tokenizer
from tests.unit.engine.training.licensed_text import write_licensed_text

DATA = Path(__file__).resolve().parents[4] / "weights" / "mini" / "data"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[StepContext, dict[str, Report]]:
    root = tmp_path_factory.mktemp("training")
    shares: list[float] = []
    context = StepContext(
        out=root / "out",
        rows_dir=DATA,
        data_dir=write_licensed_text(root / "data"),
        budget="tiny",
        progress=lambda message, share, left: shares.append(share),
    )
    torch.set_num_threads(1)
    reports = {name: step(context) for name, step in TEXT_STEPS.items()}
    assert shares
    assert max(shares) <= 1
    return context, reports


def test_every_step_runs_at_the_tiny_budget_and_reports(trained: tuple[StepContext, dict[str, Report]]) -> None:
    context, reports = trained
    assert set(reports) == {"tokenizer", "lm-base", "lm-role", "sbert"}
    for name, report in reports.items():
        written = json.loads(report.write(context.out).read_text(encoding="utf-8"))
        assert written["step"] == name
        assert written["figures"]
        assert all(path.is_file() for path in report.files)


def test_the_weights_lie_as_the_profile_expects(trained: tuple[StepContext, dict[str, Report]]) -> None:
    weights = trained[0].out / "weights"
    for name in ("config.json", "generation_config.json", "model.safetensors", "tokenizer.json"):
        assert (weights / "llm" / "base" / name).is_file()
    for role in ROLES:
        assert (weights / "llm" / role / ADAPTER_FILE).is_file()
        assert (weights / "llm" / role / "adapter_config.json").is_file()
    profile = json.loads((weights / "profile.json").read_text(encoding="utf-8"))
    assert 0 < profile["memory_threshold"] < 1
    assert set(profile["ethics_thresholds"]) == {"love", "politics", "paedrip", "hate", "normal_veto"}


def test_a_finished_base_is_not_trained_again(trained: tuple[StepContext, dict[str, Report]]) -> None:
    context, reports = trained
    messages: list[str] = []
    again = StepContext(
        out=context.out,
        rows_dir=context.rows_dir,
        data_dir=context.data_dir,
        budget="tiny",
        progress=lambda message, share, left: messages.append(message),
    )
    assert TEXT_STEPS["lm-base"](again).figures == reports["lm-base"].figures
    assert not messages


@pytest.mark.parametrize(("step", "target"), [("lm-role", "poet"), ("sbert", "jokes")])
def test_an_unknown_target_is_refused(trained: tuple[StepContext, dict[str, Report]], step: str, target: str) -> None:
    context = trained[0]
    wrong = StepContext(context.out, context.rows_dir, context.data_dir, "tiny", target=target)
    with pytest.raises(TrainingError, match=target):
        TEXT_STEPS[step](wrong)


def test_steps_ask_for_what_is_missing(tmp_path: Path) -> None:
    context = StepContext(tmp_path / "out", DATA, tmp_path / "none", "tiny")
    with pytest.raises(TrainingError, match="OHLORA_CORPORA_DIR"):
        TEXT_STEPS["tokenizer"](context)
    with pytest.raises(TrainingError, match="run the step `tokenizer`"):
        TEXT_STEPS["lm-base"](context)


def test_a_short_row_of_licensed_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv.xz"
    with lzma.open(path, "wt", encoding="utf-8") as stream:
        stream.write("1\t2\n1\n")
    with pytest.raises(TrainingError, match=r"rows\.tsv\.xz:2: 1 columns, expected 2"):
        list(read_columns(path, 2))


def test_held_out_sentences_are_kept_out_of_the_licensed_text(tmp_path: Path) -> None:
    root = write_licensed_text(tmp_path)
    texts = documents(root, HeldOut(()), seed=1)
    left = documents(root, HeldOut([texts[0]]), seed=1)
    assert texts[0] in texts
    assert texts[0] not in left


def test_the_tokenizer_gives_every_text_back() -> None:
    tokenizer = train_tokenizer(["오늘 날씨가 좋아 산책 갈까"] * 5, vocabulary=500, syllables=150)
    for text in ("오늘 뷁 abc 12! 👱‍♀️", "  두 칸  ", f"질문 {MARKERS[0]} 답 "):
        encoded = tokenizer.encode(text)
        assert tokenizer.decode(encoded.ids) == text
    for marker in MARKERS:
        assert len(tokenizer.encode(marker, add_special_tokens=False).ids) == 1


def test_training_resumes_where_it_was_broken_off(tmp_path: Path) -> None:
    def train(steps: int, checkpoint: Checkpoint | None) -> torch.Tensor:
        torch.manual_seed(0)
        model = torch.nn.Linear(3, 1, bias=False)
        inputs = [torch.randn(4, 3, generator=torch.Generator().manual_seed(index)) for index in range(8)]
        plan = LoopPlan(steps=8, rate=0.1, autocast=False, checkpoint_every_s=0.0)

        def loss_of(batch: torch.Tensor) -> torch.Tensor:
            nonlocal steps
            if steps == 0:
                raise KeyboardInterrupt
            steps -= 1
            return (model(batch) - 1).square().mean()

        optimise(model, inputs, loss_of, plan, label="toy", progress=lambda *_: None, checkpoint=checkpoint)
        return model.weight.detach().clone()

    whole = train(8, None)
    with pytest.raises(KeyboardInterrupt):
        train(5, Checkpoint(tmp_path))
    assert torch.allclose(train(3, Checkpoint(tmp_path)), whole)


def test_the_rate_rises_and_falls() -> None:
    plan = LoopPlan(steps=100, rate=1.0, warm_up=0.1)
    rates = [rate_at(plan, step) for step in range(100)]
    assert max(rates) == pytest.approx(1.0)
    assert rates.index(max(rates)) in (9, 10)
    assert rates[-1] == pytest.approx(0.1, abs=0.01)


def test_thresholds_keep_harmless_text_free() -> None:
    generator = torch.Generator().manual_seed(1)
    harmless = torch.rand(4000, 5, generator=generator) * 0.9
    thresholds = ethics_thresholds(harmless)
    assert hits(harmless, thresholds).any(1).float().mean() < 0.03
    assert all(0.5 <= value <= 0.9 for value in thresholds.values())


def test_a_normal_prompt_vetoes_every_hit() -> None:
    thresholds = {"love": 0.5, "politics": 0.5, "paedrip": 0.5, "hate": 0.5, "normal_veto": 0.5}
    scores = torch.tensor([[0.0, 0.6, 0.0, 0.9, 0.0], [0.0, 0.1, 0.0, 0.9, 0.0]])
    assert hits(scores, thresholds).any(1).tolist() == [False, True]


def test_the_memory_threshold_lies_between_right_and_unrelated() -> None:
    threshold = memory_threshold(torch.linspace(0.8, 0.95, 50), torch.linspace(-0.1, 0.3, 50))
    assert 0.55 <= threshold <= 0.8
    assert memory_threshold(torch.tensor([0.3]), torch.tensor([0.1])) == 0.55


def test_rank_correlation_shares_the_ranks_of_ties() -> None:
    assert rank_correlation(np.array([1, 2, 3, 4]), np.array([10, 20, 30, 40])) == pytest.approx(1)
    assert rank_correlation(np.array([1, 2, 3, 4]), np.array([4, 3, 2, 1])) == pytest.approx(-1)
    assert rank_correlation(np.array([1, 1, 2]), np.array([1, 2, 3])) == pytest.approx(0.8660, abs=1e-3)
