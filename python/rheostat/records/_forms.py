"""Forms of logs: the fields by which each is recognised, and the names under which each has the fields of an `Entry`.

One table serves all readers. A name with dots is a path; a step into a list takes its first element. Of several names the first
that has a value counts. A cell of a table (CSV, Parquet) that holds JSON is read as JSON. Names are those of LiteLLM's
`LiteLLM_SpendLogs` and `StandardLoggingPayload`, of OpenAI's batch files, of Langfuse's exports and its API, and of
OpenTelemetry's conventions for generative AI, older ones included.
"""

from __future__ import annotations

from typing import NamedTuple


class Form(NamedTuple):
    """A form of log."""

    name: str
    marks: tuple[tuple[str, ...], ...]
    """A row is of this form if it has one name of each group."""
    fields: dict[str, tuple[str, ...]]
    """By field of an `Entry`: its names, or paths, in the order in which they are looked for."""


FORMS = (
    Form(
        "OpenAI batch output",
        (("custom_id",), ("response", "error")),
        {
            "id": ("custom_id",),
            "model": ("response.body.model",),
            "usage": ("response.body.usage",),
            "answers": ("response.body.choices", "response.body.output"),
            "failed": ("error",),
            "status": ("response.status_code",),
        },
    ),
    Form(
        "OpenAI batch input",
        (("custom_id",), ("body",)),
        {"id": ("custom_id",), "body": ("body",), "model": ("body.model",)},
    ),
    Form(
        "LiteLLM spend logs",
        (("request_id", "litellm_call_id", "id"), ("spend", "response_cost"), ("startTime", "prompt_tokens", "total_tokens")),
        {
            "id": ("request_id", "id", "litellm_call_id"),
            "session": ("session_id", "trace_id"),
            "tenant": ("team_id", "end_user", "user"),
            "model": ("model",),
            "input_tokens": ("prompt_tokens",),
            "cached_tokens": (
                "metadata.additional_usage_values.cache_read_input_tokens",
                "metadata.usage_object.prompt_tokens_details.cached_tokens",
                "metadata.additional_usage_values.prompt_tokens_details.cached_tokens",
            ),
            "output_tokens": ("completion_tokens",),
            "reasoning_tokens": (
                "metadata.usage_object.completion_tokens_details.reasoning_tokens",
                "metadata.additional_usage_values.completion_tokens_details.reasoning_tokens",
            ),
            "usd": ("spend", "response_cost"),
            "query": ("proxy_server_request.messages", "messages", "proxy_server_request.body.messages"),
            "answers": ("response.choices",),
            "status": ("status",),
            "failed": ("error_str",),
        },
    ),
    Form(
        "Langfuse scores",
        (("value", "stringValue", "string_value"), ("traceId", "trace_id"), ("dataType", "data_type", "source")),
        {"id": ("observationId", "observation_id"), "trace": ("traceId", "trace_id"), "score": ("value",)},
    ),
    Form(
        "Langfuse observations",
        (("type",), ("traceId", "trace_id"), ("startTime", "start_time")),
        {
            "id": ("id",),
            "trace": ("traceId", "trace_id"),
            "session": ("sessionId", "session_id", "traceId", "trace_id"),
            "tenant": ("userId", "user_id"),
            "model": ("model", "provided_model_name", "providedModelName", "internalModelId"),
            "input_tokens": ("usageDetails.input", "usage_details.input", "usage.input", "promptTokens"),
            "cached_tokens": (
                "usageDetails.input_cached_tokens",
                "usage_details.input_cached_tokens",
                "usageDetails.cache_read_input_tokens",
                "usage_details.cache_read_input_tokens",
            ),
            "output_tokens": ("usageDetails.output", "usage_details.output", "usage.output", "completionTokens"),
            "reasoning_tokens": ("usageDetails.output_reasoning_tokens", "usage_details.output_reasoning_tokens"),
            "usd": ("totalCost", "total_cost", "calculatedTotalCost", "costDetails.total", "cost_details.total"),
            "query": ("input.messages", "input"),
            "answers": ("output.choices", "output"),
            "kind": ("type",),
        },
    ),
    Form(
        "OpenTelemetry spans",
        (("gen_ai.operation.name", "gen_ai.system", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.model"),),
        {
            "id": ("spanId",),
            "trace": ("traceId",),
            "session": ("gen_ai.conversation.id", "session.id", "traceId"),
            "tenant": ("enduser.id", "user.id"),
            "model": ("gen_ai.response.model", "gen_ai.request.model"),
            "input_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
            "cached_tokens": ("gen_ai.usage.cache_read.input_tokens",),
            "output_tokens": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
            "reasoning_tokens": ("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens"),
            "usd": ("gen_ai.usage.cost",),
            "query": ("gen_ai.input.messages", "gen_ai.prompt"),
            "answers": ("gen_ai.output.messages",),
            "finish": ("gen_ai.response.finish_reasons",),
            "score": ("gen_ai.evaluation.score.value",),
            "failed": ("error.type",),
        },
    ),
    Form(
        "prompts",
        (("prompt", "text", "query", "messages", "body"),),
        {
            "id": ("id", "request_id"),
            "session": ("session", "session_id"),
            "tenant": ("tenant", "user"),
            "model": ("model", "body.model"),
            "rung": ("rung",),
            "input_tokens": ("input_tokens", "prompt_tokens"),
            "cached_tokens": ("cached_tokens",),
            "output_tokens": ("output_tokens", "completion_tokens"),
            "reasoning_tokens": ("reasoning_tokens",),
            "usage": ("usage",),
            "usd": ("usd", "cost", "spend"),
            "query": ("messages", "prompt", "text", "query"),
            "body": ("body",),
            "answers": ("answers",),
            "finish": ("finish_reason",),
            "score": ("score",),
            "scores": ("scores",),
            "propensity": ("propensity",),
        },
    ),
)
"""The forms, in the order in which a row is compared with them."""

WANTED = "; ".join(
    [
        "rheostat records: schema and kind",
        *(f"{form.name}: {' and '.join('|'.join(group) for group in form.marks)}" for form in FORMS),
        "OTLP JSON: resourceSpans",
    ]
)
"""The fields that were looked for, for the message of an unknown log."""
