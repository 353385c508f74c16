"""The fields of a configuration file's tables. Generated from the stub by tools/make_fields.py."""

from typing import NamedTuple


class Field(NamedTuple):
    """A constructor's argument: its type, whether it must be given, whether None is another value than the default."""

    kind: str
    required: bool = False
    nullable: bool = False


FIELDS: dict[str, dict[str, Field]] = {
    "Cap": {
        "scope": Field("str", required=True),
        "tokens": Field("int"),
        "usd": Field("float"),
        "per": Field("float"),
        "key": Field("str"),
    },
    "Ceiling": {
        "tokens": Field("int"),
        "usd": Field("float"),
        "seconds": Field("float"),
        "samples": Field("int"),
        "depth": Field("int"),
        "escalations": Field("int"),
    },
    "Doubt": {
        "low_confidence": Field("float", nullable=True),
        "low_logprob": Field("float"),
        "caught": Field("float"),
        "false_alarms": Field("float"),
    },
    "Ladder": {
        "rungs": Field("list[Rung]", required=True),
        "default": Field("str"),
        "start_max": Field("str"),
        "thinking": Field("str"),
        "forbid": Field("list[str]"),
    },
    "Ledger": {
        "caps": Field("list[Cap]", required=True),
        "ttl": Field("float"),
        "accounts": Field("int"),
        "live": Field("int"),
        "offset": Field("float"),
        "seed": Field("int"),
    },
    "Move": {
        "name": Field("str", required=True),
        "most": Field("int"),
        "by": Field("float"),
    },
    "Paced": {
        "usd": Field("float", required=True),
        "per": Field("float"),
        "usd_per_error": Field("float"),
        "queries": Field("float"),
        "weights": Field("dict[str, float]"),
        "fairness": Field("float"),
        "offset": Field("float"),
    },
    "Ramp": {
        "on": Field("str", required=True),
        "moves": Field("list[Move]", required=True),
        "odds": Field("float"),
    },
    "Rules": {
        "window": Field("int"),
        "low_confidence": Field("float", nullable=True),
        "low_logprob": Field("float"),
        "low_top_logprob": Field("float", nullable=True),
        "hysteresis": Field("float"),
        "dwell": Field("int"),
        "low_steps": Field("float", nullable=True),
        "step_window": Field("int"),
        "entropy_level": Field("float"),
        "entropy_rise": Field("float"),
        "branching": Field("float"),
        "hedging": Field("float"),
        "gate": Field("float"),
        "gate_warmup": Field("int"),
        "loops": Field("bool"),
        "loop_period": Field("int"),
        "equal_probes": Field("int"),
        "probe_prob": Field("float"),
        "exit": Field("float"),
        "probe_every": Field("int"),
        "probe_tokens": Field("int"),
        "stall_calls": Field("int"),
        "stall_errors": Field("int"),
        "stall_idle": Field("int"),
        "verify_below": Field("float"),
        "vote": Field("str"),
        "confidence": Field("float"),
        "alpha": Field("float"),
        "retries": Field("int"),
        "ramps": Field("list[Ramp]"),
    },
    "Rung": {
        "name": Field("str", required=True),
        "model": Field("str"),
        "thinking_tokens": Field("int"),
        "effort": Field("str"),
        "thinking_least": Field("int"),
        "samples": Field("int"),
        "depth": Field("int"),
        "agree": Field("int"),
        "in_turn": Field("bool"),
        "answer_tokens": Field("int"),
        "input_price": Field("float"),
        "output_price": Field("float"),
        "cached_price": Field("float"),
        "written_price": Field("float"),
        "context_window": Field("int"),
        "capabilities": Field("list[str]"),
        "ability": Field("float"),
        "doubt": Field("Doubt"),
    },
    "Sessions": {
        "capacity": Field("int"),
        "ttl": Field("float"),
        "cache_ttl": Field("float"),
        "down_after": Field("int"),
    },
    "Shares": {
        "shares": Field("list[float]"),
        "usd_per_1000": Field("float"),
        "hysteresis": Field("float"),
    },
    "Threshold": {
        "thresholds": Field("list[float]", required=True),
    },
    "Utility": {
        "usd_per_error": Field("float", required=True),
    },
}
