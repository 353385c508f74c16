//! Formulas of chemistry, in which order and case count: `H2O`, `Fe^3+`, `Ca(OH)2`.

/// The signs of the elements, by first letter.
const ELEMENTS: &str = "Ac Ag Al Am Ar As At Au B Ba Be Bh Bi Bk Br C Ca Cd Ce Cf Cl Cm Cn Co Cr Cs Cu Db Ds Dy Er Es Eu F Fe Fl \
     Fm Fr Ga Gd Ge H He Hf Hg Ho Hs I In Ir K Kr La Li Lr Lu Lv Mc Md Mg Mn Mo Mt N Na Nb Nd Ne Nh Ni No Np O Og Os P Pa Pb Pd \
     Pm Po Pr Pt Pu Ra Rb Re Rf Rg Rh Rn Ru S Sb Sc Se Sg Si Sm Sn Sr Ta Tb Tc Te Th Ti Tl Tm Ts U V W Xe Y Yb Zn Zr";

/// A formula with at least one count or charge, without marks of indices: `H_2O` is `H2O`, `Fe^(2+)` and `Fe2+` are `Fe^2+`.
/// The names of hybrid orbitals have one spelling, too.
pub(super) fn canonical(text: &str) -> Option<String> {
    if let Some(order) = text.strip_prefix("sp").map(|rest| rest.trim_start_matches('^')) {
        return matches!(order, "2" | "3").then(|| format!("sp{order}"));
    }
    // A count or a charge is part of it.
    let marked = |b: u8| b.is_ascii_digit() || matches!(b, b'+' | b'-');
    if !text.starts_with(|c: char| c.is_ascii_uppercase() || c == '(')
        || text.len() > 40
        || !text.bytes().any(marked)
    {
        return None;
    }
    let (mut out, mut rest, mut elements, mut counts, mut depth) = (String::new(), text, 0, 0, 0_u32);
    loop {
        let next = rest.chars().next();
        match next {
            Some('A'..='Z') => {
                let length = 1 + rest[1..].bytes().take_while(u8::is_ascii_lowercase).count();
                let (name, after) = rest.split_at(length);
                ELEMENTS.split(' ').find(|known| *known == name)?;
                out.push_str(name);
                elements += 1;
                rest = after;
            }
            Some('(') => {
                (depth, rest) = (depth + 1, &rest[1..]);
                out.push('(');
            }
            Some(')') if !out.ends_with('(') => {
                (depth, rest) = (depth.checked_sub(1)?, &rest[1..]);
                out.push(')');
            }
            _ => break,
        }
        let marked = rest.strip_prefix('_').unwrap_or(rest);
        let length = marked.bytes().take_while(u8::is_ascii_digit).count();
        // `Fe2+` is iron with a charge.
        let charge = elements == 1 && counts == 0 && length == 1 && matches!(&marked[1..], "+" | "-");
        if length > 0 && !charge {
            let (count, after) = marked.split_at(length);
            out.push_str(count);
            (counts, rest) = (counts + 1, after);
        } else if marked.len() < rest.len() {
            return None;
        }
    }
    let charge = rest.strip_prefix('^').unwrap_or(rest);
    let charge = charge.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(charge);
    if !charge.is_empty() {
        let digits = charge.trim_end_matches(['+', '-']);
        if charge.len() - digits.len() != 1 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        out.extend(["^", charge]);
    }
    // `A+` and `B12` may be anything; a lone sign with a count is a molecule only if it is a small one.
    let fits =
        elements > 1 && counts > 0 || elements > 0 && !charge.is_empty() && (elements > 1 || out.len() > 3);
    (fits && depth == 0).then_some(out)
}
