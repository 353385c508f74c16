//! Scripts by Unicode block.

/// The class of a non-ASCII character, for word finding and for the script features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Script {
    /// Latin with diacritics.
    Latin,
    /// Greek and Coptic.
    Greek,
    /// Cyrillic.
    Cyrillic,
    /// Hebrew.
    Hebrew,
    /// Arabic, with its extensions and presentation forms.
    Arabic,
    /// The scripts of India and its neighbours, Devanagari to Sinhala.
    Indic,
    /// Thai, Lao, Burmese, Khmer: written without spaces.
    SoutheastAsian,
    /// Chinese characters.
    Han,
    /// Hiragana and Katakana.
    Kana,
    /// Korean syllables and letters.
    Hangul,
    /// Letters of any other script.
    Other,
    /// Mathematical operators, letters and arrows.
    Mathematics,
    /// Emoji and pictographs.
    Emoji,
    /// Sentence ends outside ASCII: `。`, `？`, `؟`, `।` …
    SentenceEnd,
    /// Question marks outside ASCII.
    Question,
    /// Spaces, quotation marks, dashes and all other punctuation.
    Punctuation,
}

impl Script {
    /// True if each character counts as one word: the script has no spaces between words.
    pub fn one_word_a_character(self) -> bool {
        matches!(self, Self::Han | Self::Kana | Self::Hangul | Self::SoutheastAsian)
    }

    /// True if it has, for certain, no capitals.
    pub(super) const fn is_uncased(self) -> bool {
        matches!(self, Self::Hebrew | Self::Arabic | Self::Indic)
    }

    /// True if neighbouring characters form one word.
    pub const fn is_alphabetic(self) -> bool {
        self as u8 <= Self::Indic as u8 || matches!(self, Self::Other)
    }
}

/// Characters below this one have their script in a table: the alphabets of Europe, the Near East and India.
const IN_TABLE: usize = 0x0E00;

static TABLE: [Script; IN_TABLE] = {
    let mut table = [Script::Other; IN_TABLE];
    let mut code = 0;
    while code < IN_TABLE {
        table[code] = of_block(code as u32);
        code += 1;
    }
    table
};

/// The blocks of the marks between Chinese and Japanese characters: U+3000 to U+303F, and U+FF00 to U+FF3F.
static WIDE: [[Script; 0x40]; 2] = {
    let mut table = [[Script::Other; 0x40]; 2];
    let mut i = 0;
    while i < 0x40 {
        (table[0][i], table[1][i]) = (of_block(0x3000 + i as u32), of_block(0xFF00 + i as u32));
        i += 1;
    }
    table
};

/// The script of a non-ASCII character.
#[inline]
pub fn script(c: char) -> Script {
    if let Some(script) = TABLE.get(c as usize) {
        return *script;
    }
    match c {
        '\u{3000}'..='\u{303F}' => WIDE[0][c as usize - 0x3000],
        '\u{FF00}'..='\u{FF3F}' => WIDE[1][c as usize - 0xFF00],
        _ => of_block(c as u32),
    }
}

/// The script of a character below U+0E00.
#[inline]
pub(super) fn script_of(code: u32) -> Script {
    TABLE.get(code as usize).copied().unwrap_or(Script::Other)
}

/// Of each character below U+0E00 that is a small letter of an alphabet its script.
static ALPHABETS: [Option<Script>; IN_TABLE] = {
    let mut table = [None; IN_TABLE];
    let mut code = 0;
    while code < IN_TABLE {
        let script = TABLE[code];
        if script.is_alphabetic() && (script.is_uncased() || is_small(code as u32)) {
            table[code] = Some(script);
        }
        code += 1;
    }
    table
};

/// The script of a character below U+0E00, if it is a small letter of an alphabet, for certain.
#[inline]
pub(super) fn alphabet_of(code: u32) -> Option<Script> {
    ALPHABETS.get(code as usize).copied().flatten()
}

/// The script of a character by its block. Exceptions come before the blocks that they are taken from.
#[allow(clippy::match_same_arms)]
const fn of_block(code: u32) -> Script {
    match code {
        0x4E00..=0x9FFF | 0x3400..=0x4DBF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF | 0x3005..=0x3007 => {
            Script::Han
        }
        0x3041..=0x30FA | 0x30FC..=0x30FF | 0x31F0..=0x31FF | 0xFF66..=0xFF9F => Script::Kana,
        0xAC00..=0xD7FF | 0x1100..=0x11FF | 0x3130..=0x318F => Script::Hangul,
        0x0400..=0x052F | 0x2DE0..=0x2DFF | 0xA640..=0xA69F => Script::Cyrillic,
        0xD7 | 0xF7 | 0xB1 | 0xAC | 0xB2 | 0xB3 | 0xB9 | 0xBC..=0xBE => Script::Mathematics,
        0xAA | 0xB5 | 0xBA | 0xC0..=0x02AF | 0x0300..=0x036F | 0x1E00..=0x1EFF => Script::Latin,
        0x0370..=0x037D | 0x037F..=0x0386 | 0x0388..=0x03FF | 0x1F00..=0x1FFF => Script::Greek,
        0x0591..=0x05BD | 0x05D0..=0x05F4 => Script::Hebrew,
        0x061F | 0x037E | 0xFF1F => Script::Question,
        0x06D4 | 0x0964 | 0x0965 | 0x3002 | 0xFF01 | 0xFF0E | 0xFF61 | 0x2026 => Script::SentenceEnd,
        0x060C | 0x061B | 0x066A..=0x066D => Script::Punctuation,
        0x0610..=0x06FF | 0x0750..=0x077F | 0x08A0..=0x08FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC => {
            Script::Arabic
        }
        0x0900..=0x0DFF => Script::Indic,
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF => Script::SoutheastAsian,
        0x2070..=0x209F
        | 0x2100..=0x214F
        | 0x2190..=0x22FF
        | 0x27C0..=0x27EF
        | 0x2980..=0x2AFF
        | 0x1_D400..=0x1_D7FF => Script::Mathematics,
        0x2600..=0x27BF | 0x1_F000..=0x1_FAFF | 0x2B00..=0x2BFF => Script::Emoji,
        0x80..=0xBF | 0x02B0..=0x02FF | 0x2000..=0x206F | 0x20A0..=0x20CF | 0x2150..=0x25FF => {
            Script::Punctuation
        }
        0x2E00..=0x303F | 0xFE00..=0xFE6F | 0xFF00..=0xFF65 | 0xFFE0..=0xFFFF | 0x30FB => Script::Punctuation,
        _ => Script::Other,
    }
}

/// True for characters whose small letter is, for certain, themselves: of Latin and Cyrillic letters that most texts have, and of
/// scripts that have no capitals.
#[inline]
const fn is_small(code: u32) -> bool {
    // 'ß' to 'ÿ', 'а' to 'џ', and what stands between Armenian and Thai.
    matches!(code, 0xDF..=0xFF | 0x430..=0x45F | 0x591..=0xDFF)
}

/// The small letter of a character, where that is one character and known without a search: of ASCII, of Latin and Cyrillic letters
/// that most texts have, and of scripts that have no capitals. None for any other character.
#[inline]
pub(super) fn small(c: char) -> Option<char> {
    match c {
        '\0'..='\x7F' => Some(c.to_ascii_lowercase()),
        _ if is_small(c as u32) => Some(c),
        'А'..='Я' => char::from_u32(c as u32 + 0x20),
        'Ѐ'..='Џ' => char::from_u32(c as u32 + 0x50),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{of_block, script, small};

    #[test]
    fn scripts_are_those_of_their_blocks() {
        for c in '\u{80}'..=char::MAX {
            assert_eq!(script(c), of_block(c as u32), "{c}");
        }
    }

    #[test]
    fn small_letters_are_those_of_unicode() {
        for c in '\0'..='\u{FFFF}' {
            if let Some(small) = small(c) {
                assert!(c.to_lowercase().eq([small]), "{c}");
            }
        }
    }
}
