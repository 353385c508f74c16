//! Algebraic expressions, equations and inequalities, read into [`Sum`]s.
//!
//! ```text
//! relation = [sum] {("=" | "<" | ">" | "≤" | "≥" | "≠" | "≈" | "∈" …) sum}
//! sum      = [sign] product {("+" | "-" | "±" | "∓") product}
//! product  = power {["*" | "/"] power}                 2x, 3(x+1), a b
//! power    = value ["!"] ["'"] ["^" power]
//! value    = number | letter ["_" index] | function value | "sqrt" value | "(" sum ")" | "|" sum "|"
//! ```
//!
//! Linear in the text. A text with words, or with anything else outside the grammar, is no formula.

use super::number;
use super::poly::Sum;
use std::borrow::Cow;

/// The deepest nesting of brackets and powers.
const DEPTH: u32 = 48;
/// Functions by name.
pub(super) const FUNCTIONS: [&str; 26] = [
    "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "sin", "cos", "tan", "cot", "sec", "csc", "log",
    "ln", "lg", "exp", "max", "min", "gcd", "lcm", "deg", "det", "dim", "lim", "arg", "mod",
];
const RELATIONS: [char; 13] = ['=', '<', '>', '≤', '≥', '≠', '≈', '~', '≡', '∈', '→', '⊂', '⊆'];

/// A formula in canonical form.
pub(super) fn canonical(text: &str) -> Option<String> {
    // A quick look, before anything is copied: words alone, and long words, make no formula.
    let is_symbol = |b: u8| !(b.is_ascii_alphabetic() || b == b' ' || b == b'.');
    let long = text.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word.len() > 8);
    let worded = !text.bytes().any(is_symbol);
    let named = || FUNCTIONS.iter().any(|name| text.starts_with(name)) || text.eq_ignore_ascii_case("pi");
    if long || worded && !named() && infinite(text).is_none() {
        return None;
    }
    let text = tight(text);
    if text.eq_ignore_ascii_case("pi") {
        return Some("π".to_owned());
    }
    // `0x1F` is a number of a program.
    let hexadecimal = text.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_hexdigit()));
    if text.contains("==") || hexadecimal && text.len() > 2 {
        return None;
    }
    if let Some(infinity) = infinite(&text) {
        return Some(infinity.to_owned());
    }
    let ascii = if text.contains('=') || text.contains("**") {
        Cow::Owned(text.replace("<=", "≤").replace(">=", "≥").replace("!=", "≠").replace("**", "^"))
    } else {
        text
    };
    if !is_formula(&ascii) {
        return None;
    }
    if let Some(either) = either(&ascii) {
        return Some(either);
    }
    let mut out = String::new();
    let mut rest = &*ascii;
    loop {
        let end = rest.find(RELATIONS).unwrap_or(rest.len());
        let (side, after) = rest.split_at(end);
        if !side.is_empty() {
            out.push_str(&side_of(side)?);
        } else if out.is_empty() && after.is_empty() {
            return None;
        }
        let Some(relation) = after.chars().next() else {
            return Some(turned(&out).unwrap_or(out));
        };
        out.push(relation);
        rest = &after[relation.len_utf8()..];
        if rest.is_empty() {
            return None;
        }
    }
}

/// True for a form that no other reading takes: it needs no further pass, since [`Sum`]s are read as they are written.
pub(super) fn stands(form: &str) -> bool {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '*' | '/' | '^' | '(' | ')' | 'π');
    let ends = form.ends_with(|c: char| c != 'm' && c != 'M' && (c.is_alphanumeric() || c == ')'));
    let named = form.contains(|c: char| c.is_alphabetic());
    // Capitals alone are a name.
    let written = form.contains(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_punctuation()));
    let joined = form.get(1..).is_some_and(|rest| rest.contains(['+', '-', '(']));
    let number = number::sign(form).1.starts_with(|c: char| c.is_ascii_digit());
    ends && named
        && written
        && joined
        && form.chars().all(plain)
        && (!number || super::unit::canonical(form).is_none())
        && super::chemical::canonical(form).is_none()
}

fn infinite(text: &str) -> Option<&'static str> {
    let (negative, name) = number::sign(text);
    let names = ["∞", "inf", "infty", "infinity", "oo"];
    let known = names.iter().any(|known| known.eq_ignore_ascii_case(name));
    known.then_some(if negative { "-∞" } else { "∞" })
}

/// `±5` as the two values.
fn either(text: &str) -> Option<String> {
    let mut parser = Parser { rest: text.strip_prefix('±')?, depth: 0 };
    let value = parser.product().filter(|_| parser.rest.is_empty())?;
    let mut values = [value.render()?, value.negated().render()?];
    values.sort();
    Some(values.join(" or "))
}

/// `5<x` as `x>5`.
fn turned(form: &str) -> Option<String> {
    let (value, rest) = form.split_once(RELATIONS)?;
    let mut rest = rest.split(RELATIONS);
    let (name, further) = (rest.next()?, rest.next());
    let relation = form[value.len()..].chars().next()?;
    let mirrored = match relation {
        '<' => '>',
        '>' => '<',
        '≤' => '≥',
        '≥' => '≤',
        _ => return None,
    };
    let fits = further.is_none() && number::canonical(value).is_some() && number::canonical(name).is_none();
    fits.then(|| format!("{name}{mirrored}{value}"))
}

fn side_of(text: &str) -> Option<String> {
    let mut parser = Parser { rest: text, depth: 0 };
    let sum = parser.sum()?;
    if !parser.rest.is_empty() {
        return None;
    }
    // `3-2` is a score, a range or a name as often as a difference.
    let plain = !text.contains(['^', '*', '(', '√', '!']);
    let inner = text.trim_start_matches(['-', '+']);
    if sum.as_number().is_some() && plain && inner.contains(['-', '+']) {
        return None;
    }
    // So is `1/5/2024`.
    if sum.as_number().is_some() && plain && inner.matches('/').count() > 1 {
        return None;
    }
    sum.render()
}

/// The text without spaces beside operators and brackets, and without those at the ends.
pub(super) fn tight(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if !text.contains(' ') {
        return Cow::Borrowed(text);
    }
    let operator = |c: char| "()[]{}+-*/^=<>|,;:!±∓≤≥≠≈∈∪∩√".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == ' ' {
            let beside =
                out.chars().next_back().is_some_and(operator) || chars.peek().is_some_and(|c| operator(*c));
            if beside {
                continue;
            }
        }
        out.push(c);
    }
    Cow::Owned(out)
}

/// `x = 5` as name and value: a letter, perhaps with an index, an argument or primes, before the only sign of equality or ∈.
pub(super) fn assigned(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once(['=', '∈'])?;
    let (name, value) = (name.trim(), value.trim());
    let letter = name.chars().next().filter(|c| c.is_alphabetic())?;
    let rest = name[letter.len_utf8()..].trim_start_matches('\'');
    let index = rest.strip_prefix('_').is_some_and(|index| index.chars().all(char::is_alphanumeric));
    let argument = rest.len() > 2 && rest.len() < 8 && rest.starts_with('(') && rest.ends_with(')');
    let fits = rest.is_empty() || index || argument;
    (fits && !value.is_empty() && !value.contains(RELATIONS)).then_some((name, value))
}

/// The value of `x = 5` or `f(x) = 2x`. An index, a prime or a number as argument says which value it is, and `A = B` is a
/// statement.
pub(super) fn value_of(text: &str) -> Option<&str> {
    let (name, value) = assigned(text)?;
    let told = name.contains(|c: char| c == '_' || c == '\'' || c.is_ascii_digit());
    let letter = value.chars().count() == 1 && value.starts_with(char::is_alphabetic);
    (!told && !letter).then_some(value)
}

/// True if all characters may stand in a formula, no word is among them, and something besides letters is.
fn is_formula(text: &str) -> bool {
    let (mut symbols, mut lower) = (false, false);
    let mut rest = text;
    let mut before = '\0';
    while let Some(c) = rest.chars().next() {
        if c.is_alphabetic() {
            let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            let single = word.len() == c.len_utf8();
            let known = !single
                && (FUNCTIONS.iter().any(|name| word.starts_with(name))
                    || matches!(word, "sqrt" | "pi" | "inf"));
            let glued = before != ' ' && word.chars().count() <= 3 && !after.starts_with(' ');
            let product =
                single || glued && text.contains(|c: char| c.is_ascii_digit() || "^*=+(".contains(c));
            if !(known || product || word.starts_with('\\')) {
                return false;
            }
            symbols |= known && FUNCTIONS.contains(&word);
            lower |= known || word.chars().any(|c| c.is_lowercase() || !c.is_ascii());
            before = 'a';
            rest = after;
            continue;
        }
        if !(c.is_ascii_digit() || "+-*/^()|_.!'± ∓√∞°\\".contains(c) || RELATIONS.contains(&c)) {
            return false;
        }
        symbols |= !matches!(c, ' ' | '\'' | '_' | '.');
        lower |= c.is_ascii_digit() || matches!(c, '∞' | '√');
        before = if symbols || !matches!(c, ' ') { c } else { ' ' };
        rest = &rest[c.len_utf8()..];
    }
    // `A-B` and `N/A` are names.
    symbols && lower
}

struct Parser<'a> {
    rest: &'a str,
    depth: u32,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn eat(&mut self, wanted: char) -> bool {
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        let inner = if self.depth < DEPTH { read(self) } else { None };
        self.depth -= 1;
        inner
    }

    fn sum(&mut self) -> Option<Sum<'a>> {
        let mut sum = Sum::default();
        let mut first = true;
        loop {
            let sign = self.peek().filter(|c| matches!(c, '+' | '-' | '±' | '∓'));
            if let Some(sign) = sign {
                self.eat(sign);
            } else if !first {
                return Some(sum);
            }
            let negated = sign == Some('-');
            // A sign of its own behind another: `+ -3`.
            let flipped = sign.is_some() && self.eat('-');
            let mut product = self.nested(Self::product)?;
            if let Some(sign) = sign.filter(|sign| matches!(sign, '±' | '∓')) {
                product = Sum::atom(sign.to_string()).times(&product)?;
            }
            sum = sum.plus(if negated ^ flipped { product.negated() } else { product })?;
            first = false;
        }
    }

    fn product(&mut self) -> Option<Sum<'a>> {
        let mut product = self.power()?;
        loop {
            let space = self.eat(' ');
            match self.peek() {
                Some('*') => {
                    self.eat('*');
                    let negated = self.eat('-');
                    let factor = self.power()?;
                    product = product.times(&if negated { factor.negated() } else { factor })?;
                }
                Some('/') => {
                    self.eat('/');
                    let negated = self.eat('-');
                    let factor = self.power()?;
                    // `1/2x` is said for x/2 and for 1/(2x).
                    if self.peek().is_some_and(char::is_alphabetic) {
                        return None;
                    }
                    product = product.over(&if negated { factor.negated() } else { factor })?;
                }
                Some(c) if c.is_alphabetic() || matches!(c, '(' | '√' | '\\') => {
                    let factor = self.power()?;
                    // `12 (5)` is no product.
                    if product.as_number().is_some() && factor.as_number().is_some() {
                        return None;
                    }
                    product = product.times(&factor)?;
                }
                Some(c) if space || c.is_ascii_digit() => return None,
                _ => return Some(product),
            }
        }
    }

    fn power(&mut self) -> Option<Sum<'a>> {
        let bracketed = self.peek() == Some('(');
        let mut base = self.value()?;
        // (AB)² is no AB²: a segment, or a product.
        if bracketed && self.peek() == Some('^') && base.is_name() {
            base = Sum::atom(format!("({})", base.render()?));
        }
        if self.peek() == Some('!') || self.peek() == Some('\'') || self.peek() == Some('°') {
            let mark = self.peek()?;
            self.eat(mark);
            let inner = base.render()?;
            let simple = inner.chars().all(char::is_alphanumeric);
            base = Sum::atom(if simple { format!("{inner}{mark}") } else { format!("({inner}){mark}") });
        }
        if !self.eat('^') {
            return Some(base);
        }
        let negated = self.eat('-');
        let exponent = self.nested(Self::power)?;
        base.power(&if negated { exponent.negated() } else { exponent })
    }

    fn value(&mut self) -> Option<Sum<'a>> {
        match self.peek()? {
            c if c.is_ascii_digit() || c == '.' => self.number(),
            '(' => self.enclosed(),
            '|' => {
                self.eat('|');
                let inner = self.nested(Self::sum)?;
                let closed = self.eat('|');
                closed.then(|| inner.render()).flatten().map(|inner| Sum::atom(format!("|{inner}|")))
            }
            '√' => {
                self.eat('√');
                self.nested(Self::value)?.root()
            }
            '\\' => {
                self.eat('\\');
                let name = self.letters(usize::MAX)?.to_owned();
                self.eat(' ');
                Some(Sum::atom(format!("\\{name}")))
            }
            c if c.is_alphabetic() => self.name(),
            _ => None,
        }
    }

    fn enclosed(&mut self) -> Option<Sum<'a>> {
        self.eat('(').then_some(())?;
        let inner = self.nested(Self::sum)?;
        self.eat(')').then_some(inner)
    }

    fn number(&mut self) -> Option<Sum<'a>> {
        let end = self.rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        if digits.len() < 16
            && let Ok(whole) = digits.parse::<u64>()
        {
            self.rest = rest;
            return Sum::number(whole.into(), 1);
        }
        let (number, _, behind) = number::read(digits)?;
        self.rest = rest;
        let (top, bottom) = number.fraction().filter(|_| behind.is_empty())?;
        Sum::number(top, bottom)
    }

    /// Up to `most` letters.
    fn letters(&mut self, most: usize) -> Option<&'a str> {
        let end = self.rest.char_indices().take(most).take_while(|(_, c)| c.is_alphabetic()).last();
        let (at, last) = end?;
        let (letters, rest) = self.rest.split_at(at + last.len_utf8());
        self.rest = rest;
        Some(letters)
    }

    fn name(&mut self) -> Option<Sum<'a>> {
        if let Some(rest) = self.rest.strip_prefix("sqrt") {
            self.rest = rest;
            self.eat(' ');
            return self.nested(Self::value)?.root();
        }
        for (name, constant) in [("pi", "π"), ("inf", "∞")] {
            if let Some(rest) =
                self.rest.strip_prefix(name).filter(|rest| !rest.starts_with(char::is_alphabetic))
            {
                self.rest = rest;
                return Some(Sum::atom(constant));
            }
        }
        if self.rest.as_bytes().get(1).is_some_and(u8::is_ascii_lowercase)
            && let Some(name) = FUNCTIONS.iter().find(|name| self.rest.starts_with(**name))
        {
            self.rest = &self.rest[name.len()..];
            return self.function(name);
        }
        let start = self.rest;
        let upper = self.rest.bytes().take_while(u8::is_ascii_uppercase).count();
        // `AB` is a segment, `CO` a formula of chemistry: no product that may be turned around.
        let letters = self.letters(upper.max(1))?;
        if self.eat('_') {
            let index = self.index()?;
            return self.valued(format!("{letters}_{index}").into());
        }
        let digits = self.rest.len() - self.rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        self.rest = &self.rest[digits..];
        self.valued(Cow::Borrowed(&start[..letters.len() + digits]))
    }

    /// A name, or the value of a function behind it.
    fn valued(&mut self, name: Cow<'a, str>) -> Option<Sum<'a>> {
        // f(x) is a value of a function.
        if matches!(&*name, "f" | "g" | "h" | "P" | "F") && self.peek() == Some('(') {
            let argument = self.enclosed()?.render()?;
            return Some(Sum::atom(format!("{name}({argument})")));
        }
        Some(Sum::atom(name))
    }

    fn index(&mut self) -> Option<String> {
        if self.peek() == Some('(') {
            return Some(format!("({})", self.enclosed()?.render()?));
        }
        let end = self.rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(self.rest.len());
        let end = if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(end)
        } else {
            self.rest.chars().next().map_or(0, char::len_utf8).min(end)
        };
        let (index, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!index.is_empty()).then(|| index.to_owned())
    }

    /// A function's value: `sin x`, `sin^2(2x)`, `log_2 8`.
    fn function(&mut self, name: &str) -> Option<Sum<'a>> {
        let mut function = name.to_owned();
        if self.eat('_') {
            function.push('_');
            function.push_str(&self.index()?);
        }
        let exponent = if self.eat('^') { Some(self.nested(Self::value)?) } else { None };
        self.eat(' ');
        let argument = if self.peek() == Some('(') { self.enclosed()? } else { self.nested(Self::argument)? };
        let value = Sum::atom(format!("{function}({})", argument.render()?));
        exponent.map_or(Some(value.clone()), |exponent| value.power(&exponent))
    }

    /// The factors of a function's argument without brackets.
    fn argument(&mut self) -> Option<Sum<'a>> {
        let mut product = self.power()?;
        while self.peek().is_some_and(|c| c.is_alphabetic() || c == '√') {
            product = product.times(&self.power()?)?;
        }
        Some(product)
    }
}
