"""After an erasure and a checkpoint no byte of what a person wrote is left in the files of an SQLite database."""

import random
from datetime import date
from pathlib import Path

import pytest

from storage.database import Storage
from storage.records import InboxState
from tests.unit.storage.scene import NOW, Scene

SIZES = (3, 40, 400, 6000)  # from one cell of a page to overflow pages


def canaries(random_: random.Random, prefix: str, number: int) -> list[str]:
    """Texts whose every piece of 12 characters is a canary: prefix, then digits."""
    return [
        "".join(f"{prefix}{random_.randrange(10**6):06d}가" for _ in range(random_.choice(SIZES) // 12 + 1))
        for _ in range(number)
    ]


async def fill(scene: Scene, texts: list[str], random_: random.Random) -> None:
    for text in texts:
        message = await scene.say(text, author={"name": text[:24]}, route={"token": text[:24]})
        turn = await scene.answer(message.id, answer=text, trace={"composed": text}, show_request={"text": text})
        async with scene.storage.work() as work:
            entry = await work.memory.add(scene.person_id, scene.space_id, text[:30], text, date(2026, 7, 6), None)
            await work.memory.save_embedding(entry.id, "th", "mh", text.encode())
            await work.summaries.put(scene.person_id, scene.conversation_id, text, turn.id, NOW)
            await work.turns.complete(turn.id, text, None, None, {"summary": text}, NOW)
            await scene.send(work, text, inbox_id=message.id, author={"name": text[:24]})
            await work.inbox.set_state(message.id, InboxState.DONE, NOW)
            if random_.random() < 0.3:
                await work.memory.replace(entry.id, "k", text[::2] + text[:24], date(2026, 7, 6), None)


def erased_bytes(folder: Path) -> int:
    """Count the canaries in every file of the database; `erased`, a word of our own columns, is none."""
    contents = [file.read_bytes() for file in folder.iterdir()]
    return sum(content.count(b"erase") - content.count(b"erased") for content in contents)


async def test_no_byte_of_an_erased_person_is_left_in_the_files(tmp_path: Path) -> None:
    random_ = random.Random(20260706)
    path = tmp_path / "oh.sqlite3"
    async with await Storage.open(f"sqlite:///{path}") as storage:
        mina, jun = await Scene.direct(storage, "mina"), await Scene.direct(storage, "jun")
        for _ in range(5):
            await fill(mina, canaries(random_, "erase", 5), random_)
            await fill(jun, canaries(random_, "keeps", 5), random_)
        assert erased_bytes(tmp_path) > 100
        async with storage.work() as work:
            await work.people.erase(mina.person_id, NOW)
        await storage.checkpoint()
        assert erased_bytes(tmp_path) == 0
        assert b"keeps" in path.read_bytes()


@pytest.mark.parametrize("seed", [2, 3, 11])
async def test_nothing_is_left_where_the_database_moved_cells_about(tmp_path: Path, seed: int) -> None:
    """Entries of mixed sizes, replaced and deleted: with SQLite's secure_delete alone, these seeds leave remains."""
    random_ = random.Random(seed)
    said = date(2026, 7, 6)
    async with await Storage.open(f"sqlite:///{tmp_path / 'oh.sqlite3'}") as storage:
        people = {"erase": await Scene.direct(storage, "mina"), "keeps": await Scene.direct(storage, "jun")}

        def text(word: str) -> str:
            return f"{word}{random_.randrange(10**6):06d}" * random_.choice((1, 3, 20, 80))

        async with storage.work() as work:
            entries: list[tuple[int, str]] = []
            for _ in range(300):
                word = random_.choice(("erase", "keeps"))
                who = people[word]
                entry = await work.memory.add(who.person_id, who.space_id, "k", text(word), said, None)
                entries.append((entry.id, word))
                if random_.random() < 0.5:
                    entry_id, word = random_.choice(entries)
                    await work.memory.replace(entry_id, "k", text(word), said, None)
        async with storage.work() as work:
            await work.people.erase(people["erase"].person_id, NOW)
        await storage.checkpoint()
        assert erased_bytes(tmp_path) == 0
