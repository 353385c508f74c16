//! Values of numbers, exactly: decimals of any length as digits and an exponent, fractions as whole numbers.

/// Zeros that are written out rather than put into an exponent.
pub(super) const PLAIN: i64 = 40;
/// The largest exponent of a number in canonical form. Whatever is beyond it is no number.
const EXPONENT: i64 = 999_999_999;

/// `digits · 10^exponent`; digits without zeros at either end, none at all for zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decimal {
    digits: String,
    exponent: i64,
}

/// A number without a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Number {
    Decimal(Decimal),
    Ratio(Ratio),
}

/// The canonical form of a fraction.
pub(super) fn rational(top: i128, bottom: i128) -> Option<String> {
    let ratio = Ratio::new(top.unsigned_abs(), bottom.unsigned_abs())?;
    Some(ratio.render((top < 0) ^ (bottom < 0)))
}

impl Number {
    pub(super) fn render(&self, negative: bool) -> String {
        match self {
            Self::Decimal(decimal) => decimal.render(negative),
            Self::Ratio(ratio) => ratio.render(negative),
        }
    }

    /// The number times a power of ten.
    pub(super) fn scaled(self, zeros: u32) -> Option<Self> {
        match self {
            Self::Decimal(decimal) if decimal.digits.is_empty() => Some(Self::Decimal(decimal)),
            Self::Decimal(Decimal { digits, exponent }) => {
                Decimal { digits, exponent: exponent + i64::from(zeros) }.bounded().map(Self::Decimal)
            }
            Self::Ratio(ratio) => {
                Ratio::new(ratio.top.checked_mul(ten_to(zeros)?)?, ratio.bottom).map(Self::Ratio)
            }
        }
    }

    /// Numerator and denominator, where they fit.
    pub(super) fn fraction(&self) -> Option<(i128, i128)> {
        let (top, bottom) = self.parts()?;
        Some((top.try_into().ok()?, bottom.try_into().ok()?))
    }

    pub(super) fn over(&self, bottom: &Self) -> Option<Ratio> {
        let ((top, over), (under, below)) = (self.parts()?, bottom.parts()?);
        Ratio::new(top.checked_mul(below)?, over.checked_mul(under)?)
    }

    fn parts(&self) -> Option<(u128, u128)> {
        match self {
            Self::Decimal(decimal) => {
                let (top, below) = decimal.whole()?;
                Some((top, ten_to(below)?))
            }
            Self::Ratio(ratio) => Some((ratio.top, ratio.bottom)),
        }
    }
}

impl Decimal {
    pub(super) fn new(digits: &str, exponent: i64) -> Self {
        let trimmed = digits.trim_end_matches('0');
        let zeros = digits.len() - trimmed.len();
        let digits = trimmed.trim_start_matches('0').to_owned();
        let exponent = if digits.is_empty() { 0 } else { exponent + zeros as i64 };
        Self { digits, exponent }
    }

    /// None if its canonical form could not be read again.
    pub(super) fn bounded(self) -> Option<Self> {
        let highest = self.exponent + self.digits.len() as i64 - 1;
        (-EXPONENT..=EXPONENT).contains(&highest).then_some(self)
    }

    /// As a whole number and what is left of the exponent below it.
    fn whole(&self) -> Option<(u128, u32)> {
        let digits: u128 = if self.digits.is_empty() { 0 } else { self.digits.parse().ok()? };
        if self.exponent < 0 {
            return Some((digits, u32::try_from(-self.exponent).ok()?));
        }
        Some((digits.checked_mul(ten_to(self.exponent.try_into().ok()?)?)?, 0))
    }

    fn render(&self, negative: bool) -> String {
        let Self { digits, exponent } = self;
        let length = digits.len() as i64;
        let sign = if negative && !digits.is_empty() { "-" } else { "" };
        if digits.is_empty() {
            return "0".to_owned();
        }
        if *exponent == 0 {
            return [sign, digits].concat();
        }
        if (0..=PLAIN).contains(exponent) {
            return format!("{sign}{digits}{:0<zeros$}", "", zeros = *exponent as usize);
        }
        if *exponent < 0 && -exponent <= length + PLAIN {
            let point = length + exponent;
            return match digits.split_at_checked(usize::try_from(point).unwrap_or(0)) {
                Some((whole, fraction)) if point > 0 => format!("{sign}{whole}.{fraction}"),
                _ => format!("{sign}0.{:0<zeros$}{digits}", "", zeros = -point as usize),
            };
        }
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        format!("{sign}{first}{point}{rest}e{}", exponent + length - 1)
    }
}

/// `top / bottom` in lowest terms, without a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ratio {
    pub(super) top: u128,
    pub(super) bottom: u128,
}

impl Ratio {
    /// None if it divides by zero.
    pub(super) fn new(top: u128, bottom: u128) -> Option<Self> {
        if bottom == 0 {
            return None;
        }
        let common = gcd(top, bottom);
        Some(Self { top: top / common, bottom: bottom / common })
    }

    /// `digits` with a decimal point before the last `places`, and a repetend: the difference of two whole numbers over
    /// as many nines, then zeros.
    pub(super) fn repeating(digits: &str, places: usize, repetend: &str) -> Option<Self> {
        let all: u128 = format!("{digits}{repetend}").parse().ok()?;
        let before: u128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        let nines = ten_to(u32::try_from(repetend.len()).ok()?)?.checked_sub(1)?;
        Self::new(all.checked_sub(before)?, nines.checked_mul(ten_to(u32::try_from(places).ok()?)?)?)
    }

    /// As a decimal where one is exact, else as a fraction.
    fn render(&self, negative: bool) -> String {
        let (mut rest, mut places) = (self.bottom, [0, 0]);
        for (count, prime) in places.iter_mut().zip([2, 5]) {
            while rest % prime == 0 {
                rest /= prime;
                *count += 1;
            }
        }
        let places: u32 = places[0].max(places[1]);
        let scaled = (rest == 1).then(|| self.top.checked_mul(ten_to(places)? / self.bottom)).flatten();
        if let Some(digits) = scaled {
            return Decimal::new(&digits.to_string(), -i64::from(places)).render(negative);
        }
        let sign = if negative { "-" } else { "" };
        format!("{sign}{}/{}", self.top, self.bottom)
    }
}

fn ten_to(power: u32) -> Option<u128> {
    10_u128.checked_pow(power)
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}
