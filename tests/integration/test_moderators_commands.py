"""What moderators do, in their own space alone, with a reason, written down."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.app import App
from bot.chat import Taken
from bot.commands.registry import ACTIONS, COMMANDS
from tests.fakes import START, FakeAdapter, FakeClock, FakeEngine, message
from tests.integration.people_rig import Someone
from tests.integration.test_service import service, until


def people(app: App) -> tuple[Someone, Someone, Someone]:
    """A moderator of g1, a person there, and a moderator of g2."""
    boss = Someone(app, "boss", space="g1", channel="general", moderates=frozenset({"g1"}))
    minsu = Someone(app, "minsu", space="g1", channel="general")
    other = Someone(app, "other", space="g2", channel="general", moderates=frozenset({"g2"}))
    return boss, minsu, other


async def insult(app: App, adapter: FakeAdapter, number: int, **more: object) -> None:
    seen = len(adapter.delivered)
    await app.desk.take(message("욕이야", message_id=f"i{number}", chat="g1", kind="server", channel="general", **more))  # type: ignore[arg-type]
    await until(lambda: len(adapter.delivered) > seen)


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if command.spec.moderators_only])
async def test_a_stranger_is_refused_everywhere_and_so_is_a_direct_chat(tmp_path: Path, name: str) -> None:
    async with service(tmp_path, FakeEngine(), FakeAdapter()) as app:
        everything = {"person": "boss", "reason": "그냥", "length": "1h", "event": "1"}
        stranger, direct = Someone(app, "stranger", space="g1"), Someone(app, "stranger")
        assert "관리자만" in (await stranger.command(name, **everything)).text
        assert "서버나 그룹 안에서만" in (await direct.command(name, **everything)).text


@pytest.mark.parametrize("name", [name for name, action in ACTIONS.items() if action.space_of is not None])
async def test_a_moderators_button_works_for_moderators_of_its_space_alone(tmp_path: Path, name: str) -> None:
    adapter = FakeAdapter()
    async with service(tmp_path, FakeEngine(), adapter) as app:
        boss, minsu, other = people(app)
        await insult(app, adapter, 1)
        await minsu.press("appeal:1")
        await other.command("modlog")
        async with app.storage.read() as work:
            space = await work.spaces.find("telegram", "g1")
            assert space is not None
        value = "1" if name in ("uphold", "overturn") else f"{space.id}:0"
        for refused in (other, minsu, Someone(app, "other", moderates=frozenset({"g2"}))):
            assert "관리자만" in (await refused.press(f"{name}:{value}")).text
        assert "관리자만" in (await boss.press(f"{name}:999999")).text
        assert "관리자만" in (await boss.press(f"{name}:x")).text
        assert "관리자만" not in (await boss.press(f"{name}:{value}")).text


async def test_acts_ask_for_a_reason_and_stand_in_the_log(tmp_path: Path) -> None:
    adapter = FakeAdapter()
    async with service(tmp_path, FakeEngine(), adapter) as app:
        boss, minsu, other = people(app)
        await insult(app, adapter, 1)
        assert "reason" in (await boss.command("unblock", person="minsu")).text
        assert "차단되어 있지 않아" in (await other.command("unblock", person="minsu", reason="넘어와서")).text
        assert "차단을 풀었어" in (await boss.command("unblock", person="minsu", reason="오해")).text
        await boss.command("resetmemory", person="minsu", reason="부탁받음")
        log = await boss.command("modlog")
        assert "unblock minsu (minsu) 오해" in log.text
        assert "reset-memory minsu (minsu) 부탁받음" in log.text
        assert "기록이 없어" in (await other.command("modlog")).text
        assert (await minsu.command("modlog")).text == "이 명령은 이곳의 관리자만 쓸 수 있어."


async def test_a_block_by_hand_is_told_with_its_reason_and_can_be_appealed(tmp_path: Path) -> None:
    adapter = FakeAdapter()
    async with service(tmp_path, FakeEngine(), adapter, clock := FakeClock()) as app:
        boss, minsu, _ = people(app)
        await minsu.command("help")
        assert "길이는" in (await boss.command("block", person="minsu", length="길게", reason="도배")).text
        assert "자기 자신" in (await boss.command("block", person="boss", length="1h", reason="시험")).text
        assert "이야기한 적이 없어" in (await boss.command("block", person="nobody", length="1h", reason="시험")).text
        done = await boss.command("block", person="minsu", length="2시간", scope="server", reason="도배")
        assert "2시간" in done.text
        assert "이 서버 전체" in done.text
        taken = await app.desk.take(
            message("왜?", message_id="1", chat="g1", kind="server", channel="else", sent_at=clock())
        )
        assert taken is Taken.REFUSED
        await until(lambda: len(adapter.delivered) == 1)
        assert "관리자가 적은 이유: 도배" in adapter.texts()[0]
        [button] = adapter.delivered[0].buttons
        await minsu.press(button.id)
        appeals = await boss.command("appeals")
        assert "관리자 결정" in appeals.text
        await boss.click(appeals, "취소하기")
        again = message("이제?", message_id="2", chat="g1", kind="server", channel="else", sent_at=clock())
        assert await app.desk.take(again) is Taken.ACCEPTED
        listed = await boss.command("warnings", person="minsu")
        assert "기록이 없어" in listed.text  # a block by hand raises no level


async def test_a_pardon_shortens_the_blocks_that_stood_on_it(tmp_path: Path) -> None:
    adapter = FakeAdapter()
    async with service(tmp_path, FakeEngine(), adapter) as app:
        boss, _, other = people(app)
        where = {"chat": "g1", "kind": "server", "channel": "general"}
        await app.desk.take(message("사랑 1", message_id="1", **where))  # type: ignore[arg-type]
        await until(lambda: len(adapter.delivered) == 2)
        await app.desk.take(message("사랑 2", message_id="2", sent_at=START + timedelta(minutes=1), **where))  # type: ignore[arg-type]
        await until(lambda: len(adapter.delivered) == 3)
        assert "1시간" in adapter.texts()[2]
        listed = await boss.command("warnings", person="minsu")
        assert "#1" in listed.text
        assert "#2" in listed.text
        for number in ("99", "x", ""):
            assert "번호의 기록이" in (await boss.command("pardon", event=number or "-", reason="시험")).text
        assert "번호의 기록이" in (await other.command("pardon", event="1", reason="남의 일")).text
        done = await boss.command("pardon", event="#1", reason="농담이었어")
        assert "취소했어" in done.text
        assert "번호의 기록이" in (await boss.command("pardon", event="1", reason="또")).text
        # The second offence is the first that counts now: a warning, and no block.
        later = message("이제?", message_id="3", sent_at=START + timedelta(minutes=2), **where)  # type: ignore[arg-type]
        assert await app.desk.take(later) is Taken.ACCEPTED
        assert "차단된 사람이 없어" in (await boss.command("blocks")).text


async def test_settings_are_read_checked_and_kept_per_space(tmp_path: Path) -> None:
    async with service(tmp_path, FakeEngine(), FakeAdapter()) as app:
        boss, _, other = people(app)
        for setting, value in (
            ("hers", "on"),
            ("moderators_channel", "here"),
            ("block_scope", "server"),
            ("strictness", "strict"),
            ("shadow", "on"),
            ("face", "mini:2"),
            ("image_size", "small"),
            ("quiet_hours", "23-7"),
        ):
            assert "바꿨어" in (await boss.command("settings", setting=setting, value=value, reason="시험")).text
        assert "mini:1, mini:2" in (await boss.command("settings", setting="face", value="mini:9")).text
        assert "23-7" in (await boss.command("settings", setting="quiet_hours", value="밤에")).text
        shown = (await boss.command("settings")).text
        for line in ("hers: on", "moderators_channel: here", "block_scope: server", "face: mini:2", "23:00-07:00"):
            assert line in shown
        assert "hers: off" in (await other.command("settings")).text
        policy = await boss.command("policy")
        assert "경고 → 1시간 → 1일" in policy.text
        assert "이 서버 전체" in policy.text
        assert "그림자" in policy.text
        assert await app.desk.is_hers(boss.place)
        assert "settings strictness strict 시험" in (await boss.command("modlog")).text.replace("  ", " ")


async def test_quiet_hours_are_told_and_image_size_and_face_are_of_the_space(tmp_path: Path) -> None:
    adapter, clock, engine = FakeAdapter(), FakeClock(), FakeEngine()
    async with service(tmp_path, engine, adapter, clock) as app:
        boss, _, _ = people(app)
        for setting, value in (("quiet_hours", "23-7"), ("image_size", "large"), ("face", "mini:2"), ("hers", "on")):
            await boss.command("settings", setting=setting, value=value)
        await app.desk.take(message("안녕", message_id="1", chat="g1", kind="server", channel="general"))
        await until(lambda: len(adapter.delivered) == 1)
        assert adapter.delivered[0].picture is not None
        with Image.open(io.BytesIO(adapter.delivered[0].picture.path.read_bytes())) as picture:
            assert picture.size == (512, 512)
        assert engine.seen_turns[0].face.face_id == "mini:2"
        clock.advance(timedelta(hours=12))  # midnight in Seoul
        assert not await app.desk.is_hers(boss.place)
        late = message("자?", message_id="2", chat="g1", kind="server", channel="general")
        assert await app.desk.take(late) is Taken.REFUSED
        await until(lambda: len(adapter.delivered) == 2)
        assert "조용한 시간" in adapter.texts()[1]


async def test_a_shadow_is_recorded_and_punishes_nobody(tmp_path: Path) -> None:
    adapter = FakeAdapter()
    async with service(tmp_path, FakeEngine(), adapter) as app:
        boss, minsu, _ = people(app)
        await boss.command("settings", setting="shadow", value="on")
        await insult(app, adapter, 1)
        assert adapter.texts() == ["답: 욕이야"]
        assert "그림자" in (await boss.command("warnings", person="minsu")).text
        assert "받은 경고나 차단이 없어" in (await minsu.command("appeal")).text


async def test_a_moderator_does_not_decide_their_own_appeal(tmp_path: Path) -> None:
    adapter = FakeAdapter()
    async with service(tmp_path, FakeEngine(), adapter, operators="telegram:op") as app:
        boss, _, _ = people(app)
        await insult(app, adapter, 1, user="boss")
        assert "전했어" in (await boss.press("appeal:1")).text
        assert "자기 이의" in (await boss.press("overturn:1")).text
        second = Someone(app, "second", space="g1", moderates=frozenset({"g1"}))
        assert "취소함" in (await second.press("overturn:1")).text
        assert "→ 취소함" in (await second.press("uphold:1")).text  # decided once


async def test_blocks_come_in_pages(tmp_path: Path) -> None:
    async with service(tmp_path, FakeEngine(), FakeAdapter()) as app:
        boss, _, other = people(app)
        for number in range(12):
            await Someone(app, f"p{number}", space="g1").command("help")
            await boss.command("block", person=f"p{number}", length="1d", reason="시험")
        first = await boss.command("blocks")
        assert first.text.count("\n") == 10
        second = await boss.click(first, "▶")
        assert second.text.count("\n") == 2
        assert second.in_place
        assert "관리자만" in (await other.click(first, "▶")).text
