"""Thinking that is budgeted, raised and ended inside vLLM, by custom logits processors.

    vllm serve MODEL --logits-processors rheostat.vllm:V2Processor      # or V1Processor, for the runner of that interface

A request carries its budget, and the tokens that open and close a thinking, in its extra arguments:

    spec = rheostat.vllm.extra_args(call, rheostat.transformers.Tokens(end=[2], think_end=[128014]), opened=True)
    client.completions.create(model=call.model, prompt=prompt, max_tokens=spec.max_tokens, extra_body={"vllm_xargs": spec.args})

vLLM samples in a process of its own, so each request has a small run there: one rung with the call's grant, whose thinking
may grow while it is doubted (`thinking="raise"`), up to `most`. The outer run counts the tokens that come. Thinking ends by
forcing its closing tokens, and the text by forcing its end.

Both classes are tested against vLLM's published interfaces (0.33), not within vLLM.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from rheostat._checks import invalid, whole
from rheostat._native import Action, Call, Ceiling, Governor, Ladder, Rung
from rheostat._steer import Steered, Tokens
from rheostat.errors import MissingExtraError

__all__ = ["Spec", "extra_args"]

NAME = "rheostat"
"""The name of the extra argument."""
TOP = 20
"""Candidates that are reported of each token: a whole row would be copied from the device."""
_FIELDS = {"thinking", "answer", "most", "opened", "end", "think_start", "think_end"}


@dataclass(frozen=True)
class Spec:
    """A request's extra arguments.

    Attributes:
        args: For `extra_body={"vllm_xargs": args}`, or `SamplingParams(extra_args=args)`.
        max_tokens: The request's limit, which has room for a thinking that is raised.
    """

    args: dict[str, str]
    max_tokens: int


def extra_args(call: Call, tokens: Tokens, *, opened: bool = False, most: int | None = None) -> Spec:
    """The extra arguments of a call's request.

    Args:
        call: The call.
        tokens: The ids that mean something to the model.
        opened: True if the prompt leaves the thinking open, as the templates of some models do.
        most: The most tokens of thinking that the engine may raise the budget to; the call's own budget if not given, so that
            nothing is raised. Tokens beyond the call's grant count as overshot in the outer run.

    Raises:
        InvalidValueError: No token ends a text, or a `most` below the call's budget.
    """
    if not tokens.end:
        raise invalid("tokens.end", "none", "at least one token")
    thinking = call.thinking_tokens
    most = thinking if most is None else whole("most", most, thinking)
    answer = call.max_tokens - thinking
    fields = {
        "thinking": thinking,
        "answer": answer,
        "most": most,
        "opened": opened,
        "end": list(tokens.end),
        "think_start": tokens.think_start,
        "think_end": list(tokens.think_end),
    }
    return Spec({NAME: json.dumps(fields, separators=(",", ":"))}, most + answer)


def _read(params: Any) -> dict[str, Any] | None:
    """The fields of a request, or None if it is not governed.

    Raises:
        ValueError: They cannot be read; vLLM refuses the request then.
    """
    given = (getattr(params, "extra_args", None) or {}).get(NAME)
    if given is None:
        return None
    try:
        fields = json.loads(given) if isinstance(given, str) else given
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{NAME} is malformed: {error}") from error
    if not isinstance(fields, Mapping) or not fields.keys() <= _FIELDS or not {"thinking", "answer", "end"} <= fields.keys():
        raise ValueError(f"{NAME} must be what rheostat.vllm.extra_args makes")
    read = {"most": fields["thinking"], "opened": False, "think_start": None, "think_end": [], **fields}
    whole("thinking", read["thinking"], 0)
    whole("answer", read["answer"], 1)
    whole("most", read["most"], read["thinking"])
    for name in ("end", "think_end"):
        if not isinstance(read[name], list):
            raise ValueError(f"{name} must be a list of ids, got {type(read[name]).__name__}")
        for token in read[name]:
            whole(name, token, 0)
    if not read["end"]:
        raise invalid("end", "none", "at least one token")
    if read["think_start"] is not None:
        whole("think_start", read["think_start"], 0)
    return read


@lru_cache(maxsize=256)
def _governor(thinking: int, answer: int, most: int) -> Governor:
    """A governor of one rung, which may raise its thinking."""
    ladder = Ladder(
        [Rung("engine", thinking_tokens=thinking, answer_tokens=answer)], thinking="raise" if most > thinking else "never"
    )
    return Governor(ladder, ceiling=Ceiling(tokens=most + answer))


class _Request:
    """A governed request of the engine: its own run and stream, and the tokens that it has heard."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        governor = _governor(fields["thinking"], fields["answer"], fields["most"])
        self.run = governor.plan("").start()
        tokens = Tokens(end=fields["end"], think_start=fields["think_start"], think_end=fields["think_end"])
        [call] = self.run.next()
        self.stream = Steered(call.sample(0), tokens, call.thinking_tokens, thinking=bool(fields["opened"]))
        self.heard = 0
        self._asked = -1
        self._forced: int | None = None

    def resume(self, ids: Sequence[int]) -> None:
        """Hears what it had written before it was preempted."""
        for token in ids:
            self.stream.hear(self.stream.sample.token())
            self.stream.drawn(token)
        self.heard = len(ids)

    def next(self, ids: Sequence[int], top: Callable[[], Any]) -> int | None:
        """The token that must come behind the written ones, or None. Asked twice at one place, it says the same."""
        for token in ids[self.heard :]:
            self.stream.drawn(token)
        self.heard = len(ids)
        if self._asked != self.heard:
            self._asked = self.heard
            self._forced = self.stream.next(partial(self._tell, top))
        return self._forced

    def _tell(self, top: Callable[[], Any]) -> Action:
        return self.stream.sample.token(None, top())


def _force(logits: Any, row: int, token: int | None) -> None:
    if token is not None:
        logits[row] = -float("inf")
        logits[row, token] = 0.0


def _candidates(logits: Any, row: int) -> Any:
    """The log-probabilities of the likeliest tokens of a row."""
    return logits[row].float().log_softmax(-1).topk(min(TOP, int(logits.shape[-1]))).values.cpu().numpy()


class _Validates:
    @classmethod
    def validate_params(cls, sampling_params: Any) -> None:
        """Refuses a request whose extra argument cannot be read."""
        _read(sampling_params)


class _V1(_Validates):
    """The interface of model runner V1: the batch's rows are requests, and change by updates."""

    def __init__(self, vllm_config: Any, device: Any, is_pin_memory: bool) -> None:
        del vllm_config, device, is_pin_memory
        self._rows: dict[int, tuple[_Request, list[int]]] = {}

    def is_argmax_invariant(self) -> bool:
        """False: a forced token is not the likeliest."""
        return False

    def update_state(self, batch_update: Any) -> None:
        """Follows the batch: rows that left, came, and moved, in this order."""
        if batch_update is None:
            return
        for row in batch_update.removed:
            self._rows.pop(row, None)
        for row, params, _, written in batch_update.added:
            fields = _read(params)
            self._rows.pop(row, None)
            if fields is not None:
                request = _Request(fields)
                request.resume([token for token in written if token >= 0])
                self._rows[row] = (request, written)
        for first, second, way in batch_update.moved:
            one, other = self._rows.pop(first, None), self._rows.pop(second, None)
            if one is not None:
                self._rows[second] = one
            if other is not None and way.name == "SWAP":
                self._rows[first] = other

    def apply(self, logits: Any) -> Any:
        """The logits, where a token must come: of that token alone."""
        for row, (request, written) in self._rows.items():
            # A token that is still on its way from the device stands as -1.
            known = written[: written.index(-1)] if -1 in written[request.heard :] else written
            _force(logits, row, request.next(known, partial(_candidates, logits, row)))
        return logits


class _V2(_Validates):
    """The interface of model runner V2: requests keep a slot, and the rows of a step are mapped to slots."""

    def __init__(self, vllm_config: Any, req_states: Any) -> None:
        if getattr(vllm_config, "speculative_config", None) is not None:
            raise ValueError("rheostat.vllm governs one token at a time: turn speculative decoding off")
        self._states = req_states
        self._slots: dict[int, tuple[_Request, list[int]]] = {}
        self._fresh: set[int] = set()

    def add_request(self, req_idx: int, sampling_params: Any) -> bool:
        """Takes a slot for a request. True if it is governed."""
        self._slots.pop(req_idx, None)
        fields = _read(sampling_params)
        if fields is not None:
            self._slots[req_idx] = (_Request(fields), [])
            self._fresh.add(req_idx)
        return fields is not None

    def apply_staged_writes(self) -> None:
        """Nothing is staged."""

    def apply(self, logits: Any, ctx: Any) -> Any:
        """The logits, where a token must come: of that token alone."""
        if not self._slots or not any(int(slot) in self._slots for slot in ctx.idx_mapping_np):
            return logits
        slots, places, fed = (values.tolist() for values in (ctx.expanded_idx_mapping, ctx.pos, ctx.input_ids))
        for row, slot in enumerate(slots):
            if slot not in self._slots or places[row] + 1 < int(self._states.prefill_len.np[slot]):
                continue  # not governed, or a part of a prompt, whose token is thrown away
            request, written = self._slots[slot]
            start = int(self._states.prompt_len.np[slot])
            if slot in self._fresh:
                self._fresh.discard(slot)
                # A request that was preempted comes back with what it had written.
                written += self._states.all_token_ids.gpu[slot, start : places[row] + 1].tolist()
                request.resume(written)
            elif places[row] + 1 - start > len(written):
                written.append(fed[row])
            _force(logits, row, request.next(written, partial(_candidates, logits, row)))
        return logits


_CLASSES: dict[str, tuple[type, str]] = {
    "V1Processor": (_V1, "vllm.v1.sample.logits_processor.interface"),
    "V2Processor": (_V2, "vllm.v1.worker.gpu.sample.logits_processor.interface"),
}
"""The classes that vLLM loads, made when they are first asked for: their bases are vLLM's."""


def __getattr__(name: str) -> Any:
    if name not in _CLASSES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    own, module = _CLASSES[name]
    try:
        base = __import__(module, fromlist=["LogitsProcessor"]).LogitsProcessor
    except ImportError as error:
        raise MissingExtraError(f"{module} is not installed: pip install vllm") from error
    made = types.new_class(
        name, (own, base), exec_body=lambda body: body.update({"__module__": __name__, "__doc__": own.__doc__})
    )
    globals()[name] = made
    return made
