import json

from bot.discord.seen import MOST_CHANNELS, SeenChannels


def test_marks_go_forward_only_and_survive_as_json() -> None:
    seen = SeenChannels()
    seen.note(1, None, 1 << 60)
    seen.note(1, None, 5)
    seen.note(2, 9, 7)
    again = SeenChannels()
    again.load(json.loads(json.dumps(seen.to_state())))
    assert [(each.channel_id, each.guild_id, each.last_id) for each in again.latest(5)] == [
        (2, 9, 7),
        (1, None, 1 << 60),
    ]
    assert [each.channel_id for each in again.latest(1)] == [2]


def test_a_held_channel_stays_before_the_message_that_failed() -> None:
    seen = SeenChannels()
    seen.note(1, None, 10)
    seen.hold(1, None, 11)
    seen.note(1, None, 12)
    assert seen.latest(1)[0].last_id == 10
    seen.release(1)
    seen.note(1, None, 13)
    assert seen.latest(1)[0].last_id == 13


def test_an_unknown_channel_is_held_right_before_the_message() -> None:
    seen = SeenChannels()
    seen.hold(1, 2, 50)
    assert seen.latest(1)[0].last_id == 49


def test_the_channels_longest_quiet_are_dropped() -> None:
    seen = SeenChannels()
    for channel_id in range(MOST_CHANNELS + 3):
        seen.note(channel_id, None, 1)
        seen.note(0, None, 2)
    assert len(seen.to_state()["channels"]) == MOST_CHANNELS
    assert seen.known(0)
    assert not seen.known(1)


def test_an_empty_state_is_no_channels() -> None:
    seen = SeenChannels()
    seen.load(None)
    assert seen.latest(5) == []
