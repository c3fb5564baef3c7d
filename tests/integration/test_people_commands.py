"""What people do with their memories, her look, their accounts and her pictures."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

from PIL import Image

from bot.provenance import is_marked
from storage.database import Storage
from tests.fakes import FakeAdapter, FakeClock, FakeEngine, message
from tests.integration.people_rig import Someone
from tests.integration.test_service import service, until


async def test_memory_is_listed_noted_and_deleted_by_button_and_number(tmp_path: Path) -> None:
    async with service(tmp_path, FakeEngine(), FakeAdapter()) as app:
        mina, joon = Someone(app, "mina"), Someone(app, "joon")
        assert "아직 없어" in (await mina.command("memory")).text
        assert "고양이는 나비" in (await mina.command("memory", note="고양이는 [나비]")).text
        assert "이미" in (await mina.command("memory", note="고양이는 나비")).text
        await mina.command("memory", note="내일 3시에 치과")
        listed = await mina.command("memory")
        assert "1. [메모: 고양이는 나비]" in listed.text
        assert "2. [메모: 내일 3시에 치과] (2026-03-02, 2026-03-03 일)" in listed.text
        # Somebody else's click on the same button changes nothing, and shows them nothing.
        theirs = await joon.click(listed, "🗑 1")
        assert "고양이" not in theirs.text
        left = await mina.click(listed, "🗑 1")
        assert left.in_place
        assert "고양이" not in left.text
        assert "치과" in left.text
        assert "그런 번호는 없어" in (await mina.command("memory", delete="7")).text
        assert "지웠어" in (await mina.command("memory", delete="1")).text
        assert "아직 없어" in (await mina.command("memory")).text


async def test_long_memories_come_in_pages(tmp_path: Path) -> None:
    async with service(tmp_path, FakeEngine(), FakeAdapter()) as app:
        mina = Someone(app, "mina")
        for number in range(20):
            await mina.command("memory", note=f"메모 하나 {number}")
        first = await mina.command("memory")
        assert len(first.buttons) == 9
        second = await mina.click(first, "▶")
        assert "9. [메모: 메모 하나 8]" in second.text
        third = await mina.click(second, "▶")
        assert [button.label for button in third.buttons][-1] == "◀"


async def test_forgetting_asks_first_and_forgets_what_the_button_says(tmp_path: Path) -> None:
    async with service(tmp_path, FakeEngine(), FakeAdapter()) as app:
        here, there = Someone(app, "mina", space="g1"), Someone(app, "mina")
        await here.command("memory", note="서버에서 한 말")
        await there.command("memory", note="둘이서 한 말")
        asked = await here.command("forget")
        assert [button.style for button in asked.buttons] == ["danger", "danger", "plain"]
        assert "아무것도" in (await here.click(asked, "그만두기")).text
        # The private answer may be clicked elsewhere (Telegram's direct chat): "here" is still the server.
        assert "1개" in (await there.click(asked, "이곳의")).text
        assert "아직 없어" in (await here.command("memory")).text
        assert "둘이서" in (await there.command("memory")).text
        await there.click(asked, "모든 것")
        assert "아직 없어" in (await there.command("memory")).text


async def test_an_export_is_private_and_of_the_caller_alone(tmp_path: Path) -> None:
    async with service(tmp_path, FakeEngine(), FakeAdapter()) as app:
        mina, joon = Someone(app, "mina", space="g1"), Someone(app, "joon", space="g1")
        await mina.command("memory", note="미나의 비밀")
        await joon.command("memory", note="준의 비밀")
        answer = await mina.command("export")
    assert answer.private
    assert answer.document is not None
    told = answer.document[1].decode()
    assert "미나의 비밀" in told
    assert "준의" not in told
    assert json.loads(told)["accounts"][0]["account_id"] == "mina"


async def test_faces_are_chosen_from_pictures_and_hair_with_a_preview(tmp_path: Path) -> None:
    engine, adapter = FakeEngine(), FakeAdapter()
    async with service(tmp_path, engine, adapter) as app:
        mina = Someone(app, "mina")
        gallery = await mina.command("face")
        assert gallery.picture is not None
        with Image.open(gallery.picture.path) as sheet:
            assert sheet.size == (gallery.picture.width_px, gallery.picture.height_px)
        assert is_marked(gallery.picture.path.read_bytes())
        chosen = await mina.click(gallery, "mini:2")
        assert "mini:2" in chosen.text
        assert chosen.picture is not None
        dyed = await mina.command("hair", hue="120")
        assert "120도" in dyed.text
        assert dyed.picture is not None
        turned = await mina.click(dyed, "색 ▶")
        assert "150도" in turned.text
        await app.desk.take(message("안녕", message_id="1", user="mina"))
        await until(lambda: len(adapter.delivered) == 1)
        face = engine.seen_turns[0].face
        assert (face.face_id, face.ombre and round(face.ombre.hue or 0, 3)) == ("mini:2", round(150 / 360, 3))
        cycling = await mina.click(turned, "돌아가며")
        assert "차례로" in cycling.text
        assert "0-359" in (await mina.command("hair", hue="400")).text


async def test_again_keeps_its_place_and_neither_remembers_nor_punishes(tmp_path: Path) -> None:
    engine, adapter = FakeEngine(delay_s=0.1), FakeAdapter()
    async with service(tmp_path, engine, adapter) as app:
        minsu = Someone(app, "minsu")
        assert "먼저 말을" in (await minsu.command("again")).text
        await app.desk.take(message("기억 나비는 고양이", message_id="1"))
        await until(lambda: len(adapter.delivered) == 1)
        await app.desk.take(message("사랑해", message_id="2"))
        assert "다시 답해" in (await minsu.command("again")).text  # the message before it is still being answered
        await app.desk.take(message("그리고", message_id="3"))
        await until(lambda: len(adapter.delivered) == 5)
        assert engine.answered == ["기억 나비는 고양이", "사랑해", "사랑해", "그리고"]
        assert [sent.kind for sent in adapter.delivered].count("notice") == 1  # one warning for one love confession
        seeds = [turn.seed for turn in engine.seen_turns if turn.text == "사랑해"]
        assert len(set(seeds)) == 2
        async with app.storage.read() as work:
            account = await work.people.find("telegram", "minsu")
            assert account is not None
            assert len(await work.ethics.events(account.person_id, None)) == 1
            space = await work.spaces.find("telegram", "dm-minsu")
            assert space is not None
            assert len(await work.memory.entries(account.person_id, space.id)) == 1
        summaries = [turn.last_summary for turn in engine.seen_turns]
        assert summaries[1] == summaries[2] == "요약: 답: 기억 나비는 고양이"


async def test_again_takes_up_nothing_that_was_forgotten(tmp_path: Path) -> None:
    engine, adapter = FakeEngine(), FakeAdapter()
    async with service(tmp_path, engine, adapter) as app:
        await app.desk.take(message("비밀이야", message_id="1"))
        await until(lambda: len(adapter.delivered) == 1)
        minsu = Someone(app, "minsu")
        await minsu.click(await minsu.command("forget"), "이곳의")
        assert "먼저 말을" in (await minsu.command("again")).text
    assert engine.answered == ["비밀이야"]


async def test_her_pictures_are_known_again_and_others_are_not(tmp_path: Path) -> None:
    adapter = FakeAdapter()
    async with service(tmp_path, FakeEngine(), adapter) as app:
        await app.desk.take(message("안녕", message_id="1"))
        await until(lambda: len(adapter.delivered) == 1)
        picture = adapter.delivered[0].picture
        assert picture is not None
        made = picture.path.read_bytes()
        assert is_marked(made)
        joon = Someone(app, "joon")
        assert "파일이 그대로" in (await joon.command("verify", made)).text
        out = io.BytesIO()
        Image.radial_gradient("L").save(out, "PNG")
        assert "흔적이 없어" in (await joon.command("verify", out.getvalue())).text
        assert "읽을 수 없어" in (await joon.command("verify", b"no picture")).text
        assert "어느 그림" in (await joon.command("verify")).text


async def linked(app: object, share: str, clock: FakeClock) -> tuple[Someone, Someone]:
    """Join mina on Telegram (who made the code) with her on Discord."""
    here = Someone(app, "mina", clock=clock)  # type: ignore[arg-type]
    there = Someone(app, "4711", "discord", clock=clock)  # type: ignore[arg-type]
    await here.command("memory", note="텔레그램에서 한 말")
    await there.command("memory", note="디스코드에서 한 말")
    code = next(word for word in (await here.command("link")).text.split() if "-" in word)
    offer = await there.command("link", code=code.lower())
    assert "telegram" in offer.text
    assert "mina" in offer.text
    done = await there.click(offer, share)
    assert "이었어" in done.text
    assert "모르는 번호" in (await there.click(offer, share)).text  # once
    return here, there


async def test_linked_accounts_share_direct_memory_when_the_person_wants(tmp_path: Path) -> None:
    engine, adapter, clock = FakeEngine(), FakeAdapter(), FakeClock()
    async with service(tmp_path, engine, adapter, clock) as app:
        here, there = await linked(app, "함께", clock)
        assert "디스코드에서" in (await here.command("memory")).text
        assert "텔레그램에서" in (await there.command("memory")).text
        server = Someone(app, "4711", "discord", space="g1", clock=clock)
        assert "아직 없어" in (await server.command("memory")).text  # never in a server
        await app.desk.take(message("안녕", message_id="1", user="mina"))
        await until(lambda: len(adapter.delivered) == 1)
        assert {entry.value for entry in engine.seen_turns[0].memories} == {"텔레그램에서 한 말", "디스코드에서 한 말"}
        assert "떼었어" in (await there.command("unlink")).text
        assert "텔레그램에서" not in (await there.command("memory")).text
        assert "디스코드에서" in (await there.command("memory")).text
        assert "디스코드에서" not in (await here.command("memory")).text
        assert "이어져 있지 않아" in (await here.command("unlink")).text


async def test_linked_accounts_may_keep_their_memories_apart(tmp_path: Path) -> None:
    clock = FakeClock()
    async with service(tmp_path, FakeEngine(), FakeAdapter(), clock) as app:
        here, there = await linked(app, "따로", clock)
        assert "디스코드에서" not in (await here.command("memory")).text
        assert "텔레그램에서" not in (await there.command("memory")).text
        exported = await here.command("export")
        assert exported.document is not None
        assert "디스코드에서" in exported.document[1].decode()  # one person now: all of it is theirs
        await here.click(await here.command("forget"), "모든 것")
        await check_erased(app.storage)
        assert "아직 없어" in (await there.command("memory")).text


async def check_erased(storage: Storage) -> None:
    async with storage.read() as work:
        assert await work.people.find("telegram", "mina") is None
        assert await work.people.find("discord", "4711") is None


async def test_codes_are_refused_when_they_are_old_own_or_of_the_same_platform(tmp_path: Path) -> None:
    clock = FakeClock()
    async with service(tmp_path, FakeEngine(), FakeAdapter(), clock) as app:
        mina, joon = Someone(app, "mina", clock=clock), Someone(app, "joon", clock=clock)
        dora = Someone(app, "4711", "discord", clock=clock)
        code = next(word for word in (await mina.command("link")).text.split() if "-" in word)
        assert "이미 같은 사람" in (await mina.command("link", code=code)).text
        assert "같은 플랫폼" in (await joon.command("link", code=code)).text
        assert "모르는 번호" in (await dora.command("link", code="AAAAA-AAAAA")).text
        offer = await dora.command("link", code=code)
        assert "잇지 않았어" in (await dora.click(offer, "아니야")).text
        clock.advance(timedelta(minutes=11))
        assert "모르는 번호" in (await dora.click(offer, "함께")).text
        assert (await dora.command("link", code="x" * 4000)).text  # whatever is typed, nothing breaks
        async with app.storage.read() as work:
            mina_account, dora_account = (
                await work.people.find("telegram", "mina"),
                await work.people.find("discord", "4711"),
            )
            assert mina_account is not None
            assert dora_account is not None
            assert mina_account.person_id != dora_account.person_id
    assert code.encode() not in (tmp_path / "oh-lora.sqlite3").read_bytes()


async def test_a_block_goes_with_the_person_and_holds_where_it_was_given(tmp_path: Path) -> None:
    adapter, clock = FakeAdapter(), FakeClock()
    async with service(tmp_path, FakeEngine(), adapter, clock) as app:
        await app.desk.take(message("욕이야", message_id="1", user="mina"))
        await until(lambda: len(adapter.delivered) == 1)
        here, _ = await linked(app, "함께", clock)
        await app.desk.take(message("안녕", message_id="2", user="mina"))
        await until(lambda: len(adapter.delivered) == 2)
        assert "거절" in adapter.texts()[1]
        assert "⛔" in (await here.command("appeal")).text


async def test_times_are_told_in_the_persons_zone_and_texts_in_their_language(tmp_path: Path) -> None:
    adapter = FakeAdapter()
    async with service(tmp_path, FakeEngine(), adapter) as app:
        minsu = Someone(app, "minsu")
        assert "몰라" in (await minsu.command("timezone", zone="Mars/Olympus")).text
        await minsu.command("timezone", zone="Europe/Berlin")
        assert "English" in (await minsu.command("language", language="en")).text
        await app.desk.take(message("욕이야", message_id="1"))
        await until(lambda: len(adapter.delivered) == 1)
        assert "2026.03.09 04:00:00 (CET)" in adapter.texts()[0]
        assert "[moderators]" not in (await minsu.command("help")).text
        assert "/verify" in (await minsu.command("help")).text
        privacy = await minsu.command("privacy")
        assert "30 days" in privacy.text
        assert "nothing is sent elsewhere" in privacy.text


async def test_privacy_names_the_server_that_makes_the_answers(tmp_path: Path) -> None:
    backend = {"llm_backend": "openai", "openai_base_url": "https://models.example.org:8000/v1"}
    async with service(tmp_path, FakeEngine(), FakeAdapter(), **backend) as app:
        told = (await Someone(app, "minsu").command("privacy")).text
    assert "models.example.org" in told
    assert "다른 곳에 보내지 않아" not in told
