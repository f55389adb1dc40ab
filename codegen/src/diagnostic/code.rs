use std::fmt;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident $code:literal)*) => {
        /// The kinds of findings. Codes are stable: a build may allow or deny them by name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)*
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code as it is printed, for example `CR0101`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// One sentence about the code, for listings.
            pub const fn summary(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($doc),+),)*
                }
            }
        }
    };
}

codes! {
    /// The file cannot be read.
    Unreadable "CR0001"
    /// The file is not text in UTF-8 or UTF-16.
    Encoding "CR0002"
    /// The file is neither JSON nor YAML.
    Syntax "CR0003"
    /// The file is no OpenAPI document of a version that is read here.
    Version "CR0004"
    /// An overlay cannot be applied, or changes nothing.
    Overlay "CR0005"
    /// The options cannot be used.
    Options "CR0006"
    /// A reference leads nowhere.
    DanglingReference "CR0101"
    /// References, or `allOf`s, form a circle that holds no schema.
    CyclicReference "CR0102"
    /// A reference leaves the folder of the root document, or names a URL.
    ForbiddenReference "CR0103"
    /// The document nests deeper than any real document.
    TooDeep "CR0104"
    /// A value has another type than the specification says; it was left out or read as what it looks like.
    WrongType "CR0201"
    /// Something that the specification requires is missing; a default stands in.
    Missing "CR0202"
    /// A key that the specification does not know was left out.
    UnknownKey "CR0203"
    /// A status that is no HTTP status, a range or `default` was read as what it looks like, or left out.
    Status "CR0204"
    /// A path parameter is not declared, not required, or not in the path; the path decides.
    PathParameter "CR0205"
    /// The same parameter is declared twice; the later one counts.
    DuplicateParameter "CR0206"
    /// Two operations have the same id; the later one is named after its method and path.
    DuplicateOperation "CR0207"
    /// A server's URL cannot be used; its path is not put before the operations' paths.
    Server "CR0208"
    /// The document cannot be read as OpenAPI, for a reason that no repair covers.
    NotOpenApi "CR0209"
    /// A key stands twice in one object; what only one of them holds is kept, of the rest the later one counts.
    DuplicateKey "CR0210"
    /// A key that starts with `x-cloudrun-`, as the generator's own do, was left out.
    OwnKey "CR0211"
    /// A schema asks for what no value has; any value is taken.
    Contradiction "CR0301"
    /// A schema construct is not translated; any value is taken.
    UnsupportedSchema "CR0302"
    /// Two names look alike or differ only in case; one got a number.
    NameCollision "CR0304"
    /// The operation needs what is not generated yet; it is left out.
    UnsupportedOperation "CR0401"
    /// A part of the operation is not generated yet; the rest of it is.
    UnsupportedPart "CR0402"
    /// A security scheme of the service needs the header that holds the gateway's token.
    Authorization "CR0404"
    /// A header parameter that HTTP or the gateway owns is not a setter.
    ReservedHeader "CR0403"
    /// The generator itself is at fault: please report it.
    Internal "CR0901"
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn no_two_kinds_share_a_code() {
        let mut codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Code::ALL.len());
    }
}
