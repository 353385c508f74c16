"""The keys of LiteLLM's `complexity_router_config`: what becomes a setting, and why the others have none."""

from __future__ import annotations

__all__ = ["CLASSIFIERS", "DIALS", "LIMITS", "WHY", "is_key"]

_SCORES = "LiteLLM's own scores are not rheostat's; its shares of the traffic decide (set them in [policy])"
_WORDS = "rheostat reads what is asked for, in some twenty languages, and takes no lists of words"
WHY: dict[str, str] = {
    "tier_boundaries": _SCORES,
    "token_thresholds": _SCORES,
    "dimension_weights": _SCORES,
    "custom_dimensions": _SCORES,
    "reasoning_override_min_score": _SCORES,
    "code_keywords": _WORDS,
    "reasoning_keywords": _WORDS,
    "technical_keywords": _WORDS,
    "custom_technical_keywords": _WORDS,
    "simple_keywords": _WORDS,
    "keyword_tier_rules": "name the rung of such a request yourself: `plan(rung=…)`",
    "escalation_keywords": "a complaint goes up a rung by itself; a user's own choice is `plan(rung=…)`",
    "stall_escalation_enabled": "a run reads stalls in the stream: see the signals",
    "stall_escalation_window": "see stall_escalation_enabled",
    "stall_escalation_repeat_threshold": "see stall_escalation_enabled",
    "plan_mode_min_tier": "plan mode is recognised, and starts at the default rung at least",
    "plan_mode_patterns": "plan mode is recognised from what harnesses write",
    "route_housekeeping_to_cheapest_tier": "chores are recognised, and go to the lowest rung",
    "housekeeping_patterns": "chores are recognised from what harnesses write",
    "reminder_markers": "wrappers around the ask are recognised from what harnesses write",
    "max_tokens_from_tier_model": "a rung's limit is cut to the plan's; a client's smaller limit stays",
    "enable_context_window_escalation": "a rung whose context window is too small is not open",
    "context_window_escalation_buffer": "see enable_context_window_escalation",
    "modality_routing": "a rung is open if it has the capabilities that a request needs: set `capabilities`",
    "modality_pin_override": "see modality_routing",
    "session_affinity": "plans with `session=` stay on their rung while a change costs more than it gains",
    "deployment_affinity": "LiteLLM keeps choosing the deployment",
    "session_affinity_ttl_seconds": "see [sessions]",
    "classification_mode": "turns of tools keep the session's rung; every human ask is planned",
    "cache_aware_routing": "the price of a cold cache is weighed: set `cached_price` and `session=`",
    "cache_aware_routing_output_tokens": "see cache_aware_routing",
    "cache_aware_routing_timeout_ms": "see cache_aware_routing",
    "adaptive": "report outcomes, and use policy.Utility: see learning",
    "adaptive_weights": "see adaptive",
    "adaptive_eligible": "see adaptive",
    "tier_distance_penalty": "see adaptive",
    "context_compaction": "stays LiteLLM's",
    "return_raw_model_name": "stays LiteLLM's",
    "plugins": "stay LiteLLM's",
    "semantic_keyword_matching": "see keyword_tier_rules",
    "embedding_model": "see keyword_tier_rules",
    "match_threshold": "see keyword_tier_rules",
    "classification_prompt": "the estimate asks no model",
    "classification_examples": "the estimate asks no model",
    "opensource_classifier_config": "the estimate asks no model",
    "jev_classifier_config": "the estimate asks no model",
    "llm_v2_config": "the estimate asks no model",
    "local_heuristic": _SCORES,
    "heuristic_first_max_tier": _SCORES,
    "hybrid_boundary_margin": _SCORES,
    "classifier_fallback": "the estimate does not fail; without evidence it takes the default rung",
    "tier_labels": "rungs have the tiers' own names, which a classifier answers with",
}
"""Keys that have no setting of rheostat's, and why."""

CLASSIFIERS: dict[str, str] = {
    "custom": "rheostat.litellm.Classifier is such a classifier",
    "heuristic_v2": "its chance of success is not rheostat's: shares of the traffic decide",
}
READ = {
    "tiers", "tier_model_configs", "tier_definitions", "fallback_tier", "enable_non_reasoning_tier", "default_model",
    "classifier_type", "capability_classifier_config", "heuristic_v2_success_threshold",
}  # fmt: skip
"""Keys that become settings, or are noted with them."""
LIMITS = ("max_completion_tokens", "max_tokens")
DIALS = {"reasoning_effort", "thinking", *LIMITS}
"""Parameters of a tier, or of its deployment, that become dials of its rung."""


def is_key(key: object) -> bool:
    """True if a `complexity_router_config` of LiteLLM's has such a key."""
    return key in WHY or key in READ or (isinstance(key, str) and key.startswith("classifier_"))
