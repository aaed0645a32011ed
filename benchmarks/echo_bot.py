"""What webhooks are measured against: FastAPI with the official SDK's parser, which checks and parses and
stores nothing.
"""

import os

from fastapi import FastAPI, HTTPException, Request
from linebot.v3 import WebhookParser
from linebot.v3.exceptions import InvalidSignatureError

app = FastAPI()
parser = WebhookParser(os.environ["ECHO_SECRET"])


@app.post("/t/{tenant}/webhook")
async def webhook(tenant: str, request: Request) -> str:
    """Verify, parse, answer 200."""
    body = (await request.body()).decode()
    try:
        parser.parse(body, request.headers.get("x-line-signature", ""))
    except InvalidSignatureError as error:
        raise HTTPException(401) from error
    return "OK"
