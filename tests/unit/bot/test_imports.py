"""Nothing in bot loads a model library when it is imported, so that the command line starts at once."""

import subprocess
import sys

from tests.conftest import ROOT

SCRIPT = """
import importlib, pkgutil, sys, warnings
warnings.simplefilter("ignore")
import bot
for module in pkgutil.walk_packages(bot.__path__, "bot."):
    importlib.import_module(module.name)
print([name for name in ("torch", "transformers", "sentence_transformers", "sklearn") if name in sys.modules])
"""


def test_no_module_of_bot_loads_a_model_library() -> None:
    result = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
