"""The face steps of the training toolkit, in the order in which they follow one another.

Each step reads what the steps before it left under `<out>/face`, goes on from its own checkpoint after a break, and
writes `report-<step>.json` there. The finished weights appear under `<out>/weights`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from engine.face.mini_property_cnn import MiniPropertyCNN
from engine.face.stylegan import MINI, Generator
from engine.training.context import Report, Step, StepContext, Stopwatch
from engine.training.errors import TrainingError
from engine.training.face.budgets import FACE_BUDGETS, FaceBudget
from engine.training.face.change_vectors import (
    GROUP_SCORES,
    ChangeVectors,
    find_change_vectors,
    measured_units,
    score_points,
)
from engine.training.face.drawer import Drawer, Images, Rows
from engine.training.face.face_choice import (
    Candidate,
    calm_candidates,
    choose_faces,
    contact_sheet,
    draw_edits,
    image_test,
    judged_by_eye,
    mean_distance,
)
from engine.training.face.generator_training import (
    PortraitTrainer,
    load_state,
    new_state,
    prepare_mapping,
    run_stages,
    save_state,
)
from engine.training.face.hair_training import generated_pairs, mask_iou, split_indices, train_hair_net
from engine.training.face.latents import PROPERTIES, LatentPlan, latent_plan
from engine.training.face.portrait_set import PortraitSet, draw_set
from engine.training.face.property_cnn import (
    kept_back_correlations,
    load_property_cnn,
    medians,
    train_property_cnn,
)
from engine.training.face.weight_files import write_faces, write_generator, write_hair_net, write_property_cnn

SAMPLE_EXPRESSIONS = np.asarray([(0.2, 1.0, 0.0), (-0.45, -0.6, -0.9), (-1.15, -1.5, 0.3), (1.2, 0.9, -1.6)])


@dataclasses.dataclass(frozen=True, slots=True)
class _Workplace:
    """What every face step needs."""

    context: StepContext
    folder: Path
    budget: FaceBudget
    plan: LatentPlan
    watch: Stopwatch

    def tell(self, message: str) -> Callable[[float], None]:
        """Give a function that passes a share done on to the progress display."""
        return lambda share: self.context.progress(message, share, self.watch.seconds_left(share))

    def portraits(self) -> PortraitSet:
        """Open the portraits."""
        return PortraitSet(self.folder / "portraits", self.plan, self.context.seed)

    def drawer(self) -> Drawer:
        """Load the trained generator, rounded as it is stored."""
        path = self.weights("face") / "generator.safetensors"
        if not path.exists():
            raise TrainingError(f"{path} is missing; run the step `stylegan` first.")
        generator = Generator(MINI)
        generator.load_state_dict({name: tensor.float() for name, tensor in load_file(path).items()})
        return Drawer(generator.eval())

    def property_cnn(self, name: str) -> MiniPropertyCNN:
        """Load a property network: `finder` finds the vectors, `judge` tests them."""
        path = self.folder / f"property-{name}.pt"
        if not path.exists():
            raise TrainingError(f"{path} is missing; run the step `property-cnn` first.")
        return load_property_cnn(path)

    def weights(self, room: str) -> Path:
        """Name the folder of finished weights."""
        return self.context.out / "weights" / room

    def report(self, step: str, figures: Mapping[str, float | int | str], files: list[Path]) -> Report:
        """Write the step's report."""
        report = Report(step, self.watch.seconds(), figures, tuple(files))
        report.write(self.folder)
        return report


def _workplace(context: StepContext) -> _Workplace:
    if context.profile != "mini":
        raise TrainingError(f"The face steps make the profile mini, not {context.profile}; choose --profile mini.")
    folder = context.out / "face"
    folder.mkdir(parents=True, exist_ok=True)
    plan = latent_plan(context.seed, MINI.z_dim, MINI.w_dim)
    return _Workplace(context, folder, FACE_BUDGETS[context.budget], plan, Stopwatch())


def draw_portraits(context: StepContext) -> Report:
    """Draw the portraits with their exact masks."""
    place = _workplace(context)
    budget, folder = place.budget, place.folder / "portraits"
    draw_set(folder, place.plan, context.seed, range(budget.chunks), budget.chunk_size, place.tell("portraits"))
    portraits = place.portraits()
    sheet = place.folder / "portraits.png"
    contact_sheet(list(portraits.images(np.arange(min(24, len(portraits))))), 6).save(sheet)
    return place.report("portraits", {"portraits": len(portraits)}, [sheet])


def train_stylegan(context: StepContext) -> Report:
    """Train the generator, from the last checkpoint on."""
    place = _workplace(context)
    state = new_state(MINI, context.seed)
    checkpoint = place.folder / "generator.ckpt"
    if checkpoint.exists():
        load_state(state, checkpoint)
    else:
        prepare_mapping(state.generator, place.plan, context.seed, place.budget.mapping_steps)
        state.average.load_state_dict(state.generator.state_dict())
        save_state(state, checkpoint)
    portraits = place.portraits()
    trainer = PortraitTrainer(state, portraits, place.plan, place.budget.stages)
    resumed = state.shown / trainer.total

    def told(share: float, average: float) -> None:
        left = place.watch.seconds_left((share - resumed) / max(1 - resumed, 1e-9))
        context.progress(f"stylegan, loss {average:.3f}", share, left)

    loss = run_stages(trainer, checkpoint, context.seed, told)
    files = write_generator(place.weights("face"), state.average)
    pairs = generated_pairs(Drawer(state.average), portraits, place.plan, np.arange(len(portraits))[-12:])
    drawn = portraits.images(np.arange(len(portraits))[-12:])
    sheet = place.folder / "generated-and-drawn.png"
    contact_sheet([*pairs.images, *drawn], 12 if len(drawn) == 12 else len(drawn)).save(sheet)
    difference = float(np.abs(pairs.images.astype(np.float64) - drawn).mean())
    figures = {"images_shown": state.shown, "loss": loss, "mean_difference_levels": difference}
    return place.report("stylegan", figures, [*files, sheet])


def train_property_cnns(context: StepContext) -> Report:
    """Train two property networks from different seeds: one finds the change vectors, the other judges them."""
    place = _workplace(context)
    portraits = place.portraits()
    figures: dict[str, float] = {}
    files = []
    for offset, name in enumerate(("finder", "judge")):
        path = place.folder / f"property-{name}.pt"
        if not path.exists():
            network = train_property_cnn(
                portraits, place.plan, seed=context.seed + offset, steps=place.budget.cnn_steps,
                told=place.tell(f"property-cnn {name}"),
            )  # fmt: skip
            torch.save(network.state_dict(), path)
        correlations = kept_back_correlations(place.property_cnn(name), portraits, place.plan)
        figures |= {f"{name}_{score}": value for score, value in correlations.items()}
        files.append(path)
    return place.report("property-cnn", figures, files)


def find_vectors(context: StepContext) -> Report:
    """Find the change vectors of every group."""
    place = _workplace(context)
    drawer, finder = place.drawer(), place.property_cnn("finder")
    z = np.random.default_rng([context.seed, 8]).standard_normal((place.budget.points, MINI.z_dim))
    points = score_points(drawer, finder, z, place.tell("change-vectors"))
    changes = find_change_vectors(points, medians(points.scores, GROUP_SCORES), context.seed)
    changes = measured_units(changes, drawer, finder, points, context.seed, min(8, len(z) // 8))
    path = place.folder / "change-vectors.safetensors"
    middle = torch.tensor([changes.medians[name] for name in GROUP_SCORES], dtype=torch.float64)
    tensors = {"vectors": changes.vectors, "accuracy": changes.accuracy}
    save_file({name: torch.from_numpy(rows).contiguous() for name, rows in tensors.items()} | {"medians": middle}, path)
    figures = {f"accuracy_{name}": float(changes.accuracy[:, i].mean()) for i, name in enumerate(PROPERTIES)}
    planes = place.plan.edit_planes()
    for i, name in enumerate(PROPERTIES):
        cosines = changes.vectors[:, i] @ planes[i] / np.linalg.norm(changes.vectors[:, i], axis=1)
        figures[f"cosine_with_trained_direction_{name}"] = float(-cosines.mean() / np.linalg.norm(planes[i]))
    return place.report("change-vectors", figures, [path])


def select_faces(context: StepContext) -> Report:
    """Choose the faces of the catalogue and measure how well random points follow the vectors."""
    place = _workplace(context)
    drawer, judge, changes = place.drawer(), place.property_cnn("judge"), _kept_vectors(place)
    rng = np.random.default_rng([context.seed, 9])
    candidates = calm_candidates(drawer, judge, changes, rng.standard_normal((place.budget.candidates, MINI.z_dim)))
    tell = place.tell("face-select")
    done = 0

    def test(candidate: Candidate) -> tuple[float, float, float]:
        nonlocal done
        done += 1
        tell(min(done / (place.budget.faces + place.budget.tested_points), 1.0))
        return image_test(drawer, judge, candidate.w, changes.vectors[candidate.group])

    faces, tested = choose_faces(candidates, test, place.budget.faces, place.budget.cutoffs)
    contact_sheet([face.resting for face in faces], 6).save(place.folder / "faces-before-eye.png")
    faces = judged_by_eye(faces, place.budget.favourite, place.budget.left_out)
    files = write_faces(place.weights("face"), faces, changes)
    files += write_property_cnn(place.weights("face"), judge)
    sheet, moods = place.folder / "faces.png", place.folder / "expressions.png"
    contact_sheet([face.resting for face in faces], 6).save(sheet)
    rows = [_expressions(drawer, face.z, changes.vectors[face.group]) for face in faces[:6]]
    Image.fromarray(np.concatenate(rows)).save(moods)
    everyone = [test(candidate) for candidate in _random_points(place, drawer, judge, changes)]
    figures = {
        f"mean_correlation_{name}": float(np.mean([row[i] for row in everyone])) for i, name in enumerate(PROPERTIES)
    }
    passing = [all(v >= c for v, c in zip(row, (0.92, 0.88, 0.88), strict=True)) for row in everyone]
    figures |= {
        "random_points": len(everyone),
        "share_passing": float(np.mean(passing)),
        "faces": len(faces),
        "candidates_tested": tested,
        "mean_pairwise_distance": mean_distance(faces),
    }
    return place.report("face-select", figures, [*files, sheet, moods])


def train_hair(context: StepContext) -> Report:
    """Train the hair net on generated pictures."""
    place = _workplace(context)
    drawer, portraits = place.drawer(), place.portraits()
    train, test = split_indices(portraits, place.budget.hair_train, place.budget.hair_test)
    tell = place.tell("hair-seg")
    pairs = generated_pairs(drawer, portraits, place.plan, train, lambda share: tell(0.3 * share))
    network = train_hair_net(
        pairs, seed=context.seed, steps=place.budget.hair_steps, told=lambda share: tell(0.3 + 0.7 * share)
    )
    files = write_hair_net(place.weights("hair"), network)
    iou = mask_iou(network, generated_pairs(drawer, portraits, place.plan, test))
    figures = {"iou": iou, "train_pairs": len(train), "test_pairs": len(test)}
    return place.report("hair-seg", figures, files)


def _kept_vectors(place: _Workplace) -> ChangeVectors:
    path = place.folder / "change-vectors.safetensors"
    if not path.exists():
        raise TrainingError(f"{path} is missing; run the step `change-vectors` first.")
    kept = {name: tensor.numpy() for name, tensor in load_file(path).items()}
    middle = dict(zip(GROUP_SCORES, kept["medians"].tolist(), strict=True))
    return ChangeVectors(kept["vectors"], kept["accuracy"], middle)


def _random_points(
    place: _Workplace, drawer: Drawer, judge: MiniPropertyCNN, changes: ChangeVectors
) -> list[Candidate]:
    """Give points no choice was made among, for the reported figures."""
    z = np.random.default_rng([place.context.seed, 10]).standard_normal((place.budget.tested_points, MINI.z_dim))
    return calm_candidates(drawer, judge, changes, z, limit=np.inf, sleepiest=-np.inf)


def _expressions(drawer: Drawer, z: Rows, vectors: Rows) -> Images:
    return np.concatenate(list(draw_edits(drawer, drawer.w(z[None])[0], vectors, SAMPLE_EXPRESSIONS)), axis=1)


FACE_STEPS: dict[str, Step] = {
    "portraits": draw_portraits,
    "stylegan": train_stylegan,
    "property-cnn": train_property_cnns,
    "change-vectors": find_vectors,
    "face-select": select_faces,
    "hair-seg": train_hair,
}
