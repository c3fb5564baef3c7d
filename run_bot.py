"""Start Oh-LoRA's command line: `python run_bot.py --help`."""

import sys

try:
    from bot.cli.main import main
except ModuleNotFoundError as error:
    ROOMS = ("bot", "engine", "storage", "weights")
    if error.name is None or error.name.split(".")[0] not in ROOMS:
        sys.exit(f"error: the package {error.name} is not installed; run `make install` and use .venv/bin/python")
    sys.exit(f"error: the folder {error.name.split('.')[0]} is missing or incomplete; restore it with git")

if __name__ == "__main__":
    main()
