"""Reading everything dialogues are made of from the profile's data folder."""

from __future__ import annotations

from engine.training.context import StepContext
from engine.training.errors import TrainingError
from engine.training.text.corpora import documents
from engine.training.text.expand import World
from engine.training.text.frames import read_fillers, read_frames
from engine.training.text.leakage import HeldOut
from engine.training.text.nouns import nouns_from, recombined
from engine.training.text.plans import read_plan_words

_NOUN_SHARE = 0.6  # of the licensed text: enough for the frequent nouns


def read_held_out(context: StepContext) -> HeldOut:
    """Read the sentences that no training row may resemble.

    Raises:
        TrainingError: the list is missing.
    """
    path = context.rows_dir.parent / "held_out.txt"  # beside the rows: it is none of them
    if not path.is_file():
        raise TrainingError(f"{path} is missing; restore it from the repository before training.")
    return HeldOut.read(path)


def read_world(context: StepContext, *, corpus_share: float) -> World:
    """Read frames, fillers and plans, and collect nouns from the licensed text.

    Raises:
        TrainingError: a file is missing or has a bad row (file and line are named).
    """
    fillers = read_fillers(context.rows_dir / "fillers.json")
    texts = documents(context.data_dir, read_held_out(context), seed=context.seed, share=corpus_share * _NOUN_SHARE)
    nouns = nouns_from(texts)
    return World(
        frames=tuple(read_frames(context.rows_dir / "frames", fillers)),
        fillers=fillers,
        plans=read_plan_words(context.rows_dir / "plans.json", fillers["place"]),
        nouns=(*nouns, *recombined(nouns, len(nouns), seed=context.seed)),
    )
