"""python -m plusone: the command line."""

from plusone.cli import main

main()
