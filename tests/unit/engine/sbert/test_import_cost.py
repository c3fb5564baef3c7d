import subprocess
import sys


def test_rules_and_encoders_import_no_model_library() -> None:
    code = (
        "import sys, engine.sbert.encoder, engine.sbert.verdict, engine.sbert.retrieval, engine.rules.memory_store;"
        "print([name for name in ('torch', 'transformers', 'sentence_transformers') if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert out.stdout.strip() == "[]"
