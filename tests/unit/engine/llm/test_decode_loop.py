"""Rows that join and leave a running batch, and come out as if they were alone."""

from __future__ import annotations

import torch

from engine.llm.causal_model import CausalModel
from engine.llm.decode_loop import DecodeLoop, Row
from engine.llm.gpt_neox import GptNeox
from engine.llm.llama import Llama
from engine.llm.sampling import Sampling
from tests.unit.engine.llm.tiny import tiny_llama, tiny_neox


def never(row: Row) -> bool:
    return False


def row(seed: int, *, length: int | None = None, room: int | None = None, temperature: float = 1.0) -> Row:
    generator = torch.Generator().manual_seed(seed)
    prompt = torch.randint(1, 300, (length or 3 + seed % 17,), generator=generator).tolist()
    return Row(prompt, "", room or 4 + seed % 23, temperature, seed, stops=never, cancelled=lambda: False)


def finish(loop: DecodeLoop) -> list[Row]:
    done: list[Row] = []
    while loop.has_work():
        done += loop.step()
    return done


def alone(model: CausalModel, one: Row, sampling: Sampling) -> list[int]:
    loop = DecodeLoop(model, sampling)
    loop.admit(one)
    return finish(loop)[0].new


def test_greedy_rows_equal_generate_of_transformers() -> None:
    for make, ours in ((tiny_llama, Llama), (tiny_neox, GptNeox)):
        theirs = make()
        rows = [row(seed, temperature=0.0, room=12) for seed in range(5)]
        expected = [
            theirs.generate(
                torch.tensor([one.prompt]), attention_mask=torch.ones(1, len(one.prompt)), max_new_tokens=12,
                do_sample=False, eos_token_id=None, pad_token_id=0,
            )[0, len(one.prompt) :].tolist()
            for one in rows
        ]  # fmt: skip
        loop = DecodeLoop(ours(make()), Sampling())
        for one in rows:
            loop.admit(one)
        finish(loop)
        assert [one.new for one in rows] == expected


def test_rows_that_join_and_leave_at_any_time_come_out_as_alone() -> None:
    sampling = Sampling(top_k=20, top_p=0.95, repetition_penalty=1.1, end_tokens=frozenset({3, 4, 5}))
    model = Llama(tiny_llama())
    loop = DecodeLoop(model, sampling, max_rows=6, max_prefill_tokens=60)
    rows = [row(seed) for seed in range(16)]
    done: list[Row] = []
    for index, one in enumerate(rows):
        loop.admit(one)
        if index % 3 == 2:
            done += loop.step()
    done += finish(loop)
    assert len(done) == len(rows)
    assert len({len(one.new) for one in rows}) > 3, "rows of one length prove little"
    for seed, one in enumerate(rows):
        assert one.new == alone(model, row(seed), sampling), seed


def test_a_row_leaves_at_its_limit_its_end_token_or_its_stop() -> None:
    model = Llama(tiny_llama())
    free = alone(model, row(1, room=20), Sampling())
    assert len(free) == 20
    ended = alone(model, row(1, room=20), Sampling(end_tokens=frozenset({free[6]})))
    assert ended == free[: free.index(free[6]) + 1]
    stopped = row(1, room=20)
    stopped.stops = lambda one: len(one.new) == 4
    assert alone(model, stopped, Sampling()) == free[:4]


def test_a_cancelled_row_leaves_and_its_neighbours_stay_right() -> None:
    model = Llama(tiny_llama())
    rows = [row(seed, room=15) for seed in range(4)]
    gone = False
    rows[1].cancelled = lambda: gone
    loop = DecodeLoop(model, Sampling())
    for one in rows:
        loop.admit(one)
    for _ in range(5):
        assert loop.step() == []
    gone = True
    assert loop.step() == [rows[1]]
    assert len(rows[1].new) == 5
    finish(loop)
    for seed in (0, 2, 3):
        assert rows[seed].new == alone(model, row(seed, room=15), Sampling())


def test_a_row_that_must_be_alone_is_alone() -> None:
    model = Llama(tiny_llama())
    loop = DecodeLoop(model, Sampling())
    rows = [row(seed, room=5) for seed in range(3)]
    rows[1].alone = True
    for one in rows:
        loop.admit(one)
    order: list[Row] = []
    while loop.has_work():
        loop.step()
        order += [one for one in rows if one.new and one not in order]
        if rows[1].new and len(rows[1].new) < 5:
            assert len(rows[0].new) == 5
            assert not rows[2].new
    assert order == rows


def test_joining_rows_are_bounded_by_rows_and_tokens() -> None:
    loop = DecodeLoop(Llama(tiny_llama()), Sampling(), max_rows=4, max_prefill_tokens=20)
    rows = [row(seed, length=8, room=6) for seed in range(6)]
    for one in rows:
        loop.admit(one)
    loop.step()
    assert [bool(one.new) for one in rows] == [True, True, False, False, False, False]
    loop.step()
    loop.step()
    assert [bool(one.new) for one in rows] == [True, True, True, True, False, False]
    assert len(finish(loop)) == 6
