"""python -m plusone.simulator --port 8001"""

import argparse
import os
from pathlib import Path

from plusone.simulator.serve import serve


def main() -> None:
    """Reads the command line and serves."""
    parser = argparse.ArgumentParser(prog="python -m plusone.simulator")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--data", type=Path, help="folder for chats and photos")
    given = parser.parse_args()
    data = given.data or Path(os.environ.get("PLUSONE_DATA", "var")) / "simulator"
    serve(given.port, data, given.host)


if __name__ == "__main__":
    main()
