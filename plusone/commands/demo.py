"""plusone demo: everything on this machine with a sample shop and the simulator."""

import argparse
import os
import secrets

from plusone.commands.together import Plan, run_together


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("PORT", "8000")), help="first of two ports"
    )


def run(arguments: argparse.Namespace) -> int:
    """Make the database, start all, print the addresses when they answer; Ctrl-C stops all."""
    simulator = f"http://127.0.0.1:{arguments.port + 1}"
    environment = {
        "PLUSONE_DEMO": "1",
        "PLUSONE_PLAIN_STATIC": "1",
        "STRIPE_API_URL": simulator,
        "STRIPE_SECRET_KEY": "sk_test_simulator",
        "STRIPE_WEBHOOK_SECRET": "whsec_simulator",
        **dict.fromkeys(("LINE_API_URL", "LINE_DATA_API_URL", "LINE_ACCESS_URL", "LINE_LIFF_URL"), simulator),
        "LIFF_SDK_URL": f"{simulator}/liff/sdk.js",
        "PLUSONE_LOGIN_CHANNEL_ID": "1650000009",
        "PLUSONE_LOGIN_CHANNEL_SECRET": secrets.token_hex(16),
    }
    return run_together(Plan(arguments.port, environment, simulator=True))
