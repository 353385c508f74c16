//! Kinds of the parts of a message, by the providers' names for them.

/// The kind of a part of a message, or of an item of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Words of the author.
    Text,
    /// A picture or a video.
    Image,
    /// Sound.
    Audio,
    /// A file that is not text.
    File,
    /// Text as material to read.
    Document,
    /// A tool call.
    Call,
    /// A tool's result.
    Result,
    /// Thinking.
    Thinking,
    /// A message as an item of a conversation.
    Message,
    /// A kind that this table does not have.
    Other,
}

impl Part {
    /// The kind of a type. New calls and results follow the pattern of the known ones.
    pub(super) fn of(name: &[u8]) -> Self {
        match name {
            b"text" | b"input_text" | b"output_text" | b"refusal" => Self::Text,
            b"message" => Self::Message,
            b"image" | b"image_url" | b"input_image" | b"video" | b"video_url" | b"input_video" => {
                Self::Image
            }
            b"audio" | b"audio_url" | b"input_audio" => Self::Audio,
            b"file" | b"input_file" | b"container_upload" => Self::File,
            b"document" | b"search_result" => Self::Document,
            b"thinking" | b"redacted_thinking" | b"reasoning" => Self::Thinking,
            b"function_call" => Self::Call,
            _ if name.ends_with(b"tool_use") || name.ends_with(b"_call") => Self::Call,
            _ if name.ends_with(b"tool_result") || name.ends_with(b"_call_output") => Self::Result,
            _ => Self::Other,
        }
    }
}

/// Counts pictures, sounds and files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Media {
    pub(super) count: u32,
    pub(super) vision: bool,
    pub(super) audio: bool,
    pub(super) files: bool,
}

impl Media {
    pub(super) fn add(&mut self, part: Part) {
        self.count += 1;
        self.vision |= part == Part::Image;
        self.audio |= part == Part::Audio;
        self.files |= matches!(part, Part::File | Part::Document);
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.vision |= other.vision;
        self.audio |= other.audio;
        self.files |= other.files;
    }
}
