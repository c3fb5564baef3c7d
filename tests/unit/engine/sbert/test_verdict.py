from engine.profile_types import EthicsThresholds
from engine.sbert.verdict import CATEGORY_NAMES, Judge, Reading, judge, judge_severe, readings_of
from tests.unit.engine.sbert.toy_encoder import ToyEncoder

LIMITS = EthicsThresholds(love=0.9, politics=0.9, paedrip=0.9, hate=0.9, normal_veto=0.5)
AXES = {name: [float(i == axis) for i in range(5)] for axis, name in enumerate(CATEGORY_NAMES.values())}
LOVE, NORMAL, _, PAEDRIP, HATE = AXES.values()


def reading(text: str = "글", *, whole: bool = True, **scores: float) -> Reading:
    return Reading(text, dict.fromkeys(CATEGORY_NAMES, 0.1) | scores, whole)


def encoder(**placed: list[float]) -> ToyEncoder:
    return ToyEncoder(AXES | {text.replace("_", " "): vector for text, vector in placed.items()})


def test_hits_of_several_readings_are_united_with_their_best_score() -> None:
    verdict = judge([reading("원문", hate=0.91), reading("정리", paedrip=0.95, hate=0.99)], "", LIMITS, "hash")
    assert [(hit.category, hit.score, hit.evidence) for hit in verdict.hits] == [
        ("paedrip", 0.95, "정리"),
        ("hate", 0.99, "정리"),
    ]
    assert verdict.scores["hate"] == 0.99
    assert verdict.model_hash == "hash"


def test_the_veto_cancels_a_reading_but_not_another_one() -> None:
    vetoed, clear = reading(paedrip=0.95, normal=0.5), reading(paedrip=0.92)
    assert judge([vetoed], "", LIMITS, "").hits == ()
    assert [hit.score for hit in judge([vetoed, clear], "", LIMITS, "").hits] == [0.92]


def test_love_and_politics_need_a_refusing_answer_to_the_whole_message() -> None:
    whole, part = reading(love=0.95), reading(love=0.95, whole=False)
    assert judge([whole], "그래 좋아", LIMITS, "").hits == ()
    assert [hit.rule for hit in judge([whole], "미안, 그건 좀", LIMITS, "").hits] == ["cosine+refusal words"]
    assert judge([reading(), part], "미안", LIMITS, "").hits == ()


def test_before_the_answer_only_severe_categories_are_judged() -> None:
    verdict = judge_severe([reading(love=0.99, politics=0.99), reading(hate=0.95, whole=False)], LIMITS, "")
    assert [(hit.category, hit.rule) for hit in verdict.hits] == [("hate", "window")]


def test_without_hits_the_scores_are_those_of_the_message_as_written() -> None:
    assert judge([reading(normal=0.4), reading(normal=0.9)], "", LIMITS, "").scores["normal"] == 0.4


async def test_a_disguised_insult_is_found_by_its_plain_reading() -> None:
    judge_ = Judge(encoder(니애미=PAEDRIP, 니_애_미=NORMAL))
    readings = await judge_.read("니 애 미")
    assert [r.text for r in readings if r.whole] == ["니 애 미", "니애미"]
    assert [hit.category for hit in judge_severe(readings, LIMITS, "").hits] == ["paedrip"]


async def test_padding_hides_nothing() -> None:
    padding = "오늘 날씨 참 좋다 그래서 산책 가려고 해 "
    placed = {"죽어 버려": HATE}
    toy = ToyEncoder(AXES | placed, window_words=2)
    readings = await Judge(toy).read(padding * 20 + "죽어 버려 " + padding * 20)
    assert [hit.category for hit in judge_severe(readings, LIMITS, "").hits] == ["hate"]


async def test_a_long_message_is_read_in_spans_of_words_too() -> None:
    words = [f"말{i}" for i in range(20)]
    toy = ToyEncoder(AXES | {" ".join(words[4:9]): HATE}, window_words=100)
    readings = await Judge(toy).read(" ".join(words))
    assert [hit.rule for hit in judge_severe(readings, LIMITS, "").hits] == ["window"]
    covered = {word for reading in readings if not reading.whole for word in reading.text.split()}
    assert covered == set(words)


async def test_signs_around_words_make_no_second_reading() -> None:
    assert readings_of("안녕!!! 뭐 해???", ToyEncoder())[0] == ("안녕!!! 뭐 해???", True)
    assert [whole for _, whole in readings_of("안녕!!! 뭐 해???", ToyEncoder())].count(True) == 1
    assert [text for text, whole in readings_of("니.애.미", ToyEncoder()) if whole] == ["니.애.미", "니애미"]


async def test_a_sentence_is_judged_by_itself() -> None:
    readings = await Judge(encoder(죽어_버려=HATE)).read("안녕? 오늘 뭐 해! 죽어 버려")
    hits = judge_severe(readings, LIMITS, "").hits
    assert [(hit.category, hit.evidence) for hit in hits] == [("hate", "죽어 버려")]


async def test_one_encode_for_a_message_and_one_for_the_names() -> None:
    toy = encoder()
    judge_ = Judge(toy)
    for text in ("안녕", "오늘 뭐 해?"):
        await judge_.read(text)
    assert toy.calls == [list(CATEGORY_NAMES.values()), ["안녕"], ["오늘 뭐 해?"]]


def test_invisible_text_is_still_read() -> None:
    assert readings_of("\u200b", ToyEncoder()) == [("\u200b", True)]


async def test_what_the_encoder_cannot_know_is_harmless() -> None:
    toy = encoder(**{"😀😀": HATE, "zzz": HATE, "ㅗ": HATE, "죽어": HATE})
    judged = {
        text: judge(await Judge(toy, 2).read(text), "", LIMITS, "m").hits for text in ("😀😀", "zzz", "ㅗ", "죽어")
    }
    assert [text for text, hits in judged.items() if hits] == ["죽어"]
    any_language = judge(await Judge(toy).read("zzz"), "", LIMITS, "m").hits
    assert [hit.category for hit in any_language] == ["hate"]
