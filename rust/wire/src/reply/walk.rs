//! Reads values that may be of any type: a field of the wrong type is skipped, since providers and the servers that copy them differ.

use memchr::memmem::Finder;
use rheostat::Result;
use rheostat::json::{Json, JsonText};
use std::sync::LazyLock;

pub(super) trait Walk<'a>: Sized {
    fn skip(&mut self) -> Result<()>;
    /// Reads an object: calls `each` on each value, with its name; `each` must read the value. Another value is skipped.
    fn each_member(&mut self, each: impl FnMut(&mut Self, &[u8]) -> Result<()>) -> Result<()>;
    /// Reads an array: calls `each` on each item; `each` must read the item. Another value is skipped.
    fn each_item(&mut self, each: impl FnMut(&mut Self, usize) -> Result<()>) -> Result<()>;
    /// Reads with `read`, and goes back.
    fn ahead<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T>;
    /// Reads a string.
    fn string(&mut self) -> Result<Option<JsonText<'a>>>;
    /// Reads a string that is not empty.
    fn word(&mut self) -> Result<Option<String>>;
    /// Reads a whole number from 0 on.
    fn count(&mut self) -> Result<Option<u64>>;
    /// Reads a number; NaN if it is none.
    fn real(&mut self) -> Result<f64>;
    /// Reads a member of the object here with `read`, and goes back to the object's start.
    fn member_ahead<T>(
        &mut self,
        wanted: &[u8],
        read: impl FnMut(&mut Self) -> Result<Option<T>>,
    ) -> Result<Option<T>>;
    /// The `index` of the object here, which is not read.
    fn index(&mut self) -> Result<Option<u64>> {
        self.number_of(b"index")
    }
    /// The whole number of a field of the object here, which is not read.
    fn number_of(&mut self, wanted: &[u8]) -> Result<Option<u64>> {
        self.member_ahead(wanted, Self::count)
    }
    /// True for an array with an object in it, which is not read.
    fn has_items(&mut self) -> Result<bool>;
    /// The `type` of the object here, which is not read; empty if there is none.
    fn kind_of(&mut self) -> Result<String>;
}

impl<'a> Walk<'a> for Json<'a> {
    fn skip(&mut self) -> Result<()> {
        Ok(self.pass(&mut ())?)
    }

    #[inline]
    fn each_member(&mut self, mut each: impl FnMut(&mut Self, &[u8]) -> Result<()>) -> Result<()> {
        match self.peek() {
            Some(b'{') => self.members(|json, name| each(json, &name.decoded())),
            _ => self.skip(),
        }
    }

    #[inline]
    fn each_item(&mut self, each: impl FnMut(&mut Self, usize) -> Result<()>) -> Result<()> {
        match self.peek() {
            Some(b'[') => self.items(each),
            _ => self.skip(),
        }
    }

    fn ahead<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let place = self.position();
        let found = read(self)?;
        self.seek(place);
        Ok(found)
    }

    fn string(&mut self) -> Result<Option<JsonText<'a>>> {
        if self.peek() == Some(b'"') {
            return self.read_string().map(Some);
        }
        self.skip()?;
        Ok(None)
    }

    fn word(&mut self) -> Result<Option<String>> {
        let text = self.string()?.filter(|text| !text.raw.is_empty());
        Ok(text.map(|text| String::from_utf8_lossy(&text.decoded()).into_owned()))
    }

    fn count(&mut self) -> Result<Option<u64>> {
        if matches!(self.peek(), Some(b'0'..=b'9')) {
            return Ok(self.read_number()?.parse().ok());
        }
        self.skip()?;
        Ok(None)
    }

    fn real(&mut self) -> Result<f64> {
        if matches!(self.peek(), Some(b'-' | b'0'..=b'9')) {
            return Ok(self.read_number()?.parse().unwrap_or(f64::NAN));
        }
        self.skip()?;
        Ok(f64::NAN)
    }

    fn index(&mut self) -> Result<Option<u64>> {
        match first_index(self)? {
            Some(index) => Ok(Some(index)),
            None => self.number_of(b"index"),
        }
    }

    fn member_ahead<T>(
        &mut self,
        wanted: &[u8],
        mut read: impl FnMut(&mut Self) -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        self.ahead(|json| {
            let mut found = None;
            json.each_member(|json, name| {
                if name == wanted {
                    found = read(json)?;
                    return Ok(());
                }
                json.skip()
            })?;
            Ok(found)
        })
    }

    fn has_items(&mut self) -> Result<bool> {
        let mut has = false;
        self.ahead(|json| {
            json.each_item(|json, _| {
                has |= json.peek() == Some(b'{');
                json.skip()
            })
        })?;
        Ok(has)
    }

    fn kind_of(&mut self) -> Result<String> {
        Ok(self.member_ahead(b"type", Self::word)?.unwrap_or_default())
    }
}

/// The `index` of the object here, which is not read, if that is its first field and for certain its only one of that name: the rest
/// of the object need not be read for it. None if it has to be.
fn first_index(json: &mut Json<'_>) -> Result<Option<u64>> {
    static NAME: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(br#"index""#));
    static ESCAPE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(br"\u"));
    json.peek();
    let Some(rest) = json.rest().strip_prefix(b"{") else { return Ok(None) };
    let Some(behind) = rest.trim_ascii_start().strip_prefix(br#""index""#) else { return Ok(None) };
    let Some(value) = behind.trim_ascii_start().strip_prefix(b":") else { return Ok(None) };
    let value = value.trim_ascii_start();
    if !value.first().is_some_and(u8::is_ascii_digit)
        || NAME.find(value).or_else(|| ESCAPE.find(value)).is_some()
    {
        return Ok(None);
    }
    let mut number = Json::new(value);
    number.count()
}
