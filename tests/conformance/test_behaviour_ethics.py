from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine.profiles import OHLORA_V4
from engine.rules.sanctions import BLOCK_S, Block, active_block, length_text, logged_levels, sanction
from engine.sbert.verdict import CATEGORY_NAMES, Reading, judge, published_hits
from tests.conformance.behaviour_cases import Case, assert_all, section

NOW = 1760000000


def scores_of(case: Case) -> dict[str, float]:
    return {category: case["similarity"][name] for category, name in CATEGORY_NAMES.items()}


def test_decisions(reference_dir: Path) -> None:
    def check(case: Case) -> tuple[object, object]:
        hits = published_hits(scores_of(case), case["answer"], OHLORA_V4.ethics)
        served = sanction(hits, logged_levels((row[2], row[3]) for row in case["log_before"]))
        ours = {
            "message": "none" if not hits else "warning" if served.is_warning else "block",
            "categories": [CATEGORY_NAMES[category] for category in hits],
            "levels": served.levels,
            "block_seconds": served.block_s,
            "duration_text": length_text(served.block_s, "ko") if served.block_s else None,
        }
        rows = [[NOW, served.block_s, category, served.levels[category]] for category in hits]
        return (ours, rows), (case["expected"], case["rows_should_be_appended"])

    assert_all(reference_dir, "ethics", check)


def test_one_reading_is_judged_as_published(reference_dir: Path) -> None:
    def check(case: Case) -> tuple[object, object]:
        verdict = judge([Reading("", scores_of(case), whole=True)], case["answer"], OHLORA_V4.ethics, "")
        return [CATEGORY_NAMES[hit.category] for hit in verdict.hits], case["expected"]["categories"]

    assert_all(reference_dir, "ethics", check)


def test_escalation_tables(reference_dir: Path) -> None:
    tables = section(reference_dir, "ethics")["block_tables_seconds"]
    ours = {category: {str(i): s for i, s in enumerate(table, start=1)} for category, table in BLOCK_S.items()}
    assert ours == tables


def test_the_block_that_ends_last_holds(reference_dir: Path) -> None:
    def check(case: Case) -> tuple[object, object]:
        starts = [(datetime.fromtimestamp(row[0], UTC), row[1]) for row in case["log"]]
        blocks = [Block(start, start + timedelta(seconds=length)) for start, length in starts]
        block = active_block(blocks, datetime.fromtimestamp(case["now"], UTC))
        ours = None if block is None else int(block.ends_at.timestamp())
        return (block is not None, ours), (case["expected_blocked"], case["latest_expiry"])

    assert_all(reference_dir, "block_check", check)
