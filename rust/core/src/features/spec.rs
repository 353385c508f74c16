//! The names, units and meanings of the features, in the order of their vector.

/// How a feature enters a linear model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeatureKind {
    /// A count or a size: enters as log₂(1 + x).
    Count,
    /// A share in [0, 1], or a mean: enters as it is.
    Share,
}

/// One feature. Its place in the vector is its index in [`SPECS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spec {
    /// Its name, stable across versions of one schema.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Its meaning, in one line.
    pub meaning: &'static str,
    /// How it enters a linear model.
    pub kind: FeatureKind,
}

macro_rules! features {
    ($($id:ident $kind:ident $name:literal $unit:literal $meaning:literal;)*) => {
        /// A feature, by its place in the vector.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(usize)]
        pub enum Feature { $(#[doc = $meaning] $id,)* }

        /// Number of features.
        pub const COUNT: usize = [$($name),*].len();

        /// Every feature, in the order of the vector.
        pub static SPECS: [Spec; COUNT] = [
            $(Spec { name: $name, unit: $unit, meaning: $meaning, kind: FeatureKind::$kind },)*
        ];
    };
}

features! {
    Bytes Count "bytes" "bytes" "size of the scanned text";
    Characters Count "characters" "characters" "Unicode characters; invalid bytes count as one each";
    Words Count "words" "words" "runs of letters and digits; one for each character of a script without spaces";
    Sentences Count "sentences" "sentences" "sentence ends that are followed by a space, a line end or the text's end";
    Lines Count "lines" "lines" "lines that hold something";
    BlankLines Count "blank_lines" "lines" "empty lines between paragraphs";
    Tokens Count "tokens" "tokens" "estimated tokens of a common byte-pair tokenizer";
    WordLength Share "word_length" "bytes" "mean length of a word";
    LongWords Share "long_words" "share" "words of more than eight bytes";
    LongestSentence Count "longest_sentence" "words" "words of the longest sentence";
    Latin Share "latin_extended" "share" "characters that are Latin with diacritics";
    Greek Share "greek" "share" "characters that are Greek";
    Cyrillic Share "cyrillic" "share" "characters that are Cyrillic";
    Hebrew Share "hebrew" "share" "characters that are Hebrew";
    Arabic Share "arabic" "share" "characters that are Arabic";
    Indic Share "indic" "share" "characters of the scripts of India and its neighbours";
    SoutheastAsian Share "southeast_asian" "share" "characters that are Thai, Lao, Burmese or Khmer";
    Han Share "han" "share" "Chinese characters";
    Kana Share "kana" "share" "characters that are Hiragana or Katakana";
    Hangul Share "hangul" "share" "characters that are Korean";
    OtherScript Share "other_script" "share" "letters of any other script";
    Emoji Count "emoji" "characters" "emoji and pictographs";
    InvalidBytes Count "invalid_bytes" "bytes" "bytes that are not UTF-8";
    Numbers Count "numbers" "numbers" "words that begin with a digit";
    Digits Count "digits" "digits" "decimal digits";
    Decimals Count "decimals" "numbers" "numbers with a decimal point";
    LongestNumber Count "longest_number" "digits" "digits of the longest number";
    Money Count "money" "marks" "currency and percent signs";
    Operators Count "operators" "marks" "arithmetic and comparison signs";
    MathSymbols Count "math_symbols" "characters" "mathematical characters outside ASCII";
    Equals Count "equals" "marks" "equals signs";
    Latex Count "latex" "commands" "backslash commands";
    Dollars Count "dollars" "marks" "dollar signs, as around LaTeX";
    CodeMarks Count "code_marks" "marks" "braces, brackets, semicolons and back-ticks";
    CodeFences Count "code_fences" "fences" "runs of three or more back-ticks";
    Indented Count "indented_lines" "lines" "lines that begin with a tab or four spaces";
    Identifiers Count "identifiers" "marks" "underscores, and capitals directly after a small letter";
    CallLike Count "call_like" "words" "words directly followed by an opening parenthesis";
    Links Count "links" "marks" "addresses with ://";
    ListItems Count "list_items" "lines" "lines that begin with a bullet or a number and a mark";
    Options Count "options" "lines" "answer options: a line or parenthesis with one capital letter and a mark";
    QuotedLines Count "quoted_lines" "lines" "lines that begin with >";
    QuestionMarks Count "question_marks" "marks" "question marks of any script";
    FullStops Count "full_stops" "marks" "full stops, of sentences, decimals and abbreviations";
    Exclamations Count "exclamations" "marks" "exclamation marks";
    QuotationMarks Count "quotation_marks" "marks" "double quotation marks";
    Commas Count "commas" "marks" "commas";
    Parentheses Count "parentheses" "marks" "opening parentheses";
    UpperShare Share "upper_case" "share" "bytes that are capital letters";
    CapitalWords Count "capital_words" "words" "words that begin with a capital letter";
    CommonShare Share "common_words" "share" "words that are function words of a known language";
    AsksLookup Count "asks_lookup" "asks" "asks for a fact: who …, which year …, define …";
    AsksTransform Count "asks_transform" "asks" "asks to put a text into another form: translate, summarise, extract …";
    AsksMake Count "asks_make" "asks" "asks for a text or a program: write, implement …";
    AsksExplain Count "asks_explain" "asks" "asks for an explanation: explain, why …";
    AsksJudge Count "asks_judge" "asks" "asks for a judgement: compare, analyse, decide …";
    AsksPlan Count "asks_plan" "asks" "asks for a design or a plan";
    AsksSolve Count "asks_solve" "asks" "asks for a result: solve, compute, find …";
    AsksDerive Count "asks_derive" "asks" "asks for a proof or a derivation: prove, show that, find all …";
    AsksDiagnose Count "asks_diagnose" "asks" "asks to find a fault or to improve something: debug, investigate, optimise …";
    Mentioned Count "mentioned_words" "words" "words of hard work in material or in a question for a fact: mentioned, not asked for";
    Material Count "material_words" "words" "words of long material that is to be transformed";
    QuestionWords Count "question_words" "words" "who, what, why …";
    ReasoningWords Count "reasoning_words" "words" "prove, explain, analyse …";
    ProofWords Count "proof_words" "words" "theorem, lemma, induction …";
    MathWords Count "math_words" "words" "words of mathematics";
    CodeWords Count "code_words" "words" "words of programming";
    ScienceWords Count "science_words" "words" "words of natural science";
    MedicineWords Count "medicine_words" "words" "words of medicine";
    LawWords Count "law_words" "words" "words of law";
    BusinessWords Count "business_words" "words" "words of business and finance";
    HumanitiesWords Count "humanities_words" "words" "words of history, philosophy and the arts";
    StepWords Count "step_words" "words" "first, then, finally, steps …";
    ConstraintWords Count "constraint_words" "words" "must, exactly, at most, without …";
    FormatWords Count "format_words" "words" "table, JSON, list, essay …";
    ComparisonWords Count "comparison_words" "words" "compare, versus, better …";
    NegationWords Count "negation_words" "words" "not, never, without …";
    ConditionWords Count "condition_words" "words" "if, suppose, given …";
    QuantifierWords Count "quantifier_words" "words" "all, every, exists …";
    LookupWords Count "lookup_words" "words" "capital, price, opening hours, meaning …";
    ChatWords Count "chat_words" "words" "hello, thanks …";
    CreativeWords Count "creative_words" "words" "poem, story, joke …";
    EditingWords Count "editing_words" "words" "rewrite, translate, summarise …";
    AgenticWords Count "agentic_words" "words" "investigate, refactor, deploy, root cause …";
    UnitWords Count "unit_words" "words" "units of measurement";
    NumberWords Count "number_words" "words" "numbers written as words";
    HardWords Count "hard_words" "words" "words of research-level work";
    DepthWords Count "depth_words" "words" "including, trade-offs, justify, assumptions …";
    UnknownShare Share "unknown_words" "share" "words of five bytes or more in no list: rarity";
}

/// Places of a vector: whole blocks of eight, with at least one place without a feature.
pub(crate) const WIDTH: usize = (COUNT + 1).next_multiple_of(8);
/// Index of the first feature of content: what a query asks for, and what its words mean. Those features, with hashed words and
/// pairs, are moved by whoever chooses the words; the ones before are its structure.
pub(crate) const CONTENT: usize = Feature::AsksLookup as usize;
/// Index of the first feature of content that counts words of a meaning; the ones before count asks.
pub(crate) const MEANINGS: usize = Feature::QuestionWords as usize;

/// The place of a feature in the vector, by its name.
pub fn index(name: &str) -> Option<usize> {
    SPECS.iter().position(|spec| spec.name == name)
}
