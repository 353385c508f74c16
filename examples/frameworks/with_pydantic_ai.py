"""Pydantic AI under a governor: its provider takes a governed client. pip install rheostat 'pydantic-ai-slim[openai]'."""

import openai
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

import rheostat as rh

governor = rh.Governor(rh.Ladder.of("gpt-4o-mini", "gpt-4o"))
client = rh.openai.govern(openai.AsyncOpenAI(), governor)
agent = Agent(OpenAIChatModel("auto", provider=OpenAIProvider(openai_client=client)))
reply = agent.run_sync("What is the capital of France?")
print(reply.output, reply.response.model_name)
