//! Enums whose variants have names, for records and for hosts in other languages.

/// Declares an enum with a name per variant: the list of them, `as_str`, and, given a noun for its error, `from_name`.
macro_rules! named {
    (
        $(#[$meta:meta])*
        $vis:vis enum $Enum:ident $(as $what:literal)? { $($(#[$doc:meta])* $Variant:ident = $name:literal,)* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        $vis enum $Enum { $($(#[$doc])* $Variant,)* }

        impl $Enum {
            /// Every variant, in order.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$Variant),*];

            /// Its name.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$Variant => $name,)* }
            }

            $(
                /// The variant with a name.
                ///
                /// # Errors
                /// [`Error::Unknown`](crate::Error::Unknown), which lists the names, when there is none.
                pub fn from_name(name: &str) -> crate::Result<Self> {
                    let found = Self::ALL.into_iter().find(|variant| variant.as_str() == name);
                    found.ok_or_else(|| crate::Error::unknown($what, name, Self::ALL.map(Self::as_str)))
                }
            )?
        }

        impl $crate::digest::Digestible for $Enum {
            fn write_to(&self, digest: &mut $crate::digest::Digest) {
                digest.put(self.as_str());
            }
        }
    };
}
pub(crate) use named;
