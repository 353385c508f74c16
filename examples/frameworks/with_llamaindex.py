"""LlamaIndex under a governor: it takes a governed client. pip install rheostat llama-index-llms-openai-like."""

import openai
from llama_index.llms.openai_like import OpenAILike

import rheostat as rh

governor = rh.Governor(rh.Ladder.of("gpt-4o-mini", "gpt-4o"))
llm = OpenAILike(model="auto", is_chat_model=True, openai_client=rh.openai.govern(openai.OpenAI(), governor))
reply = llm.complete("What is the capital of France?")
decision = rh.decision_of(reply.raw)
print(reply.text, decision and decision.rung)
