//! Boxes: one answer in several of them, and what stands beside one.

use super::classes;
use rheostat::vote::Normal;

#[test]
fn boxes_of_one_answer_are_a_list_and_what_stands_beside_a_box_counts() {
    let all = [
        r"(a) \boxed{3} (b) \boxed{5}",
        "1. \\boxed{3}\n2. \\boxed{5}",
        "- \\boxed{3}\n- \\boxed{5}",
        "* \\boxed{3}\n* \\boxed{5}",
        "a) \\boxed{3}\n\nb) \\boxed{5}",
        "**Part 1:** \\boxed{3}\n**Part 2:** \\boxed{5}",
        r"(i) \boxed{3}. (ii) \boxed{5}.",
        r"Q1: \boxed{3} Q2: \boxed{5}",
        "第1问：\\boxed{3} 第2问：\\boxed{5}",
        r"\boxed{3} 和 \boxed{5}",
        r"\boxed{3} и \boxed{5}",
        r"\boxed{3} e \boxed{5}",
        r"\boxed{3} / \boxed{5}",
        r"\boxed{3} as well as \boxed{5}",
        r"a: \boxed{3}, b: \boxed{5}",
        r"(b) \boxed{5} (a) \boxed{3}",
        "Answer 1: \\boxed{3}\nAnswer 2: \\boxed{5}",
        r"Part 2: \boxed{5}; Part 1: \boxed{3}",
    ];
    // A factor may hold characters of several bytes.
    assert_eq!(Normal::Auto.of("\\boxed{5}\\cdot €"), Normal::Auto.of("5\\cdot €"));
    let either = [
        r"\boxed{3}或\boxed{5}",
        r"\boxed{3} または \boxed{5}",
        r"$\boxed{3} \lor \boxed{5}$",
        r"\boxed{3} или \boxed{5}",
    ];
    classes(
        Normal::Auto,
        &[
            &all,
            &either,
            &["5", r"\boxed{3}. Wait, it is \boxed{5}", r"\boxed{5} in total", r"\boxed{10/2} = \boxed{5}"],
            &["-5", r"$-\boxed{5}$", r"The answer is -\boxed{5}."],
            &["5 m", r"\boxed{5}~\mathrm{m}", r"\boxed{5} meters", r"\boxed{5}\text{ m} is right"],
            &["5 m^2", r"\boxed{5}\text{ m}^2", r"$\boxed{5}$ m$^2$"],
            &["5 km", r"\boxed{5}~\mathrm{km}", r"\boxed{5} kilometers from home"],
            &[r"$5\pi$", r"\boxed{5}\pi", r"$\boxed{5}\pi$"],
            &["0.5", r"\boxed{1}/\boxed{2}"],
            &["a = 3, b = 5", r"a = \boxed{3}, b = \boxed{5}", r"b = \boxed{5}$ and $a = \boxed{3}"],
            &["a = 5, b = 3", r"b = \boxed{3}, a = \boxed{5}"],
            &["5, 3", r"(b) \boxed{3} (a) \boxed{5}"],
            &["3 to 5", r"\boxed{3} to \boxed{5}"],
            &["3 \\le x \\le 5", r"$\boxed{3} \le x \le \boxed{5}$", r"\boxed{3}\leq x\leq\boxed{5}"],
            &[r"\boxed{3}, respectively \boxed{5}"],
            &[r"neither \boxed{3} nor \boxed{5}"],
            &[r"\boxed{3} m and \boxed{5} s"],
            &["first: 3, second: 5", r"first: \boxed{3}, second: \boxed{5}"],
            &["The mean is 3. The median is 5", r"The mean is \boxed{3}. The median is \boxed{5}."],
            &["x + 3", r"$\boxed{3} + x$", r"\boxed{3} + x", r"x + \boxed{3}"],
            &["1", r"\boxed{1}, not \boxed{2}", r"\boxed{1} (instead of \boxed{2})"],
            &["2x", r"2\boxed{x}", r"$\boxed{2}x$"],
            &["x^2/2", r"\frac{\boxed{x^2}}{2}", r"\frac12\boxed{x^2}"],
            &["x \\ge 3", r"$x \ge \boxed{3}$"],
            &["(3, 5)", r"(\boxed{3}, \boxed{5})", r"(\boxed{3}, 5)"],
            &["x > 3", r"$\boxed{3} < x$"],
            &["3 or more", r"\boxed{3} or more"],
            &[r"2\sqrt{3}", r"\boxed{2}\sqrt{3}"],
            &["x^2+2x+1", r"$\boxed{x+1}^2$"],
            &["5 EUR", r"€\boxed{5}"],
        ],
    );
}
