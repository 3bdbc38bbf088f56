//! Gate policies in Cedar: schema, authority, facts, gates and explanations.
