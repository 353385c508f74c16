"""A web service on a governed client: answers stream, thumbs come back, and the service learns from them.

    OPENAI_API_KEY=… uvicorn examples.service:app

    POST /chat      {"text": "…", "session": "chat-17"}  → the answer, piece by piece; its decision is in the headers
    POST /feedback  {"plan": "…", "rung": "…", "score": 1.0}

A client that goes away takes its upstream request with it. A payer whose cap is used up gets 429. Needs fastapi and openai.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import openai
from fastapi import FastAPI, Header
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel

import rheostat as rh

ladder = rh.Ladder.of("gpt-4o-mini", {"model": "o4-mini", "efforts": ["low", "high"]})
ledger = rh.Ledger([rh.Cap("tenant", usd=5.0, per=86_400)])
governor = rh.Governor(ladder, ceiling=rh.Ceiling(tokens=60_000, usd=0.20, seconds=90), ledger=ledger)
loop = rh.learn.Loop(governor)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Learns in the background while the service is up."""
    loop.start()
    yield
    loop.stop()


app = FastAPI(lifespan=lifespan)
client = rh.openai.govern(openai.AsyncOpenAI(), governor)


class Ask(BaseModel):
    """A question."""

    text: str
    session: str | None = None


class Feedback(BaseModel):
    """How an answer turned out: a thumb, a test that passed, a judge's grade."""

    plan: str
    rung: str
    score: float


@app.post("/chat")
async def chat(ask: Ask, customer: str = Header("anonymous", alias="x-customer")) -> StreamingResponse:
    """Answers a question, piece by piece."""
    headers = {"x-rheostat-tenant": customer} | ({"x-rheostat-session": ask.session} if ask.session else {})
    said: Any = [{"role": "user", "content": ask.text}]
    stream = await client.chat.completions.create(model="auto", messages=said, stream=True, extra_headers=headers)
    decision = rh.decision_of(stream)
    assert decision is not None

    async def pieces() -> AsyncIterator[str]:
        # Leaving the block closes the stream, also when the reader has gone.
        async with stream:
            async for chunk in stream:
                if chunk.choices and chunk.choices[0].delta.content:
                    yield chunk.choices[0].delta.content

    shown = {"x-plan": decision.plan.id, "x-rung": decision.rung, "x-model": decision.model}
    return StreamingResponse(pieces(), media_type="text/plain; charset=utf-8", headers=shown)


@app.post("/feedback", status_code=204)
async def feedback(given: Feedback) -> None:
    """Reports how an answer turned out, now or later."""
    governor.outcome(given.plan, rung=given.rung, score=given.score, kind="thumbs")


@app.exception_handler(openai.APIStatusError)
async def refused(_: Any, error: openai.APIStatusError) -> JSONResponse:
    """The provider's refusal, or the governor's own."""
    later = {"retry-after": error.response.headers["retry-after"]} if "retry-after" in error.response.headers else {}
    return JSONResponse({"error": error.message}, error.status_code, later)


@app.exception_handler(rh.RheostatError)
async def unusable(_: Any, error: rh.RheostatError) -> JSONResponse:
    """A report of an unknown plan or rung, in words."""
    return JSONResponse({"error": str(error)}, 422)
