//! The reader of one side of a formula: a recursive descent that computes its [`Sum`] on the way.
//!
//! ```text
//! sum      = [sign] product {("+" | "-" | "±" | "∓") product}
//! product  = power {["*" | "/"] power}                 2x, 3(x+1), a b
//! power    = value ["!"] ["'"] ["^" power]
//! value    = number | letter ["_" index] | function value | "sqrt" value | "(" sum ")" | "|" sum "|"
//! ```

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

/// The value of a text that is one sum.
pub(super) fn sum(text: &str) -> Option<Sum<'_>> {
    whole(text, Parser::sum)
}

/// The value of a text that is one product.
pub(super) fn product(text: &str) -> Option<Sum<'_>> {
    whole(text, Parser::product)
}

fn whole<'a>(text: &'a str, read: impl FnOnce(&mut Parser<'a>) -> Option<Sum<'a>>) -> Option<Sum<'a>> {
    let mut parser = Parser { rest: text, depth: 0 };
    read(&mut parser).filter(|_| parser.rest.is_empty())
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
        if let Some(mark) = self.peek().filter(|c| matches!(c, '!' | '\'' | '°')) {
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
