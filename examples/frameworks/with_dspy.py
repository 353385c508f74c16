"""DSPy under a governor: its engine LiteLLM sends through a governed client of httpx. pip install rheostat dspy litellm."""

import dspy
import httpx
import litellm

import rheostat as rh

governor = rh.Governor(rh.Ladder.of("gpt-4o-mini", "gpt-4o"))
litellm.client_session = rh.httpx.govern(httpx.Client(), governor)
dspy.configure(lm=dspy.LM("openai/auto", engine="litellm"))
reply = dspy.Predict("question -> answer")(question="What is the capital of France?")
print(reply.answer)
