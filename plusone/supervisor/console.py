"""One output for many: each line with the name of who said it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TextIO

SELF = "plusone"
_COLOURS = (36, 33, 35, 32, 34, 31)


@dataclass
class Console:
    """Where lines go; `lost` once nobody reads there any more (`plusone up | head`)."""

    output: TextIO
    names: Sequence[str]
    lost: bool = field(default=False)

    def say(self, name: str, line: str) -> None:
        """Writes a line under a name: aligned, and dimmed in the name's colour on a terminal only."""
        width = max(map(len, [SELF, *self.names]))
        prefix = f"{name:<{width}} |"
        if self.output.isatty() and name in self.names:
            prefix = f"\x1b[2;{_COLOURS[self.names.index(name) % len(_COLOURS)]}m{prefix}\x1b[0m"
        self._write(f"{prefix} {line}\n")

    def _write(self, text: str) -> None:
        try:
            self.output.write(text)
            self.output.flush()
        except BrokenPipeError:
            self.lost = True
