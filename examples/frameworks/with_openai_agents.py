"""OpenAI's Agents SDK under a governor: all of its agents use the governed client. pip install rheostat openai-agents."""

import agents
import openai

import rheostat as rh

governor = rh.Governor(rh.Ladder.of("gpt-4o-mini", "gpt-4o"))
agents.set_default_openai_client(rh.openai.govern(openai.AsyncOpenAI(), governor), use_for_tracing=False)
agents.set_default_openai_api("chat_completions")
reply = agents.Runner.run_sync(agents.Agent(name="Guide", model="auto"), "What is the capital of France?")
print(reply.final_output, governor.ladder.rungs[0].name)
