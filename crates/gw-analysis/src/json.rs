use crate::{Node, ParseError};

pub fn parse(text: &str) -> Result<Node, ParseError> { let _ = text; Err(ParseError::malformed("not yet", None)) }
