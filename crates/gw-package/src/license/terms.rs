//! Expressions of licence names with operators, written in the ways that people and tools do.

use super::names;

/// The SPDX expression, if every term of it is known.
pub(super) fn expression(text: &str) -> Option<String> {
    let tokens = tokens(text);
    let mut out = String::with_capacity(text.len());
    let mut after_with = false;
    for token in tokens {
        match token {
            Token::Open => out.push('('),
            Token::Close => out.push(')'),
            Token::Operator(operator) => {
                out.push(' ');
                out.push_str(operator);
                out.push(' ');
            }
            Token::Term(term) if after_with => out.push_str(names::exception(&term)?),
            Token::Term(term) => {
                let license = names::license(&term)?;
                // A deprecated identifier may stand for one with an exception; `WITH` binds
                // strongest, so it needs no parentheses.
                out.push_str(&license);
            }
        }
        after_with = out.ends_with(" WITH ");
    }
    Some(without_outer_parentheses(&out).to_owned())
}

enum Token {
    Open,
    Close,
    Operator(&'static str),
    Term(String),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut spaced = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '(' | ')' | '/' | '|' | '&' | ';' => spaced.extend([' ', c, ' ']),
            _ => spaced.push(c),
        }
    }
    let mut tokens = Vec::new();
    let mut term: Vec<&str> = Vec::new();
    let mut words = spaced.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let next = words.peek().map(|next| next.to_ascii_lowercase());
        let token = match word.to_ascii_lowercase().as_str() {
            "(" => Token::Open,
            ")" => Token::Close,
            "or" if matches!(next.as_deref(), Some("later" | "newer" | "any" | "greater")) => {
                // `GPLv2 or later` is one licence.
                term.push(word);
                continue;
            }
            "/" | "or" => Token::Operator("OR"),
            "|" => {
                if words.peek() == Some(&"|") {
                    words.next();
                }
                Token::Operator("OR")
            }
            "and" => Token::Operator("AND"),
            "&" => {
                if words.peek() == Some(&"&") {
                    words.next();
                }
                Token::Operator("AND")
            }
            "with" | "w" => {
                // `GPL w/ Classpath exception`
                if word.len() == 1 {
                    if words.peek() != Some(&"/") {
                        term.push(word);
                        continue;
                    }
                    words.next();
                }
                Token::Operator("WITH")
            }
            _ => {
                term.push(word);
                continue;
            }
        };
        flush(&mut term, &mut tokens);
        tokens.push(token);
    }
    flush(&mut term, &mut tokens);
    tokens
}

fn flush(term: &mut Vec<&str>, tokens: &mut Vec<Token>) {
    if !term.is_empty() {
        tokens.push(Token::Term(term.join(" ")));
        term.clear();
    }
}

fn without_outer_parentheses(text: &str) -> &str {
    let mut text = text;
    while let Some(inner) = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'))
    {
        let mut depth = 0_usize;
        for c in inner.chars() {
            match c {
                '(' => depth += 1,
                ')' => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => return text,
                },
                _ => {}
            }
        }
        text = inner;
    }
    text
}
