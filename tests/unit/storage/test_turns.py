import pytest

from storage.errors import DatabaseConflict, RecordMissing
from tests.unit.storage.scene import NOW, Scene, after


async def test_a_turn_is_kept_and_completed(scene: Scene) -> None:
    message = await scene.say()
    turn = await scene.answer(message.id)
    async with scene.storage.work() as work:
        assert await work.turns.get(turn.id) == await work.turns.by_inbox(message.id) == turn
        image = await work.images.add(
            turn.id, scene.person_id, "/d/1.png", "image/png", 256, 256, "aa", "0f", "웃는 얼굴", NOW
        )
        expression = {"eyes": "크게", "mouth": "보통", "pose": "없음"}
        done = await work.turns.complete(turn.id, "인사함", expression, image.id, {"stage_ms": {"face": 40}}, after(2))
    assert done.trace == {"composed": "안녕", "stage_ms": {"face": 40}}
    assert (done.summary, done.expression, done.image_id, done.completed_at) == (
        "인사함",
        expression,
        image.id,
        after(2),
    )
    assert (done.answer, done.show_request) == ("반가워!", {"seed": 7})


async def test_a_message_has_at_most_one_turn(scene: Scene) -> None:
    message = await scene.say()
    await scene.answer(message.id)
    with pytest.raises(DatabaseConflict):
        await scene.answer(message.id)
    await scene.answer(None)
    await scene.answer(None)


async def test_the_last_turns_of_a_person_in_a_conversation(scene: Scene) -> None:
    turns = [await scene.answer(None, created_at=after(n)) for n in (3, 1, 2)]
    other = await Scene.direct(scene.storage, "jun")
    await other.answer(None, created_at=after(9))
    async with scene.storage.read() as work:
        assert await work.turns.last_of(scene.conversation_id, scene.person_id) == turns[0]
        assert await work.turns.recent(scene.conversation_id, scene.person_id, 2) == [turns[2], turns[0]]
        assert await work.turns.last_of(scene.conversation_id, other.person_id) is None


async def test_a_missing_turn_is_none_and_cannot_be_completed(scene: Scene) -> None:
    async with scene.storage.work() as work:
        assert await work.turns.get("none") is None
        assert await work.turns.by_inbox(5) is None
        with pytest.raises(RecordMissing, match="no turn none"):
            await work.turns.complete("none", None, None, None, {}, NOW)


async def test_images_are_known_by_their_hashes(scene: Scene) -> None:
    async with scene.storage.work() as work:
        first = await work.images.add("t", scene.person_id, "/1.png", "image/png", 8, 9, "aa", None, "", NOW)
        second = await work.images.add("t", scene.person_id, "/2.png", "image/png", 8, 9, "aa", "0f", "", NOW)
        assert await work.images.by_sha256("aa") == first
        assert await work.images.by_sha256("bb") is None
        assert await work.images.get(second.id) == second
        assert await work.images.get(second.id + 1) is None
        assert await work.images.phashes() == [(second.id, "0f")]
