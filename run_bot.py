"""Start Oh-LoRA's command line: `python run_bot.py --help`."""

from bot.cli.main import main

if __name__ == "__main__":
    main()
