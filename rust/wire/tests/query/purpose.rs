//! The purpose of a turn, as words and harness show it.

use rheostat::session::Purpose;
use rheostat_wire::ask;

#[test]
fn chores_of_programs_are_not_taken_for_wishes_of_users() {
    let of = |text: &str| Purpose::of(&ask::text(text, 16_384));
    for chore in [
        "### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.",
        "Analyze if this message indicates a new conversation topic.",
        "Please write a 5-10 word TITLE FOR THE FOLLOWING CONVERSATION:",
        "### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history",
    ] {
        assert_eq!(of(chore), Purpose::Housekeeping, "{chore}");
    }
    for wish in [
        "Suggest a title for my thesis about the conversation of Galileo with the Pope.",
        "Write a story about a conversation. Give it a title.",
        "Change the topic, please.",
        "",
        "Summarize this chat history and prove the claim in it.",
    ] {
        assert_eq!(of(wish), Purpose::Answer, "{wish}");
    }
}

#[test]
fn a_reminder_of_plan_mode_makes_a_turn_planning() {
    let text = "<system-reminder>\nPlan mode is active. The user does not want you to edit.</system-reminder>\nAdd a cache.";
    let query = ask::text(text, 16_384);
    assert_eq!((&*query.ask, Purpose::of(&query)), (&b"Add a cache."[..], Purpose::Planning));
    let query = ask::text("Plan mode is active in my car.", 16_384);
    assert_eq!(Purpose::of(&query), Purpose::Answer);
}
