use std::collections::{HashMap, HashSet};

use gw_finding::ReasonCode;
use saphyr_parser::{Event, ScalarStyle};

use super::scalar;
use crate::{MAX_DEPTH, Node, ParseError, Span, Value};

/// What all copies of a text's aliased nodes may weigh together, beyond its length: one for each
/// node and one for each 32 bytes of its strings. Billion-laughs documents pass it at once, no
/// real one comes near.
const MAX_COPIED: usize = 1_000_000;

/// Builds the trees from the parser's events.
pub(super) struct Build {
    documents: Vec<Node>,
    open: Vec<Open>,
    /// Finished anchored nodes of the current document; those not finished yet have no node.
    anchors: HashMap<usize, Option<Anchored>>,
    budget: usize,
}

struct Anchored {
    node: Node,
    weight: usize,
    height: usize,
}

/// A collection whose end is still to come.
struct Open {
    anchor: usize,
    start: u32,
    /// The end of the last item so far: a block collection has no end of its own.
    end: u32,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map {
        pairs: Vec<(Node, Node)>,
        key: Option<Key>,
        merges: Vec<Node>,
    },
}

struct Key {
    node: Node,
    merges: bool,
}

impl Build {
    pub(super) fn new(text: &str) -> Self {
        Self {
            documents: Vec::new(),
            open: Vec::new(),
            anchors: HashMap::new(),
            budget: MAX_COPIED.saturating_add(text.len()),
        }
    }

    /// The documents so far.
    pub(super) fn finish(self) -> Vec<Node> {
        self.documents
    }

    pub(super) fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), ParseError> {
        match event {
            // An anchor is known in its own document only.
            Event::DocumentStart(_) => self.anchors.clear(),
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar::value(&text, style, tag.as_deref());
                let merges = style == ScalarStyle::Plain && tag.is_none() && text == "<<";
                let node = Node { value, span };
                self.anchor(anchor, &node, span)?;
                self.push(node, merges);
            }
            Event::SequenceStart(anchor, _) => {
                self.open(anchor, span, Content::List(Vec::new()))?;
            }
            Event::MappingStart(anchor, _) => {
                let content = Content::Map {
                    pairs: Vec::new(),
                    key: None,
                    merges: Vec::new(),
                };
                self.open(anchor, span, content)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span)?,
            Event::Alias(anchor) => {
                let node = self.copy(anchor, span)?;
                self.push(node, false);
            }
            Event::DocumentEnd | Event::StreamStart | Event::StreamEnd | Event::Nothing => {}
        }
        Ok(())
    }

    fn open(&mut self, anchor: usize, span: Span, content: Content) -> Result<(), ParseError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(span));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, None);
        }
        self.open.push(Open {
            anchor,
            start: span.start,
            end: span.end,
            content,
        });
        Ok(())
    }

    fn close(&mut self, span: Span) -> Result<(), ParseError> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        // Only the bracket that ends a flow collection has a width.
        let end = if span.end > span.start {
            span.end
        } else {
            open.end
        };
        let value = match open.content {
            Content::List(items) => Value::List(items),
            Content::Map { pairs, merges, .. } => Value::Map(merge(pairs, merges)),
        };
        let span = Span {
            start: open.start,
            end: end.max(open.start),
        };
        let node = Node { value, span };
        self.anchor(open.anchor, &node, span)?;
        self.push(node, false);
        Ok(())
    }

    /// Adds a finished node to what it is in.
    fn push(&mut self, node: Node, merges: bool) {
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return;
        };
        open.end = open.end.max(node.span.end);
        match &mut open.content {
            Content::List(items) => items.push(node),
            Content::Map {
                pairs,
                key,
                merges: merged,
            } => match key.take() {
                None => *key = Some(Key { node, merges }),
                Some(key) if key.merges && is_mergeable(&node) => merged.push(node),
                Some(key) => pairs.push((key.node, node)),
            },
        }
    }

    /// Keeps a finished node for its aliases.
    fn anchor(&mut self, anchor: usize, node: &Node, span: Span) -> Result<(), ParseError> {
        if anchor == 0 {
            return Ok(());
        }
        let (weight, height) = measure(node);
        self.spend(weight, span)?;
        let node = node.clone();
        let anchored = Anchored {
            node,
            weight,
            height,
        };
        self.anchors.insert(anchor, Some(anchored));
        Ok(())
    }

    /// The node that an alias at `span` stands for.
    fn copy(&mut self, anchor: usize, span: Span) -> Result<Node, ParseError> {
        let (weight, height) = match self.anchors.get(&anchor) {
            Some(Some(anchored)) => (anchored.weight, anchored.height),
            Some(None) => {
                return Err(ParseError {
                    reason: ReasonCode::Cycle,
                    message: "the alias refers to a node that it is itself a part of".to_owned(),
                    span: Some(span),
                });
            }
            None => {
                let message = "the alias refers to no anchor in its document";
                return Err(ParseError::malformed(message, Some(span)));
            }
        };
        if self.open.len().saturating_add(height) > MAX_DEPTH {
            return Err(too_deep(span));
        }
        self.spend(weight, span)?;
        let value = match self.anchors.get(&anchor) {
            Some(Some(anchored)) => anchored.node.value.clone(),
            _ => Value::Null,
        };
        Ok(Node { value, span })
    }

    fn spend(&mut self, weight: usize, span: Span) -> Result<(), ParseError> {
        match self.budget.checked_sub(weight) {
            Some(left) => {
                self.budget = left;
                Ok(())
            }
            None => Err(ParseError {
                reason: ReasonCode::ExpansionRatio,
                message: format!(
                    "anchors and aliases expand to more than {MAX_COPIED} copied nodes"
                ),
                span: Some(span),
            }),
        }
    }
}

fn too_deep(span: Span) -> ParseError {
    ParseError {
        reason: ReasonCode::TooDeep,
        message: format!("nesting is deeper than {MAX_DEPTH}"),
        span: Some(span),
    }
}

/// Whether `<<` may have this value: a mapping, or a list of mappings.
fn is_mergeable(node: &Node) -> bool {
    match &node.value {
        Value::Map(_) => true,
        Value::List(items) => items.iter().all(Node::is_map),
        _ => false,
    }
}

/// The pairs with those of the merged mappings, which come first, unless another key hides them.
fn merge(pairs: Vec<(Node, Node)>, merges: Vec<Node>) -> Vec<(Node, Node)> {
    if merges.is_empty() {
        return pairs;
    }
    let mut seen: HashSet<String> = pairs.iter().filter_map(|(key, _)| name(key)).collect();
    let mut merged = Vec::new();
    let maps = merges.into_iter().flat_map(|node| match node.value {
        Value::List(items) => items,
        value => vec![Node {
            value,
            span: node.span,
        }],
    });
    for map in maps {
        let Value::Map(pairs) = map.value else {
            continue;
        };
        // Within one mapping the last of duplicate keys counts, so they are kept together.
        let hidden: Vec<bool> = pairs
            .iter()
            .map(|(key, _)| name(key).is_some_and(|name| seen.contains(&name)))
            .collect();
        seen.extend(pairs.iter().filter_map(|(key, _)| name(key)));
        let visible = pairs.into_iter().zip(hidden);
        merged.extend(visible.filter(|(_, hidden)| !hidden).map(|(pair, _)| pair));
    }
    merged.extend(pairs);
    merged
}

fn name(key: &Node) -> Option<String> {
    key.scalar().map(str::to_owned)
}

/// The weight of a node with all in it, and how many collections it nests.
fn measure(node: &Node) -> (usize, usize) {
    let mut weight = 0_usize;
    let mut height = 0;
    let mut todo = vec![(node, 0)];
    while let Some((node, depth)) = todo.pop() {
        let text = node.scalar().map_or(0, str::len);
        weight = weight.saturating_add(1 + text / 32);
        match &node.value {
            Value::List(items) => todo.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Map(pairs) => {
                let nodes = pairs.iter().flat_map(|(key, value)| [key, value]);
                todo.extend(nodes.map(|node| (node, depth + 1)));
            }
            _ => continue,
        }
        height = height.max(depth + 1);
    }
    (weight, height)
}
