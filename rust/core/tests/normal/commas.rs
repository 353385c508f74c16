//! Commas between digits.

use rheostat::vote::Normal;

#[test]
fn a_lone_comma_between_digits_is_a_decimal_comma_of_a_number() {
    let cases = [
        ("12,5 %", "12.5"),
        ("La respuesta es 3,14.", "3.14"),
        ("-0,25", "-0.25"),
        ("0,125", "0.125"),
        ("Das sind 3,75 Euro pro Kilo.", "3.75"),
        ("1234,567", "1234.567"),
        ("5,5 und 6,5", "6.5"),
        ("$3{,}14$", "3.14"),
        ("1,234", "1234"),
        ("1,2,3", "3"),
        ("(3,5)", "5"),
        ("3, 5", "5"),
        ("12, 345", "345"),
        ("July 4,1776", "1776"),
    ];
    for (text, number) in cases {
        assert_eq!(Normal::Number.of(text), number, "{text:?}");
    }
    for (text, number) in
        [("$0{,}5$", "0.5"), ("$12{,}345$", "12345"), ("$1{,}000{,}000$", "1000000"), ("$1~1/2$", "1.5")]
    {
        assert_eq!(Normal::Auto.of(text), number, "{text:?}");
    }
}
