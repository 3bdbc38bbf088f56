use cedar_policy::RestrictedExpression as Expr;

/// A value that policies read: what Cedar is given, and what guards look at before.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node<'a> {
    Bool(bool),
    Long(i64),
    Text(&'a str),
    Set(Vec<&'a str>),
    Record(Attributes<'a>),
}

/// A record's attributes.
pub(crate) type Attributes<'a> = Vec<(&'static str, Node<'a>)>;

impl<'a> Node<'a> {
    /// A count, which no real one exceeds.
    pub(crate) fn long(number: u64) -> Self {
        Self::Long(i64::try_from(number).unwrap_or(i64::MAX))
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Record(attributes) => find(attributes, name),
            _ => None,
        }
    }

    /// The value as Cedar has it.
    pub(crate) fn to_cedar(&self) -> Result<Expr, String> {
        Ok(match self {
            Self::Bool(value) => Expr::new_bool(*value),
            Self::Long(value) => Expr::new_long(*value),
            Self::Text(value) => Expr::new_string((*value).to_owned()),
            Self::Set(values) => Expr::new_set(
                values
                    .iter()
                    .map(|value| Expr::new_string((*value).to_owned())),
            ),
            Self::Record(attributes) => {
                let pairs = attributes
                    .iter()
                    .map(|(name, value)| Ok(((*name).to_owned(), value.to_cedar()?)))
                    .collect::<Result<Vec<_>, String>>()?;
                Expr::new_record(pairs).map_err(|error| error.to_string())?
            }
        })
    }
}

pub(crate) fn find<'n, 'a>(attributes: &'n Attributes<'a>, name: &str) -> Option<&'n Node<'a>> {
    attributes
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}
