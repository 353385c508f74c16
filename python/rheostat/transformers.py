"""Governs models of this process, run by Hugging Face transformers: thinking is budgeted, raised and ended while they write.

engine = rheostat.transformers.Engine(model, tokenizer, think_end="</think>")
runs = rheostat.transformers.generate(governor, ["Why is the sky blue?", "Is 91 prime?"], {"small-model": engine})
runs[0].answer

`generate` answers asks: it generates the samples of all runs in batches, until every run has ended. `Steer` stands between
samples and a model's own `generate`, for a loop of yours: a `LogitsProcessor` that reports each row's logits to its sample
and forces the tokens that end a thinking or a text, with a `StoppingCriteria` for rows that have ended.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from rheostat._checks import invalid, whole
from rheostat._extras import need
from rheostat._native import Call, Governor, Run, Sample
from rheostat._steer import Steered, Tokens
from rheostat.errors import UnknownNameError

__all__ = ["Engine", "Row", "Steer", "Tokens", "generate"]

Messages = Sequence[Mapping[str, Any]]


class Steer:
    """Reports the logits of a batch to samples, and forces what their runs decide: a `LogitsProcessor`.

    Pass it as `logits_processor=[steer]` and `stopping_criteria=[steer.stopping]`. Call `finish` with the ids that came.

    Args:
        samples: The samples, one for each row of the batch. Beams are not governed, since they mix rows.
        tokens: The ids that mean something.
        budgets: Each row's budget for thinking, in tokens: its call's `thinking_tokens`.
        runs: Each row's run, by any number: an action that ends a run ends all of its rows. All rows are apart if not given.
        top: None reports whole rows of logits. A number reports that number of likeliest candidates, which are taken where the
            logits are: that spares copying a vocabulary from a device for each token. Their entropy is then the candidates' part.

    Raises:
        InvalidValueError: Not as many budgets or runs as samples, no token that ends a text, or a `top` below 1.
    """

    supports_continuous_batching = False

    def __init__(
        self,
        samples: Sequence[Sample],
        tokens: Tokens,
        budgets: Sequence[int],
        *,
        runs: Sequence[int] | None = None,
        top: int | None = None,
    ) -> None:
        runs = range(len(samples)) if runs is None else runs
        for name, given in (("budgets", budgets), ("runs", runs)):
            if len(given) != len(samples):
                raise invalid(name, len(given), f"{len(samples)}, one for each sample")
        if not tokens.end:
            raise invalid("tokens.end", "none", "at least one token")
        self._rows = [Steered(sample, tokens, whole("budgets", budget)) for sample, budget in zip(samples, budgets, strict=True)]
        self._runs = list(runs)
        self._tokens = tokens
        self._top = None if top is None else whole("top", top, 1)
        self._prompt: int | None = None

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """The logits of the next tokens: the model's own, or those of the one token that must come."""
        if len(input_ids) != len(self._rows):
            raise invalid("the batch", f"{len(input_ids)} rows", f"{len(self._rows)} rows, one for each sample (no beams)")
        self._read(input_ids)
        for row, values in enumerate(self._values(scores)):
            one = self._rows[row]
            report = partial(one.sample.logits, values) if self._top is None else partial(one.sample.token, None, values)
            forced = one.next(report)
            if one.stop is not None and one.stop.scope == "run":
                for other, run in zip(self._rows, self._runs, strict=True):
                    other.stop = other.stop or (one.stop if run == self._runs[row] else None)
            if forced is not None:
                scores[row] = -float("inf")
                scores[row, forced] = 0.0
        return scores

    def _read(self, input_ids: Any) -> None:
        """Hears the tokens that were drawn since the last call; at the first, if the prompts leave their thinking open."""
        if self._prompt is None:
            self._prompt = int(input_ids.shape[1])
            for one, ids in zip(self._rows, input_ids.tolist(), strict=True):
                one.thinking = self._tokens.thinks_after(ids)
        else:
            for one, token in zip(self._rows, input_ids[:, -1].tolist(), strict=True):
                one.drawn(token)

    def _values(self, scores: Any) -> Any:
        rows = scores.detach().float()
        if self._top is not None:
            rows = rows.log_softmax(-1).topk(min(self._top, int(rows.shape[-1]))).values
        return rows.cpu().numpy()

    def stopping(self, input_ids: Any, *_: Any, **__: Any) -> Any:
        """A `StoppingCriteria`: a flag for each row, true once its text has ended."""
        newest = input_ids[:, -1].tolist()
        ended = [one.ended or token in self._tokens.end for one, token in zip(self._rows, newest, strict=True)]
        return need("torch", "transformers").tensor(ended, device=input_ids.device)

    def finish(self, sequences: Any, decode: Callable[[list[int]], str]) -> list[str]:
        """Ends the samples with what came, and returns the texts behind the thinking.

        Args:
            sequences: The ids that `generate` returned, prompts included.
            decode: Makes a text of ids: the tokenizer's `decode`.
        """
        texts = []
        for one, ids in zip(self._rows, sequences[:, self._prompt or 0 :].tolist(), strict=True):
            end = next((i for i, token in enumerate(ids) if token in self._tokens.end), None)
            for token in ids[-1:] if end is None else ids[end : end + 1]:
                one.drawn(token)
            texts.append(decode(self._tokens.answer(ids[:end], thinking=one.thinking)))
            one.finish(texts[-1])
        return texts


@dataclass(frozen=True)
class Row:
    """One row of a batch.

    Attributes:
        call: The call.
        index: The sample's number in the call.
        messages: The conversation to continue.
        run: The run that it belongs to, by any number.
    """

    call: Call
    index: int
    messages: Messages
    run: int


@dataclass
class Engine:
    """A model and its tokenizer.

    Attributes:
        model: A causal language model of transformers.
        tokenizer: Its tokenizer, with a token that pads.
        think_start: The text of the one token that opens the thinking, such as `"<think>"`, or None.
        think_end: The text that ends the thinking, such as `"</think>"`, or None for a model that does not think.
        options: Further arguments of `generate`, such as `{"do_sample": True, "temperature": 0.7}`.
        template: Further arguments of `apply_chat_template`.
        top: As for `Steer`.
    """

    model: Any
    tokenizer: Any
    think_start: str | None = None
    think_end: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    template: Mapping[str, Any] = field(default_factory=dict)
    top: int | None = None

    def tokens(self) -> Tokens:
        """The ids of its tokens.

        Raises:
            InvalidValueError: `think_start` is not one token.
        """
        ends = self.model.generation_config.eos_token_id
        ends = self.tokenizer.eos_token_id if ends is None else ends
        ends = ends if isinstance(ends, list) else [] if ends is None else [ends]
        start = self._ids(self.think_start)
        if len(start) > 1:
            raise invalid("think_start", f"{self.think_start!r} of {len(start)} tokens", "one token")
        return Tokens(end=ends, think_start=start[0] if start else None, think_end=self._ids(self.think_end))

    def _ids(self, text: str | None) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False)) if text else []

    def prompt(self, messages: Messages) -> str:
        """The text of a conversation: by the tokenizer's template, or its contents on lines of their own if it has none."""
        if self.tokenizer.chat_template:
            text = self.tokenizer.apply_chat_template(list(messages), tokenize=False, add_generation_prompt=True, **self.template)
            return str(text)
        return "".join(f"{message.get('content') or ''}\n" for message in messages)

    def generate(self, rows: Sequence[Row]) -> list[str]:
        """Generates one batch, ends its samples, and returns the texts."""
        samples = [row.call.sample(row.index) for row in rows]
        budgets = [row.call.thinking_tokens for row in rows]
        steer = Steer(samples, self.tokens(), budgets, runs=[row.run for row in rows], top=self.top)
        self.tokenizer.padding_side = "left"
        plain = not self.tokenizer.chat_template
        texts = [self.prompt(row.messages) for row in rows]
        batch = self.tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=plain).to(self.model.device)
        for sample, given in zip(samples, batch["attention_mask"].sum(1).tolist(), strict=True):
            sample.usage(input=given)
        # The runs end their rows: a grant, and a thinking budget that is raised once more.
        most = max(row.call.max_tokens + row.call.thinking_tokens for row in rows)
        window = getattr(self.model.config, "max_position_embeddings", None)
        room = most if window is None else int(window) - int(batch["input_ids"].shape[1])
        sequences = self.model.generate(
            **batch,
            **self.options,
            max_new_tokens=max(1, min(most, room)),
            logits_processor=[steer],
            stopping_criteria=[steer.stopping],
            pad_token_id=self.tokenizer.pad_token_id,
        )
        return steer.finish(sequences, lambda ids: str(self.tokenizer.decode(ids, skip_special_tokens=True)))


def generate(governor: Governor, asks: Sequence[str | Messages], engines: Mapping[str, Engine], *, batch: int = 32) -> list[Run]:
    """Answers asks with models of this process, under a governor.

    Args:
        governor: The governor. A ladder with `thinking="raise"` lets a sample think longer while it runs.
        asks: Texts, or conversations as lists of messages.
        engines: The engine of each model on the ladder, by the model's name.
        batch: The most rows of one batch.

    Returns:
        The runs, each with its `answer`, `settled` and `spent`.

    Raises:
        UnknownNameError: A rung's model has no engine.
        InvalidValueError: A `batch` below 1.
        Exception: An error of an engine; the runs are then closed.
    """
    whole("batch", batch, 1)
    for rung in governor.ladder.rungs:
        if rung.model not in engines:
            raise UnknownNameError(f'unknown engine "{rung.model}"; known: {", ".join(engines)}')
    said = [[{"role": "user", "content": ask}] if isinstance(ask, str) else list(ask) for ask in asks]
    bodies = [json.dumps({"model": "auto", "messages": messages}) for messages in said]
    with ExitStack() as stack:
        runs = [stack.enter_context(governor.plan(body=body).start()) for body in bodies]
        while rows := _granted(runs, bodies):
            for model, granted in rows.items():
                for start in range(0, len(granted), batch):
                    engines[model].generate(granted[start : start + batch])
    return runs


def _granted(runs: Sequence[Run], bodies: Sequence[str]) -> dict[str, list[Row]]:
    """The rows that the runs ask for now, by model."""
    rows: dict[str, list[Row]] = {}
    for number, (run, body) in enumerate(zip(runs, bodies, strict=True)):
        for call in run.next():
            messages = json.loads(call.rewrite(body, "openai.chat").body)["messages"]
            rows.setdefault(call.model, []).extend(Row(call, index, messages, number) for index in range(call.samples))
    return rows
