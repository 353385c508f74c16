//! Words that tell what a sentence asks for, in English. Words of other languages are read as the English word of their meaning
//! first (`meaning`).

/// The part that a word plays in an ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Frame {
    /// No part.
    None,
    /// May stand before the verb of an ask: *please*, *could you*, *I want to*.
    Filler,
    /// A filler behind which a verb is no noun: *to*.
    To,
    /// A filler that asks, also behind *and* in a sentence that tells: *I need*, *can you*.
    Wish,
    /// Behind it an ask may begin wherever it stands: *please*, *but*.
    Please,
    /// Begins another ask of the same sentence: *and*, *then*.
    And,
    /// As *and*; in a short question it offers a choice: *or*.
    Or,
    /// Offers a choice: *versus*.
    Versus,
    /// Asks for a person: *who*.
    Who,
    /// Asks for a time, if a form of *do* or *be* follows.
    When,
    /// Says that it was so: *did*, *was*.
    Past,
    /// Asks for whatever the next words name: *what*, *which*, *how*, *write*, *give*.
    What,
    /// Changes a text if a form follows: *put* this *into*, *turn*.
    Put,
    /// Finds a fault, or changes a text if a form follows: *fix* the *typos*.
    Fix,
    /// Form that a text is changed into: *into*, *polite*.
    Form,
    /// Finds; with *all* or *whether* behind it, derives; with *root* or *bug*, diagnoses.
    Find,
    /// Shows; with *that* behind it, derives.
    Show,
    /// Makes a claim of what is found or shown: *that*, *all*, *whether*.
    Whole,
    /// Fact that is looked up: *year*, *capital*, *name*.
    Fact,
    /// Fault that is found: *root* cause, *bug*.
    Fault,
    /// Says that the material stands elsewhere: *following*, *below*.
    Below,
    Lookup,
    Transform,
    /// Makes what the next words name.
    Make,
    Explain,
    Judge,
    Plan,
    Solve,
    Derive,
    Diagnose,
}

impl Frame {
    /// Every part, by its number.
    pub(super) const ALL: [Self; Self::Diagnose as usize + 1] = [
        Self::None,
        Self::Filler,
        Self::To,
        Self::Wish,
        Self::Please,
        Self::And,
        Self::Or,
        Self::Versus,
        Self::Who,
        Self::When,
        Self::Past,
        Self::What,
        Self::Put,
        Self::Fix,
        Self::Form,
        Self::Find,
        Self::Show,
        Self::Whole,
        Self::Fact,
        Self::Fault,
        Self::Below,
        Self::Lookup,
        Self::Transform,
        Self::Make,
        Self::Explain,
        Self::Judge,
        Self::Plan,
        Self::Solve,
        Self::Derive,
        Self::Diagnose,
    ];
}

pub(super) const FRAMES: &[(Frame, &str)] = &[
    (
        Frame::Filler,
        "will like me us the a an my our your this it in on for with kindly quickly briefly carefully just hi hello hey ok \
         okay so well dear assistant try now question task problem be able do here today d ll rigorously formally",
    ),
    (Frame::To, "to"),
    (Frame::Wish, "i we you can could would want need must let help"),
    (Frame::Please, "please but"),
    (Frame::And, "and then also finally next first second third afterwards"),
    (Frame::Or, "or"),
    (Frame::Versus, "versus vs"),
    (Frame::Who, "who whom whose"),
    (Frame::When, "when"),
    (Frame::Past, "did was were"),
    (Frame::What, "what which how tell"),
    (
        Frame::Make,
        "write create generate make give compose draft provide prepare produce build implement code add suggest propose",
    ),
    (Frame::Put, "put turn pull return change"),
    (Frame::Fix, "fix correct"),
    (
        Frame::Form,
        "into out typo typos polite politely uppercase lowercase alphabetically spelling grammar tweet",
    ),
    (Frame::Find, "find determine establish"),
    (Frame::Show, "show"),
    (Frame::Whole, "that all every whether"),
    (
        Frame::Fact,
        "year date century capital name author meaning definition synonym synonyms birthday age address phone hours price \
         currency plural abbreviation population word color colour month antonym mean means",
    ),
    (Frame::Fault, "root cause bug bugs leak fault flaw error mistake"),
    (Frame::Below, "following below attached above these"),
    (Frame::Lookup, "define spell remind pronounce"),
    (
        Frame::Transform,
        "translate rewrite rephrase paraphrase summarize summarise summary shorten proofread condense extract reformat \
         classify categorize label transcribe translation bullets bullet edit simplify anonymize redact transform gist recap \
         takeaways tldr capitalize capitalise transliterate romanize punctuate alphabetize alphabetise",
    ),
    (
        Frame::Explain,
        "explain describe why clarify illustrate difference differences teach outline reason work works causes effects reasons",
    ),
    (
        Frame::Judge,
        "compare contrast evaluate assess analyze analyse analysis critique recommend recommendation decide decision choose \
         weigh judge justify argue should comparison tradeoff tradeoffs offs pros implications review assessment \
         verdict defend discuss",
    ),
    (
        Frame::Plan,
        "design plan architect architecture devise develop strategy roadmap rfc adr migrate orchestrate \
         formulate",
    ),
    (
        Frame::Solve,
        "solve calculate compute estimate integrate differentiate maximize minimize maximise minimise factor",
    ),
    (
        Frame::Derive,
        "prove proof derive derivation deduce disprove refute demonstrate formalize verify infer counterexample \
         rigorous",
    ),
    (Frame::Diagnose, "debug diagnose investigate troubleshoot optimize optimise refactor diagnosis"),
];
