//! Requests that change something at their provider: they must not be sent twice.

use rheostat_wire::body;
use serde_json::{Value, json};

fn is_once(more: &Value) -> bool {
    let mut body =
        json!({"model": "auto", "messages": [{"role": "user", "content": "Why is the sky blue?"}]});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let text = body.to_string();
    body::read(text.as_bytes(), 16_384).unwrap().request.once
}

#[test]
fn what_the_provider_keeps_or_does_is_asked_for_once() {
    for more in [
        json!({"conversation": "conv_1"}),
        json!({"conversation": {"id": "conv_1"}}),
        json!({"conversation_id": "c"}),
        json!({"thread_id": "t"}),
        json!({"mcp_servers": [{"type": "url", "url": "https://mcp.example", "name": "tracker"}]}),
        json!({"container": "container_1"}),
        json!({"container": {"id": "container_1", "skills": []}}),
        json!({"tools": [{"type": "mcp", "server_label": "tracker", "server_url": "https://mcp.example"}]}),
        json!({"tools": [{"type": "web_search"}, {"server_label": "x", "type": "mcp", "require_approval": "never"}]}),
        json!({"tools": [{"type": "code_interpreter", "container": "cntr_1"}]}),
        json!({"tools": [{"type": "shell", "environment": {"type": "container_reference", "container_id": "cntr_1"}}]}),
    ] {
        assert!(is_once(&more), "{more}");
    }
}

#[test]
fn what_only_reads_may_be_asked_for_again() {
    for more in [
        json!({}),
        json!({"previous_response_id": "resp_1", "store": true}),
        json!({"cachedContent": "cachedContents/1"}),
        json!({"conversation": null, "mcp_servers": [], "container": null, "conversation_id": ""}),
        json!({"tools": [{"type": "function", "function": {"name": "mcp", "parameters": {"type": "object"}}}]}),
        json!({"tools": [{"name": "mcp", "input_schema": {"type": "object", "properties": {"type": {"const": "mcp"}}}}]}),
        json!({"tools": [{"type": "web_search"}, {"type": "file_search"}, {"type": "image_generation"}]}),
        json!({"tools": [{"type": "code_interpreter", "container": {"type": "auto"}}]}),
        json!({"tools": [{"type": "shell", "environment": {"type": "container_auto"}}]}),
        json!({"tools": [{"type": "code_execution_20250825", "name": "code_execution"}]}),
        json!({"web_search_options": {}}),
    ] {
        assert!(!is_once(&more), "{more}");
    }
}
