"""A governed client of OpenAI's SDK. It needs `OPENAI_API_KEY`; `OPENAI_BASE_URL` may name any server with chat completions."""

import openai

import rheostat as rh

governor = rh.Governor(rh.Ladder.of("gpt-4o-mini", "gpt-4o"), ceiling=rh.Ceiling(usd=0.05, seconds=60))
client = rh.openai.govern(openai.OpenAI(), governor)

reply = client.chat.completions.create(model="auto", messages=[{"role": "user", "content": "What is the capital of France?"}])
if decision := rh.decision_of(reply):
    print(decision.model, decision.run.spent, reply.choices[0].message.content)
