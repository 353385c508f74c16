//! Gemini's `generateContent`: responses that each add parts to their candidates, and whole ones.

use super::calls::{Call, json_of};
use super::event::Event;
use super::form::{Form, Said};
use super::tree::{Budget, NODE, Node, Object, part};
use super::walk::Walk;
use crate::write::{list, member, object};
use rheostat::Result;
use rheostat::json::Json;
use std::collections::BTreeMap;

/// The response so far.
#[derive(Debug, Default)]
pub(super) struct Generate {
    top: Object,
    candidates: BTreeMap<u64, Candidate>,
}

#[derive(Debug, Default)]
struct Candidate {
    parts: Vec<Object>,
    /// The other fields of its content, such as `role`.
    content: Object,
    rest: Object,
}

impl Form for Generate {
    fn read(&mut self, json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        json.each_member(|json, name| match name {
            b"candidates" => json.each_item(|json, place| self.read_candidate(json, place, said)),
            // Code Assist wraps each response.
            b"response" if json.peek() == Some(b'{') => self.read(json, said),
            name => {
                match name {
                    b"error" => said.error(json)?,
                    b"usageMetadata" => said.reports_usage |= json.peek() == Some(b'{'),
                    // A prompt that is refused has no candidate.
                    b"promptFeedback" => json.ahead(|json| {
                        json.each_member(|json, name| {
                            if name == b"blockReason" {
                                said.finish(json)?;
                                said.event.done = true;
                            }
                            json.skip()
                        })
                    })?,
                    _ => {}
                }
                self.top.field(name, said.budget)?.set(json, said.budget)
            }
        })
    }

    fn fail(&mut self, json: &mut Json<'_>, budget: &mut Budget) -> Result<()> {
        self.top.field(b"error", budget)?.set(json, budget)
    }

    fn calls(&self) -> Vec<Call> {
        let parts = self.candidates.get(&0).into_iter().flat_map(|candidate| &candidate.parts);
        let calls = parts.filter_map(|part| match part.get(b"functionCall") {
            Some(Node::Object(call)) => Some(call),
            _ => None,
        });
        let args = |call: &Object| call.get(b"args").map(json_of).unwrap_or_default();
        let text = |call: &Object, name: &[u8]| call.get(name).and_then(Node::text).unwrap_or_default();
        let read = |call: &Object| Call {
            id: text(call, b"id"),
            name: text(call, b"name"),
            arguments: String::from_utf8_lossy(&args(call)).into_owned(),
        };
        calls.map(read).collect()
    }

    fn write(&self, out: &mut Vec<u8>) {
        object(out, |out| {
            member(out, b"candidates", |out| {
                list(out, &self.candidates, |out, (index, candidate)| candidate.write(*index, out));
            });
            self.top.write_members(out);
        });
    }
}

impl Generate {
    fn read_candidate(&mut self, json: &mut Json<'_>, place: usize, said: &mut Said<'_>) -> Result<()> {
        if json.peek() != Some(b'{') {
            return json.skip();
        }
        let index = json.index()?.unwrap_or(place as u64);
        let (candidate, is_first) = (part(&mut self.candidates, index, said.budget)?, index == 0);
        json.each_member(|json, name| match name {
            b"index" => json.skip(),
            b"content" => json.each_member(|json, name| match name {
                b"parts" => json.each_item(|json, _| candidate.read_part(json, is_first, said)),
                name => candidate.content.field(name, said.budget)?.set(json, said.budget),
            }),
            b"logprobsResult" => {
                if is_first {
                    json.ahead(|json| read_logprobs(json, said.event))?;
                }
                let result = candidate.rest.field(name, said.budget)?;
                result.merge(json, name, said.budget)
            }
            name => {
                if name == b"finishReason" && is_first && json.peek() == Some(b'"') {
                    said.finish(json)?;
                    said.event.done = true;
                }
                candidate.rest.field(name, said.budget)?.set(json, said.budget)
            }
        })
    }
}

impl Candidate {
    /// Reads a part. Text goes on where the part before is text of the same kind.
    fn read_part(&mut self, json: &mut Json<'_>, is_first: bool, said: &mut Said<'_>) -> Result<()> {
        let (mut thinks, mut is_text, mut is_plain) = (false, false, true);
        json.ahead(|json| {
            json.each_member(|json, name| {
                match name {
                    b"thought" => thinks = json.peek() == Some(b't'),
                    b"text" => is_text = json.peek() == Some(b'"'),
                    b"functionCall" => said.event.calls |= is_first,
                    b"thoughtSignature" => {}
                    _ => is_plain = false,
                }
                is_plain &= name != b"functionCall";
                json.skip()
            })
        })?;
        let goes_on = |last: &Object| {
            let thought = matches!(last.get(b"thought"), Some(Node::Raw(raw)) if raw == b"true");
            let plain = last.fields().all(|(name, _)| matches!(name, b"thought" | b"text"));
            plain && thought == thinks && matches!(last.get(b"text"), Some(Node::Text(_)))
        };
        if !(is_text && is_plain && self.parts.last().is_some_and(goes_on)) {
            said.budget.take(2 * NODE)?;
            self.parts.push(Object::default());
        }
        let Some(part) = self.parts.last_mut() else { return json.skip() };
        json.each_member(|json, name| {
            match name {
                b"text" if is_first && thinks => said.reasoning(json)?,
                b"text" if is_first => said.text(json)?,
                b"functionCall" => {
                    let call = part.field(name, said.budget)?;
                    return call.merge_whole(json, said.budget);
                }
                _ => {}
            }
            part.field(name, said.budget)?.merge(json, name, said.budget)
        })
    }

    fn write(&self, index: u64, out: &mut Vec<u8>) {
        object(out, |out| {
            member(out, b"content", |out| {
                object(out, |out| {
                    member(out, b"parts", |out| list(out, &self.parts, |out, part| part.write(out)));
                    self.content.write_missing(b"role", br#""model""#, out);
                    self.content.write_members(out);
                });
            });
            self.rest.write_members(out);
            member(out, b"index", |out| out.extend_from_slice(index.to_string().as_bytes()));
        });
    }
}

/// Reads the log-probabilities of the chosen candidates, and of the likeliest.
fn read_logprobs(json: &mut Json<'_>, event: &mut Event) -> Result<()> {
    let number = |json: &mut Json<'_>| {
        let mut value = f64::NAN;
        json.each_member(|json, name| match name {
            b"logProbability" => json.real().map(|read| value = read),
            _ => json.skip(),
        })?;
        Ok(value)
    };
    json.each_member(|json, name| match name {
        b"chosenCandidates" => json.each_item(|json, _| {
            let value = number(json)?;
            event.logprobs.get_or_insert_default().push(value);
            Ok(())
        }),
        b"topCandidates" => json.each_item(|json, _| {
            let mut row = Vec::new();
            json.each_member(|json, name| match name {
                b"candidates" => json.each_item(|json, _| number(json).map(|value| row.push(value))),
                _ => json.skip(),
            })?;
            event.top_logprobs.get_or_insert_default().push(row);
            Ok(())
        }),
        _ => json.skip(),
    })
}
