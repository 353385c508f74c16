//! Commands of LaTeX, as tables.

/// Commands that change looks or space only, by name.
#[rustfmt::skip]
pub(super) const LOOKS: [&str; 35] = [
    "Big", "Bigg", "Bigl", "Bigr", "big", "bigg", "bigl", "bigr", "boldsymbol", "boxed", "displaystyle", "emph",
    "fbox", "hbox", "left", "limits", "mathbf", "mathcal", "mathit", "mathrm", "mathsf", "mbox", "middle", "nolimits",
    "operatorname", "right", "text", "textbf", "textit", "textrm", "textsf", "textstyle", "texttt", "underline",
    "unit",
];
/// Commands and what they stand for, by name.
#[rustfmt::skip]
const SYMBOLS: [(&str, &str); 82] = [
    ("Delta", "Δ"), ("Gamma", "Γ"), ("Lambda", "Λ"), ("Omega", "Ω"), ("Phi", "Φ"), ("Pi", "Π"), ("Psi", "Ψ"),
    ("Sigma", "Σ"), ("Theta", "Θ"), ("alpha", "α"), ("approx", "≈"), ("ast", "*"), ("beta", "β"), ("cap", "∩"),
    ("cdot", "*"), ("cdots", "..."), ("chi", "χ"), ("circ", "∘"), ("colon", ":"), ("cup", "∪"), ("degree", "°"),
    ("delta", "δ"), ("div", "/"), ("dots", "..."), ("emptyset", "∅"), ("epsilon", "ε"), ("equiv", "≡"), ("eta", "η"),
    ("euro", "€"), ("gamma", "γ"), ("ge", "≥"), ("geq", "≥"), ("geqslant", "≥"), ("gt", ">"), ("in", "∈"),
    ("infty", "∞"), ("iota", "ι"), ("kappa", "κ"), ("lambda", "λ"), ("langle", "⟨"), ("lbrace", "{"), ("lbrack", "["),
    ("ldots", "..."), ("le", "≤"), ("leq", "≤"), ("leqslant", "≤"), ("lt", "<"), ("lvert", "|"), ("mid", "|"),
    ("mp", "∓"), ("mu", "μ"), ("ne", "≠"), ("neq", "≠"), ("nu", "ν"), ("omega", "ω"), ("phi", "φ"), ("pi", "π"),
    ("pm", "±"), ("pounds", "£"), ("prime", "'"), ("psi", "ψ"), ("rangle", "⟩"), ("rbrace", "}"), ("rbrack", "]"),
    ("rho", "ρ"), ("rightarrow", "→"), ("rvert", "|"), ("setminus", "∖"), ("sigma", "σ"), ("sim", "~"), ("tau", "τ"),
    ("theta", "θ"), ("times", "*"), ("to", "→"), ("upsilon", "υ"), ("varepsilon", "ε"), ("varnothing", "∅"),
    ("varphi", "φ"), ("vartheta", "θ"), ("vert", "|"), ("xi", "ξ"), ("zeta", "ζ"),
];
/// Commands of space.
pub(super) const SPACES: [&str; 4] = ["quad", "qquad", "enspace", "thinspace"];
pub(super) const BLACKBOARD: [(&str, &str); 5] = [("R", "ℝ"), ("N", "ℕ"), ("Z", "ℤ"), ("Q", "ℚ"), ("C", "ℂ")];

/// The sign of a command.
pub(super) fn symbol(name: &str) -> Option<&'static str> {
    let at = SYMBOLS.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    Some(SYMBOLS[at].1)
}
