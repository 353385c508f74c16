"""LangChain under a governor: its client of httpx is governed. pip install rheostat langchain-openai."""

import httpx
from langchain_openai import ChatOpenAI

import rheostat as rh

governor = rh.Governor(rh.Ladder.of("gpt-4o-mini", "gpt-4o"))
chat = ChatOpenAI(model="auto", http_client=rh.httpx.govern(httpx.Client(), governor), include_response_headers=True)
reply = chat.invoke("What is the capital of France?")
print(reply.text, reply.response_metadata["headers"]["x-rheostat-rung"])
