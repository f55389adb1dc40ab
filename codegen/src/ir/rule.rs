use super::Unnamed;

/// What a schema asks of a value beyond its type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Rule {
    MinLength(usize),
    MaxLength(usize),
    Pattern(String),
    Minimum(f64),
    Above(f64),
    Maximum(f64),
    Below(f64),
    MultipleOf(f64),
    MinItems(usize),
    MaxItems(usize),
    UniqueItems,
    MinProperties(usize),
    MaxProperties(usize),
    Items(Vec<Rule>),
    Values(Vec<Rule>),
    Property(String, Vec<Rule>),
    /// What a named schema asks, by the schema's name.
    Of(String),
    AnyOf(Vec<Vec<Rule>>),
}

/// What a named schema asks.
#[derive(Clone, Debug)]
pub(crate) struct NamedRules<N = Unnamed> {
    pub(crate) constant: N,
    pub(crate) rules: Vec<Rule>,
}
