//! Sums of products with rational coefficients: the canonical form of an algebraic expression.
//!
//! ```text
//! sum     = Σ coefficient · √radicand · Π atom^exponent        coefficients exact, in 128 bits
//! atom    = a letter, a function's value, or a sum that is not expanded
//! ```
//!
//! Products and small powers are expanded, radicals simplified (√12 = 2√3, 1/√2 = √2/2), i² = −1. Every operation gives
//! None where a number, a radicand or the number of terms grows too large; the text then stays as it was.

use super::decimal;
use std::borrow::Cow;

/// The most terms of a sum.
const TERMS: usize = 48;
/// The largest radicand whose squares are taken out.
const RADICAND: i128 = 1_000_000;
/// The largest exponent to which a sum is expanded.
const EXPANDED: i128 = 8;

/// A product of atoms with their exponents, by name, and a square root of a whole number without square factors.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Product<'a> {
    atoms: Vec<(Cow<'a, str>, i32)>,
    radicand: i128,
}

/// An exact fraction in lowest terms; the denominator is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fraction {
    top: i128,
    bottom: i128,
}

impl Fraction {
    fn new(top: i128, bottom: i128) -> Option<Self> {
        if bottom == 1 {
            return Some(Self { top, bottom });
        }
        let (mut a, mut b) = (top.checked_abs()?, bottom.checked_abs()?);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let sign = if bottom < 0 { -1 } else { 1 };
        (bottom != 0).then(|| Self { top: sign * top / a, bottom: sign * bottom / a })
    }

    fn times(self, other: Self) -> Option<Self> {
        Self::new(self.top.checked_mul(other.top)?, self.bottom.checked_mul(other.bottom)?)
    }

    fn plus(self, other: Self) -> Option<Self> {
        let top = self.top.checked_mul(other.bottom)?.checked_add(other.top.checked_mul(self.bottom)?)?;
        Self::new(top, self.bottom.checked_mul(other.bottom)?)
    }
}

/// A sum in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sum<'a>(Vec<(Product<'a>, Fraction)>);

impl Product<'_> {
    fn one() -> Self {
        Self { atoms: Vec::new(), radicand: 1 }
    }

    fn is_number(&self) -> bool {
        self.atoms.is_empty() && self.radicand == 1
    }

    /// The product of two, and the fraction that comes out of their radicals and of i².
    fn times(&self, other: &Self) -> Option<(Self, Fraction)> {
        let (square, radicand) = simplified(self.radicand.checked_mul(other.radicand)?)?;
        let mut atoms = Vec::with_capacity(self.atoms.len() + other.atoms.len());
        atoms.extend(self.atoms.iter().cloned());
        let mut sign = 1;
        for (atom, exponent) in &other.atoms {
            match atoms.binary_search_by(|(known, _)| known.cmp(atom)) {
                Ok(at) => atoms[at].1 = atoms[at].1.checked_add(*exponent)?,
                Err(at) => atoms.insert(at, (atom.clone(), *exponent)),
            }
        }
        if let Some((_, power)) = atoms.iter_mut().find(|(name, _)| name == "i") {
            if power.rem_euclid(4) > 1 {
                sign = -1;
            }
            *power = power.rem_euclid(2);
        }
        atoms.retain(|(_, exponent)| *exponent != 0);
        Some((Self { atoms, radicand }, Fraction::new(sign * square, 1)?))
    }

    /// The inverse, with the fraction that makes its radical rational.
    fn inverse(&self) -> Option<(Self, Fraction)> {
        let mut atoms: Vec<_> = self.atoms.iter().map(|(atom, n)| (atom.clone(), -n)).collect();
        let mut sign = 1;
        // 1/i = −i.
        if let Some((_, power)) = atoms.iter_mut().find(|(name, _)| name == "i") {
            *power = 1;
            sign = -1;
        }
        Some((Self { atoms, radicand: self.radicand }, Fraction::new(sign, self.radicand)?))
    }
}

/// `n = square² · rest` with the largest square.
fn simplified(n: i128) -> Option<(i128, i128)> {
    if n == 1 {
        return Some((1, 1));
    }
    if n > RADICAND {
        return None;
    }
    let (mut square, mut rest, mut factor) = (1, n, 2);
    while factor * factor <= rest {
        while rest % (factor * factor) == 0 {
            rest /= factor * factor;
            square *= factor;
        }
        factor += 1;
    }
    Some((square, rest))
}

impl<'a> Sum<'a> {
    pub(super) fn number(top: i128, bottom: i128) -> Option<Self> {
        Self::default().with(Product::one(), Fraction::new(top, bottom)?)
    }

    pub(super) fn atom(name: impl Into<Cow<'a, str>>) -> Self {
        let product = Product { atoms: vec![(name.into(), 1)], radicand: 1 };
        Self(vec![(product, Fraction { top: 1, bottom: 1 })])
    }

    fn with(mut self, product: Product<'a>, fraction: Fraction) -> Option<Self> {
        match self.0.binary_search_by(|(known, _)| known.cmp(&product)) {
            Ok(at) => {
                let sum = self.0[at].1.plus(fraction)?;
                if sum.top == 0 {
                    self.0.remove(at);
                } else {
                    self.0[at].1 = sum;
                }
            }
            Err(_) if fraction.top == 0 => {}
            Err(at) => self.0.insert(at, (product, fraction)),
        }
        (self.0.len() <= TERMS).then_some(self)
    }

    /// True for one atom of several letters.
    pub(super) fn is_name(&self) -> bool {
        let mut terms = self.0.iter();
        let Some((product, fraction)) = terms.next() else {
            return false;
        };
        let one = fraction.top == 1 && fraction.bottom == 1 && product.radicand == 1;
        let letters = |name: &str| name.len() > 1 && name.bytes().all(|b| b.is_ascii_alphabetic());
        let name = product.atoms.len() == 1 && product.atoms.iter().all(|(name, n)| *n == 1 && letters(name));
        one && name && terms.next().is_none()
    }

    /// Numerator and denominator of a sum that is a number.
    pub(super) fn as_number(&self) -> Option<(i128, i128)> {
        match self.0.first() {
            None => Some((0, 1)),
            Some((product, fraction)) if product.is_number() && self.0.len() == 1 => {
                Some((fraction.top, fraction.bottom))
            }
            Some(_) => None,
        }
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        if self.0.is_empty() {
            return Some(other);
        }
        other.0.into_iter().try_fold(self, |sum, (product, fraction)| sum.with(product, fraction))
    }

    pub(super) fn negated(mut self) -> Self {
        for (_, fraction) in &mut self.0 {
            fraction.top = -fraction.top;
        }
        self
    }

    pub(super) fn times(&self, other: &Self) -> Option<Self> {
        let mut sum = Self::default();
        for (a, x) in &self.0 {
            for (b, y) in &other.0 {
                let (product, fraction) = a.times(b)?;
                sum = sum.with(product, x.times(*y)?.times(fraction)?)?;
            }
        }
        Some(sum)
    }

    /// The quotient. A divisor of several terms becomes an atom.
    pub(super) fn over(&self, other: &Self) -> Option<Self> {
        let mut terms = other.0.iter();
        let (product, fraction) = terms.next()?;
        if terms.next().is_none() {
            let (inverse, rational) = product.inverse()?;
            let fraction = Fraction::new(fraction.bottom, fraction.top)?.times(rational)?;
            return self.times(&Self::default().with(inverse, fraction)?);
        }
        // The leading coefficient goes, so that 1/(2x + 2) and 0.5/(x + 1) are one.
        let lead = Self::default().with(Product::one(), *fraction)?;
        let monic = other.over(&lead)?;
        let atom = Product { atoms: vec![(format!("({})", monic.render()?).into(), -1)], radicand: 1 };
        self.over(&lead)?.times(&Self::default().with(atom, Fraction::new(1, 1)?)?)
    }

    /// The power; an exponent that is no small whole number makes an atom.
    pub(super) fn power(&self, exponent: &Self) -> Option<Self> {
        let one = Self::number(1, 1)?;
        match exponent.as_number() {
            Some((1, 2)) => self.root(),
            Some((n, 1)) if self.as_number().is_some() || n.abs() <= EXPANDED => {
                if n.abs() > 512 {
                    return None;
                }
                if n.abs() > EXPANDED && self.0.len() > 1 {
                    return None;
                }
                if n == 1 {
                    return Some(self.clone());
                }
                let mut power = one.clone();
                for _ in 0..n.abs() {
                    power = power.times(self)?;
                }
                if n < 0 { one.over(&power) } else { Some(power) }
            }
            Some((n, 1)) if self.0.len() == 1 && n.abs() < 10_000 => {
                // x^10 of one term: its exponents are multiplied.
                let (product, fraction) = self.0.first()?;
                let plain = product.radicand == 1 && fraction.top == 1 && fraction.bottom == 1;
                let n = i32::try_from(n)
                    .ok()
                    .filter(|_| plain && product.atoms.iter().all(|(name, _)| name != "i"))?;
                let atoms = product.atoms.iter().map(|(atom, m)| Some((atom.clone(), m.checked_mul(n)?)));
                let product = Product { atoms: atoms.collect::<Option<_>>()?, radicand: 1 };
                Self::default().with(product, *fraction)
            }
            Some((1, degree)) if self.exact_root(degree).is_some() => self.exact_root(degree),
            _ => {
                let (base, exponent) = (self.render()?, exponent.render()?);
                Some(Self::atom(format!("{}^({exponent})", enclosed(&base))))
            }
        }
    }

    /// The root of a positive fraction of perfect powers.
    fn exact_root(&self, degree: i128) -> Option<Self> {
        let degree = u32::try_from(degree).ok().filter(|degree| (3..=16).contains(degree))?;
        let root = |n: i128| {
            (1..=1_000_i128)
                .take_while(|root| root.checked_pow(degree).is_some_and(|power| power <= n))
                .last()
                .filter(|root| root.pow(degree) == n)
        };
        let (top, bottom) = self.as_number()?;
        Self::number(root(top)?, root(bottom)?)
    }

    /// The square root: exact for a fraction, an atom otherwise.
    pub(super) fn root(&self) -> Option<Self> {
        let Some((top, bottom)) = self.as_number() else {
            return Some(Self::atom(format!("sqrt({})", self.render()?)));
        };
        let Some((square, radicand)) = top.checked_abs().and_then(|top| simplified(top.checked_mul(bottom)?))
        else {
            return Some(Self::atom(format!("sqrt({})", self.render()?)));
        };
        if top == 0 {
            return Some(Self::default());
        }
        let mut product = Product { atoms: Vec::new(), radicand };
        if top < 0 {
            product.atoms.push(("i".into(), 1));
        }
        Self::default().with(product, Fraction::new(square, bottom)?)
    }

    /// The sum as text. Reading the text gives the same sum.
    pub(super) fn render(&self) -> Option<String> {
        let mut out = String::with_capacity(16 * self.0.len());
        if let Some((top, bottom)) = self.as_number() {
            if bottom != 1 {
                return decimal::rational(top, bottom);
            }
            out.push_str(if top < 0 { "-" } else { "" });
            push_number(&mut out, top.unsigned_abs());
            return Some(out);
        }
        // Powers before their constants, as people write them.
        for (product, fraction) in self.0.iter().rev() {
            if fraction.top < 0 {
                out.push('-');
            } else if !out.is_empty() {
                out.push('+');
            }
            push_term(&mut out, product, *fraction);
        }
        Some(out)
    }
}

/// In brackets, unless it is one value: a letter, a number, a name of capitals, or in brackets already.
fn enclosed(text: &str) -> String {
    let all = |known: fn(&u8) -> bool| text.as_bytes().iter().all(known);
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    let single = inner.is_some_and(|inner| !inner.contains(['(', ')']));
    if single || text.chars().count() == 1 || all(u8::is_ascii_digit) || all(u8::is_ascii_uppercase) {
        text.to_owned()
    } else {
        format!("({text})")
    }
}

/// Appends a term without its sign.
fn push_term(out: &mut String, product: &Product<'_>, fraction: Fraction) {
    let top = fraction.top.unsigned_abs();
    let above = || product.atoms.iter().filter(|(_, exponent)| *exponent > 0);
    let root = product.radicand != 1;
    let first = above().next().map(|(name, _)| &**name);
    if top != 1 || first.is_none() && !root {
        push_number(out, top);
        // `2x`, but `2*sqrt(3)`: an atom of one letter needs no sign of multiplication.
        let letter = first.is_some_and(|name| name.starts_with(char::is_alphabetic) && !name.contains('('));
        if (first.is_some() || root) && !letter {
            out.push('*');
        }
    }
    for (i, (name, exponent)) in above().enumerate() {
        if i > 0 {
            out.push('*');
        }
        push_power(out, name, *exponent);
    }
    if root {
        out.push_str(if first.is_some() { "*sqrt(" } else { "sqrt(" });
        push_number(out, product.radicand.unsigned_abs());
        out.push(')');
    }
    if fraction.bottom != 1 {
        out.push('/');
        push_number(out, fraction.bottom.unsigned_abs());
    }
    for (name, exponent) in product.atoms.iter().filter(|(_, exponent)| *exponent < 0) {
        out.push('/');
        push_power(out, name, -exponent);
    }
}

fn push_power(out: &mut String, name: &str, exponent: i32) {
    out.push_str(name);
    if exponent != 1 {
        out.push('^');
        push_number(out, u128::from(exponent.unsigned_abs()));
    }
}

fn push_number(out: &mut String, number: u128) {
    match u8::try_from(number) {
        Ok(digit @ 0..10) => out.push(char::from(b'0' + digit)),
        _ => out.push_str(&number.to_string()),
    }
}
