//! XGBoost's old binary format, which versions before 3.1 read and those before 2.1 write: structures of
//! C as they lay in memory.
//!
//! Source: `learner.cc` (`LearnerModelParamLegacy`), `gbtree_model.h` (`GBTreeModelParam`),
//! `tree_model.h` (`TreeParam`, `RegTree::Node`, `RTreeNodeStat`), `gblinear_model.h` of XGBoost 1.7;
//! dmlc's serialisation of texts: a length of eight bytes, then the bytes.

use gw_finding::ReasonCode;

use super::tree::Tree;
use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::tensor::describe;
use crate::tensor::input::{Input, Reading, Trouble};
use crate::{Content, Model, rules};

/// How many trees, nodes of all trees and attributes are read.
const MAX_TREES: u32 = 1 << 20;
const MAX_NODES: u64 = 16 << 20;
const MAX_ATTRIBUTES: u64 = 4096;
/// How long a text may be.
const MAX_TEXT: u64 = 1 << 20;
/// The bytes of a node, and of its statistics.
const NODE: u64 = 20;
const STATISTICS: u64 = 16;

/// The binary format of XGBoost.
pub(crate) struct XgBoostBinary;

impl Reader for XgBoostBinary {
    fn claims(&self, _path: &str, head: &[u8]) -> bool {
        head.starts_with(b"binf") || head.starts_with(b"bs64\t") || is_bare(head)
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let mut model = Model::new("xgboost", report.location().clone());
        model.format_version = Some("binary".to_owned());
        let outcome = Input::new(&mut content)
            .map_err(Trouble::from)
            .and_then(|mut input| read(&mut input, &mut model, report));
        if let Err(trouble) = outcome {
            trouble.report("XGBoost's binary format", report);
        }
        report.describe(model);
    }
}

/// Whether a file begins without the magic, as those of XGBoost before 1.0 may: a base score
/// between 0 and 1, numbers of features and classes, flags, zeros, and the name of an objective.
fn is_bare(head: &[u8]) -> bool {
    let float = head
        .first_chunk::<4>()
        .map(|bytes| f32::from_le_bytes(*bytes));
    // Versions from 1.6 on say two things more before what is kept for later versions.
    let few = head
        .get(28..36)
        .is_some_and(|two| two.chunks(4).all(|four| matches!(four, [0..=99, 0, 0, 0])));
    let zeros = few
        && head
            .get(36..136)
            .is_some_and(|rest| rest.iter().all(|byte| *byte == 0));
    let length = head
        .get(136..144)
        .and_then(|bytes| bytes.first_chunk::<8>());
    let length = length.map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let name = usize::try_from(length)
        .ok()
        .and_then(|length| head.get(144..144_usize.checked_add(length)?));
    let objective = |name: &[u8]| {
        ["reg:", "binary:", "multi:", "rank:", "count:", "survival:"]
            .iter()
            .any(|known| name.starts_with(known.as_bytes()))
    };
    float.is_some_and(|score| score.is_finite() && score.abs() < 1e6)
        && zeros
        && (1..64).contains(&length)
        && name.is_some_and(objective)
}

fn read(input: &mut Input<'_, '_>, model: &mut Model, report: &mut Report<'_>) -> Reading<()> {
    let magic: [u8; 4] = input.array()?;
    match &magic {
        b"binf" => {}
        b"bs64" => {
            let detail = "XGBoost's binary format in base64; save the model as JSON or UBJSON";
            return Err(Trouble::Limit(ReasonCode::Unsupported, detail.to_owned()));
        }
        _ => input.go_to(0)?,
    }
    // LearnerModelParamLegacy: 136 bytes.
    let score = f32::from_le_bytes(input.array()?);
    let features = input.u32()?;
    let classes = input.u32()?;
    let has_attributes = input.u32()? != 0;
    let has_metrics = input.u32()? != 0;
    let (major, minor) = (input.u32()?, input.u32()?);
    input.skip(108)?;
    if major > 0 {
        let version = format!("{major}.{minor}");
        model.libraries.insert("xgboost".to_owned(), version);
    }
    let objective = text(input)?;
    let booster = text(input)?;
    model.task = Some(quote(&objective)).filter(|name| !name.is_empty());
    model.architecture = Some(quote(&booster)).filter(|name| !name.is_empty());
    for (key, value) in [
        ("features", features.to_string()),
        ("classes", classes.to_string()),
        ("base_score", score.to_string()),
    ] {
        describe::keep(model, key, &value);
    }
    match booster.as_str() {
        "gbtree" | "dart" => trees(input, booster == "dart", features, model, report)?,
        "gblinear" => linear(input, features, model)?,
        _ => {
            let detail = format!("no booster is called \"{}\"", quote(&booster));
            return Err(Trouble::malformed(detail));
        }
    }
    if has_attributes {
        attributes(input, model)?;
    }
    if has_metrics {
        let count = input.u64()?;
        for _ in 0..count.min(MAX_ATTRIBUTES) {
            text(input)?;
        }
    }
    rest(input, report)
}

/// `GBTreeModelParam` and the trees; for `dart` also the weight of each.
fn trees(
    input: &mut Input<'_, '_>,
    dart: bool,
    features: u32,
    model: &mut Model,
    report: &mut Report<'_>,
) -> Reading<()> {
    let count = input.u32()?;
    input.skip(156)?;
    model.metadata.insert("trees".to_owned(), count.to_string());
    // Each tree has its parameters and a node at least.
    let least = u64::from(count).saturating_mul(148 + NODE + STATISTICS);
    if input.lacks(least) {
        let left = input.left().unwrap_or(0);
        let message = format!(
            "The model says it has {count} trees, and only {left} bytes are left for them."
        );
        report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new("num_trees", message));
        return Err(Trouble::Ends(input.size().unwrap_or(0)));
    }
    if count > MAX_TREES {
        let detail = format!("more than {MAX_TREES} trees");
        return Err(Trouble::Limit(ReasonCode::TooMany, detail));
    }
    let mut nodes = 0_u64;
    for index in 0..count {
        let tree = tree(input, index, &mut nodes, report)?;
        let most = Some(u64::from(features)).filter(|features| *features > 0);
        if let Some(lie) = tree.lie(most) {
            let message = format!("Tree {index}: {lie}.");
            let context = format!("tree {index}");
            report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new(context, message));
        }
    }
    model.metadata.insert("nodes".to_owned(), nodes.to_string());
    // The group that each tree is of.
    input.skip(u64::from(count).saturating_mul(4))?;
    if dart && count > 0 {
        let weights = input.u64()?;
        input.skip(weights.saturating_mul(4))?;
    }
    Ok(())
}

/// `TreeParam`, its nodes and their statistics.
fn tree(
    input: &mut Input<'_, '_>,
    index: u32,
    all: &mut u64,
    report: &mut Report<'_>,
) -> Reading<Tree> {
    input.skip(4)?;
    let count = input.u32()?;
    input.skip(140)?;
    let size = u64::from(count).saturating_mul(NODE + STATISTICS);
    if input.lacks(size) {
        let left = input.left().unwrap_or(0);
        let message = format!("Tree {index} says it has {count} nodes, and {left} bytes are left.");
        let context = format!("tree {index}");
        report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new(context, message));
        return Err(Trouble::Ends(input.size().unwrap_or(0)));
    }
    *all = all.saturating_add(u64::from(count));
    if *all > MAX_NODES {
        let detail = format!("more than {MAX_NODES} nodes in all trees");
        return Err(Trouble::Limit(ReasonCode::TooMany, detail));
    }
    let mut tree = Tree {
        nodes: Some(u64::from(count)),
        ..Tree::default()
    };
    for _ in 0..count {
        // Its parent, its children, the feature with the side for what is missing in the highest
        // bit, and the threshold or the leaf's value.
        input.skip(4)?;
        let signed = |number: u32| i64::from(i32::from_le_bytes(number.to_le_bytes()));
        tree.left.push(signed(input.u32()?));
        tree.right.push(signed(input.u32()?));
        // A node that was pruned has no feature.
        let feature = input.u32()?;
        let deleted = feature == u32::MAX;
        let feature = i64::from(feature & 0x7fff_ffff);
        tree.features.push(if deleted { 0 } else { feature });
        input.skip(4)?;
    }
    input.skip(u64::from(count).saturating_mul(STATISTICS))?;
    Ok(tree)
}

/// `GBLinearModelParam` and its weights.
fn linear(input: &mut Input<'_, '_>, features: u32, model: &mut Model) -> Reading<()> {
    input.skip(4 + 4 + 128)?;
    let weights = input.u64()?;
    if input.lacks(weights.saturating_mul(4)) {
        return Err(Trouble::malformed(format!(
            "{weights} weights for {features} features, which are not there"
        )));
    }
    input.skip(weights.saturating_mul(4))?;
    model.add_tensor("f32", weights);
    model.parameters = Some(weights);
    Ok(())
}

fn attributes(input: &mut Input<'_, '_>, model: &mut Model) -> Reading<()> {
    let count = input.u64()?;
    if count > MAX_ATTRIBUTES {
        let detail = format!("{count} attributes, of at most {MAX_ATTRIBUTES}");
        return Err(Trouble::Limit(ReasonCode::TooMany, detail));
    }
    for _ in 0..count {
        let (key, value) = (text(input)?, text(input)?);
        describe::keep(model, &key, &value);
    }
    Ok(())
}

/// Memory that was saved with the model may follow, the learner's own settings after `CONFIG-offset:`;
/// anything else is not of the format.
fn rest(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Reading<()> {
    let at = input.at();
    let head = input.up_to(64)?;
    // Objectives and metrics of some versions keep a number or two.
    if head.len() < 64 || head.starts_with(b"CONFIG-offset:") {
        return Ok(());
    }
    if let Some(found) = crate::tensor::payload::kind(&head) {
        let message = format!("Behind the model, at byte {at}, is {}.", found.name);
        report.find(&rules::EMBEDDED_EXECUTABLE, Evidence::new("rest", message));
    }
    Ok(())
}

fn text(input: &mut Input<'_, '_>) -> Reading<String> {
    let length = input.u64()?;
    if length > MAX_TEXT {
        return Err(Trouble::malformed(format!("a text of {length} bytes")));
    }
    Ok(String::from_utf8_lossy(&input.bytes(length)?).into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::testing::scan;

    fn text(text: &str) -> Vec<u8> {
        let length = (text.len() as u64).to_le_bytes();
        [&length[..], text.as_bytes()].concat()
    }

    fn words(numbers: &[i32]) -> Vec<u8> {
        numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
    }

    /// One tree of three nodes with these children of the root, and its feature.
    fn model(left: i32, right: i32, feature: i32, trees: i32) -> Vec<u8> {
        let mut bytes = b"binf".to_vec();
        bytes.extend(0.5_f32.to_le_bytes());
        bytes.extend(words(&[4, 0, 1, 0, 1, 7, 1]));
        bytes.extend([0; 104]);
        bytes.extend([text("binary:logistic"), text("gbtree")].concat());
        bytes.extend(words(&[trees]));
        bytes.extend([0; 156]);
        bytes.extend(words(&[1, 3]));
        bytes.extend([0; 140]);
        for (left, right, feature) in [(left, right, feature), (-1, -1, 0), (-1, -1, 0)] {
            bytes.extend(words(&[-1, left, right, feature, 0]));
        }
        bytes.extend([0; 48]);
        bytes.extend(words(&[0]));
        bytes.extend(1_u64.to_le_bytes());
        bytes.extend([text("best_iteration"), text("12")].concat());
        bytes
    }

    #[test]
    fn the_whole_model_is_read() {
        let bytes = model(1, 2, 3, 1);
        for bytes in [&bytes[..], &bytes[4..]] {
            let said = scan("m.model", bytes);
            said.assert_clean();
            let model = said.models.iter().find(|one| one.format == "xgboost");
            let model = model.unwrap();
            assert_eq!(model.architecture.as_deref(), Some("gbtree"));
            assert_eq!(model.task.as_deref(), Some("binary:logistic"));
            assert_eq!(model.libraries["xgboost"], "1.7");
            for (key, value) in [
                ("features", "4"),
                ("trees", "1"),
                ("nodes", "3"),
                ("best_iteration", "12"),
            ] {
                assert_eq!(model.metadata[key], value);
            }
        }
    }

    #[test]
    fn what_cannot_be_is_found() {
        for (bytes, text) in [
            (model(9, 2, 3, 1), "the child 9"),
            (model(0, 2, 3, 1), "lead back"),
            (model(1, 2, 400, 1), "feature 400"),
            (model(1, 2, 3, 900_000), "900000 trees"),
        ] {
            let said = scan("m.model", &bytes);
            assert!(
                said.findings
                    .iter()
                    .any(|(rule, message)| rule == "impossible-size" && message.contains(text)),
                "{:?}",
                said.findings
            );
        }
        let whole = model(1, 2, 3, 1);
        let cut = scan("m.model", &whole[..whole.len() - 3]);
        cut.assert_incomplete("malformed", "in the middle");
        scan("m.model", b"bs64\tAAAA").assert_incomplete("unsupported", "base64");
    }

    proptest! {
        #[test]
        fn changed_models_never_panic(at in 0_usize..800, byte: u8) {
            let mut bytes = model(1, 2, 3, 1);
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = scan("m.model", &bytes);
        }
    }
}
