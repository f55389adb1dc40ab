use super::error::ConfigError;
use std::borrow::Cow;
use std::fmt;

/// The name of a CloudRun service, as the CloudBase console shows it.
///
/// It matches `^[a-zA-Z][a-zA-Z0-9_-]{0,58}[a-zA-Z0-9]$`, the pattern of CloudBase's HTTP API.
///
/// ```
/// use cloudrun_runtime::ServiceName;
/// assert!(ServiceName::new("orders-v2").is_ok());
/// assert!(ServiceName::new("../admin").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServiceName(Cow<'static, str>);

impl ServiceName {
    /// A checked name.
    ///
    /// # Errors
    ///
    /// [`ConfigError::ServiceName`] if the name does not match the pattern.
    pub fn new(name: impl Into<String>) -> Result<Self, ConfigError> {
        let name = name.into();
        if Self::is_valid(&name) { Ok(Self(Cow::Owned(name))) } else { Err(ConfigError::ServiceName(name)) }
    }

    /// A name that is known when the program is compiled; generated clients use this. A wrong name in a constant
    /// is an error of the compiler.
    pub const fn from_static(name: &'static str) -> Self {
        assert!(Self::is_valid(name), "not a CloudRun service name");
        Self(Cow::Borrowed(name))
    }

    /// Whether a text matches the pattern of service names.
    pub const fn is_valid(name: &str) -> bool {
        let bytes = name.as_bytes();
        let last = bytes.len().saturating_sub(1);
        if bytes.len() < 2 || bytes.len() > 60 || !bytes[0].is_ascii_alphabetic() {
            return false;
        }
        let mut at = 1;
        while at < last {
            if !(bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_' || bytes[at] == b'-') {
                return false;
            }
            at += 1;
        }
        bytes[last].is_ascii_alphanumeric()
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::ServiceName;

    #[test]
    fn only_names_of_the_documented_pattern_pass() {
        for good in ["ab", "a1", "helloworld", "a-b_c-9", &"a".repeat(60)] {
            assert!(ServiceName::is_valid(good), "{good}");
        }
        for bad in ["", "a", "1a", "a-", "a_", "a b", "a/b", "..", "é1", "a\n", &"a".repeat(61)] {
            assert!(!ServiceName::is_valid(bad), "{bad}");
        }
    }
}
